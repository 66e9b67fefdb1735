"""How often one person does one service on one local day, where that is limited."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncDate

from hub.errors import DomainError
from scheduling.local_times import day_bounds
from scheduling.models import Appointment, Hold, Location, Staff
from scheduling.states import OCCUPYING


class DayIsFull(DomainError):
    """The person does no more of this service on this day; a manager may set it aside."""

    code = "daily_limit"


def require_room_on_day(draft: Appointment, limit: int, *, at: datetime) -> None:
    """Look, under the lock of its person, whether ``draft`` is within ``limit``; 0 is none.

    :raises DayIsFull: its person has as many of its service on its local day already.
    """
    if not limit:
        return
    day = draft.start_at.astimezone(draft.time_zone).date()
    begin, end = day_bounds(day, draft.time_zone)
    within = {"staff": draft.staff, "start_at__gte": begin, "start_at__lt": end}
    booked = Appointment.objects.filter(service=draft.service, status__in=OCCUPYING, **within)
    held = Hold.objects.standing(at).filter(service=draft.service, **within)
    if booked.exclude(pk=draft.pk).count() + held.count() >= limit:
        times = "once" if limit == 1 else f"{limit} times"
        raise DayIsFull(
            f"{draft.staff} does {draft.service_name} {times} a day at most.",
            field="start_at",
            details={"reason": DayIsFull.code, "limit": limit},
        )


def full_days(
    service_id: UUID,
    limit: int,
    people: Collection[Staff],
    days: Sequence[date],
    place: Location,
    *,
    at: datetime,
) -> set[tuple[UUID, date]]:
    """Return who of ``people`` does no more of the service on which of consecutive ``days``."""
    if not limit or not days:
        return set()
    begin, _ = day_bounds(days[0], place.time_zone)
    _, end = day_bounds(days[-1], place.time_zone)
    within = {"staff__in": people, "start_at__gte": begin, "start_at__lt": end}
    booked = Appointment.objects.filter(service=service_id, status__in=OCCUPYING, **within)
    held = Hold.objects.standing(at).filter(service=service_id, **within)
    day = TruncDate("start_at", tzinfo=place.time_zone)
    counts: dict[tuple[UUID, date], int] = {}
    for rows in (booked, held):
        for staff_id, on, count in rows.order_by().values_list("staff", day).annotate(Count("pk")):
            counts[staff_id, on] = counts.get((staff_id, on), 0) + count
    return {key for key, count in counts.items() if count >= limit}
