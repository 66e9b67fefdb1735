"""Say everything that keeps a time from being offered, for the one who asks “why not at ten?”."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.access import Access
from hub.errors import DomainError
from scheduling import limits
from scheduling.models import Appointment, Location, Service, Staff
from scheduling.offering import active_staff, drafted, place_of, require_qualified, rooms_of
from scheduling.placing import require_room


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a time is not offered.

    ``code``: past, notice, not_qualified, outside_working_hours, closed, away, taken, held,
    buffer, no_room. A limit can be set aside by those who may.
    """

    code: str
    text: str
    is_limit: bool


def explain(
    service_id: UUID,
    staff_id: UUID,
    start_at: datetime,
    *,
    location_id: UUID | None = None,
    held: Access,
    at: datetime,
) -> list[Reason]:
    """Return all reasons why this time is not offered; none means that it could be booked.

    :raises InvalidInput: the time is impossible, or the staff member cannot be booked at all.
    """
    service = Service.objects.get(pk=service_id)
    staff = active_staff(staff_id)
    place = place_of(staff, location_id)
    draft = drafted(service, staff, place, limits.in_utc(start_at, field="start_at"))
    return list(_reasons(service, staff, place, draft, held=held, at=at))


def _reasons(
    service: Service,
    staff: Staff,
    place: Location,
    draft: Appointment,
    *,
    held: Access,
    at: datetime,
) -> Iterator[Reason]:
    rooms = rooms_of(place, service.needs) if service.needs else None
    zone = place.time_zone
    checks: tuple[Callable[[], None], ...] = (
        lambda: require_qualified(staff, service),
        lambda: limits.require_notice(service, draft.start_at, at=at, zone=zone),
        lambda: limits.require_hours(staff, place, draft.start_at, draft.end_at),
        lambda: require_room(draft, staff, rooms, held=held, at=at),
    )
    for check in checks:
        try:
            check()
        except DomainError as refusal:
            code = str(refusal.details.get("reason", refusal.code))
            yield Reason(code, str(refusal), isinstance(refusal, limits.LIMITS))
