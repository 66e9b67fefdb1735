"""One day of a location as the calendar draws it: plain values, local wall-clock times.

Three queries for any number of appointments, and no model instances: colleagues' changes are
looked for every few seconds, so this is the most frequent read of all.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q

from hub.access import Access, Capability
from scheduling.local_times import day_bounds
from scheduling.models import Appointment, Location, Staff
from scheduling.states import OCCUPYING, AppointmentStatus

LONGEST = timedelta(days=1)  # of an appointment; bounds the part of the index that is read
FULL_DAY = timedelta(days=1)
Columns = dict[UUID, dict[str, Any]]


def day_feed(location: Location, day: date, access: Access, *, at: datetime) -> dict[str, Any]:
    """Return staff and appointments of the local ``day``, as far as ``access`` reaches.

    Times are local to ``location`` and carry no offset; ``offset`` is the zone's own at ``at``,
    for the line that shows the present.
    """
    zone = location.time_zone
    columns = _columns(location, day, access)
    rows = list(_rows(location, day, access, at=at))
    _add_missing(columns, {row[1] for row in rows})
    appointments = [_appointment(row, zone, access) for row in rows]
    opens, closes = _hours_shown(location, day, columns.values(), appointments)
    _fill_in_load(columns, appointments, day)
    return {
        "date": day,
        "location": location.pk,
        "zone": str(zone),
        "offset": at.astimezone(zone).isoformat()[-6:],
        "opens": opens,
        "closes": closes,
        "staff": list(columns.values()),
        "appointments": appointments,
    }


def _columns(location: Location, day: date, access: Access) -> Columns:
    """Active staff in the order of the calendar, each with the stretches of work of the day."""
    shown = Staff.objects.filter(location=location, is_active=True)
    if not access.can(Capability.VIEW_CALENDAR):
        shown = shown.filter(user=access.user_id)
    today = Q(working_hours__weekday=day.weekday())
    rows = shown.annotate(today=FilteredRelation("working_hours", condition=today))
    columns: Columns = {}
    for pk, name, hue, starts_at, ends_at in rows.order_by(
        "position", "name", "pk", "today__starts_at"
    ).values_list("pk", "name", "hue", "today__starts_at", "today__ends_at"):
        column = columns.setdefault(pk, _column(pk, name, hue))
        if starts_at is not None:
            column["hours"].append((starts_at, ends_at))
    return columns


def _column(pk: UUID, name: str, hue: int) -> dict[str, Any]:
    return {"id": pk, "name": name, "hue": hue, "hours": [], "booked": None}


def _rows(
    location: Location, day: date, access: Access, *, at: datetime
) -> Iterable[tuple[Any, ...]]:
    begin, end = day_bounds(day, location.time_zone)
    standing = Q(status__in=OCCUPYING) | Q(
        status=AppointmentStatus.CANCELED, slot_held_until__gt=at
    )
    of_day = Appointment.objects.visible_to(access).filter(
        standing,
        location=location,
        start_at__gte=begin - LONGEST,
        start_at__lt=end,
        end_at__gt=begin,
    )
    return of_day.order_by("start_at", "pk").values_list(
        "pk",
        "staff_id",
        "start_at",
        "end_at",
        "status",
        "version",
        "service_name",
        "buffer_before_minutes",
        "buffer_after_minutes",
        F("service__hue"),
        F("staff__user_id"),
        F("customer__given_name"),
        F("customer__family_name"),
        F("customer__company"),
    )


def _appointment(row: tuple[Any, ...], zone: tzinfo, access: Access) -> dict[str, Any]:
    (pk, staff_id, start_at, end_at, status, version, service, before, after, *rest) = row
    hue, user_id, given_name, family_name, company = rest
    own = user_id is not None and user_id == access.user_id
    return {
        "id": pk,
        "staff": staff_id,
        "start": start_at.astimezone(zone).replace(tzinfo=None),
        "end": end_at.astimezone(zone).replace(tzinfo=None),
        "status": status,
        "version": version,
        "customer": f"{given_name} {family_name}".strip() or company,
        "service": service,
        "hue": hue,
        "before": before,
        "after": after,
        "movable": status == AppointmentStatus.BOOKED
        and access.can(*_BOOKING if own else _BOOKING[:1]),
    }


_BOOKING = (Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT)


def _add_missing(columns: Columns, staff_ids: set[UUID]) -> None:
    """Whoever left or moved away still has a column on days with appointments of theirs."""
    missing = staff_ids - columns.keys()
    if missing:
        gone = Staff.objects.filter(pk__in=missing).order_by("name", "pk")
        for pk, name, hue in gone.values_list("pk", "name", "hue"):
            columns[pk] = _column(pk, name, hue) | {"gone": True}


def _hours_shown(
    location: Location,
    day: date,
    columns: Iterable[dict[str, Any]],
    appointments: Iterable[dict[str, Any]],
) -> tuple[str, str]:
    """The opening hours, widened to whole hours where somebody works or something is booked."""
    midnight = datetime.combine(day, time())
    spans = [(location.opens_at, location.closes_at)]
    spans += [span for column in columns for span in column["hours"]]
    moments = [(_on(day, start), _on(day, end)) for start, end in spans]
    moments += [(item["start"], item["end"]) for item in appointments]
    first = max(min(start for start, _ in moments) - midnight, timedelta())
    last = min(max(end for _, end in moments) - midnight, FULL_DAY)
    return _clock(int(first.total_seconds()) // 3600), _clock(
        -(-int(last.total_seconds()) // 3600)
    )


def _on(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


def _clock(hour: int) -> str:
    return f"{hour:02d}:00"


def _fill_in_load(columns: Columns, appointments: Iterable[dict[str, Any]], day: date) -> None:
    """Set ``booked``: how much of the working time of the day is taken, in percent."""
    taken = dict.fromkeys(columns, timedelta())
    for item in appointments:
        if item["status"] != AppointmentStatus.CANCELED:
            taken[item["staff"]] += item["end"] - item["start"]
    for pk, column in columns.items():
        work = sum(
            (_on(day, end) - _on(day, start) for start, end in column["hours"]), timedelta()
        )
        column["booked"] = min(round(100 * (taken[pk] / work)), 100) if work else None
