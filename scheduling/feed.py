"""One day of a location as the calendar draws it: plain values, local wall-clock times.

A handful of queries for any number of appointments, and no model instances: colleagues' changes
are looked for every few seconds, so this is the most frequent read of all, and its SQL is written
out. Building it from a queryset took longer than reading 300 rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from hub.access import Access, Capability
from scheduling import availability, working
from scheduling.elsewhere import NOWHERE, Elsewhere, elsewhere_of
from scheduling.groups.feeding import classes_of
from scheduling.hours import CLOSED, DAY_MINUTES, Stretch, clock
from scheduling.local_times import day_bounds
from scheduling.models import Location, Staff
from scheduling.states import OCCUPYING, AppointmentStatus

LONGEST = timedelta(days=1)  # of an appointment; bounds the part of the index that is read
ONE_MINUTE = timedelta(minutes=1)
ONE_SECOND = timedelta(seconds=1)
USUAL_DAY = (9 * 60, 17 * 60)
Columns = dict[UUID, dict[str, Any]]
KEYS = (
    *("id", "staff", "start", "end", "status", "version"),
    *("customer", "service", "hue", "before", "after"),
    *("color", "tags", "movable"),
)
HELD_KEYS = ("id", "people", "start", "end", "until")


def day_feed(location: Location, day: date, access: Access, *, at: datetime) -> dict[str, Any]:
    """Return staff and appointments of the local ``day``, as far as ``access`` reaches.

    Times are local to ``location`` and carry no offset; ``offset`` is the zone's own at ``at``,
    for the line that shows the present.
    """
    columns = _columns(location, day, access, at=at)
    bounds = _bounds(location, day, at=at)
    reach = _reach(location, access)
    alone = _appointments(bounds, reach, access)
    appointments = sorted([*alone, *classes_of(bounds, reach)], key=itemgetter("start"))
    by_person: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for item in appointments:
        for person in (item["staff"], *item["beside"]):
            by_person[person].append(item)
    _add_missing(columns, by_person.keys() - columns.keys())
    opens, closes = _hours_shown(location, day, columns.values(), appointments)
    for pk, column in columns.items():
        column["booked"] = _load(column["hours"], by_person[pk])
        for name in ("hours", "away", "elsewhere"):
            column[name] = _clocks(column[name])
    return {
        "date": day,
        "location": location.pk,
        "zone": str(location.time_zone),
        "offset": at.astimezone(location.time_zone).isoformat()[-6:],
        "opens": opens,
        "closes": closes,
        "closed": _closed(location, day, columns),
        "staff": list(columns.values()),
        "appointments": appointments,
        "holds": _holds(bounds, reach),
    }


def _columns(location: Location, day: date, access: Access, *, at: datetime) -> Columns:
    """Active staff in the order of the calendar, with the day's work and what keeps from it."""
    with connection.cursor() as cursor:
        cursor.execute(_STAFF, {"location": location.pk, **_reach(location, access)})
        columns = {row[0]: _column(*row) for row in cursor.fetchall()}
    begin, end = day_bounds(day, location.time_zone)
    away = working.away_of(columns, begin, end)
    elsewhere = elsewhere_of(columns, begin, end, at=at)
    for pk, days in working.hours_of(columns, location, [day]).items():
        columns[pk]["hours"] = next(hours for _, hours in days)
        columns[pk]["away"] = [_local(span, location, day) for span in sorted(away[pk])]
        known = elsewhere.get(pk, NOWHERE)
        columns[pk]["elsewhere"] = [_local(span, location, day) for span in known.busy]
        columns[pk]["unread"] = _unread(known, location) if end > at else None
    return columns


def _column(pk: UUID, name: str, hue: int) -> dict[str, Any]:
    times: dict[str, Any] = {"hours": CLOSED, "away": [], "elsewhere": [], "unread": None}
    return {"id": pk, "name": name, "hue": hue, "booked": None, **times}


def _unread(known: Elsewhere, location: Location) -> str | None:
    """Return when a stale calendar was last read, on the clock there; ``""`` where never."""
    if known.unread_since is None:
        return "" if known.is_unread else None
    return f"{known.unread_since.astimezone(location.time_zone):%Y-%m-%dT%H:%M:%S}"


def _local(span: availability.Span, location: Location, day: date) -> Stretch:
    """Return ``span`` as minutes of the local ``day``, cut off at its ends."""
    midnight = datetime.combine(day, time())
    minutes = (
        (availability.moment(edge).astimezone(location.time_zone).replace(tzinfo=None) - midnight)
        // ONE_MINUTE
        for edge in span
    )
    start, end = (min(max(at, 0), DAY_MINUTES) for at in minutes)
    return start, end


def _bounds(location: Location, day: date, *, at: datetime) -> dict[str, Any]:
    begin, end = day_bounds(day, location.time_zone)
    place = {"zone": str(location.time_zone), "location": location.pk}
    return {**place, "begin": begin, "end": end, "at": at}


def _appointments(
    bounds: Mapping[str, Any], reach: Mapping[str, Any], access: Access
) -> list[dict[str, Any]]:
    """What is booked, without the seats of classes, which are drawn as one."""
    values = {
        "earliest": bounds["begin"] - LONGEST,
        "occupying": sorted(OCCUPYING),
        "canceled": AppointmentStatus.CANCELED.value,
        "booked": AppointmentStatus.BOOKED.value,
        "books_all": access.can(Capability.BOOK_APPOINTMENT),
        "books_own": access.can(Capability.BOOK_OWN_APPOINTMENT),
        **bounds,
        **reach,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DAY, values)
        rows = [dict(zip(KEYS, row, strict=True)) for row in cursor.fetchall()]
    return [_with_others(*of_one) for _, of_one in groupby(rows, itemgetter("id"))]


def _holds(bounds: Mapping[str, Any], reach: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is held for somebody who is booking, with the people whose time it takes."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {**bounds, **reach})
        return [dict(zip(HELD_KEYS, row, strict=True)) for row in cursor.fetchall()]


def _with_others(first: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """Return the row of whoever leads, or comes first of those who are seen, with the others."""
    first["beside"] = [row["staff"] for row in others]
    return first


def _reach(location: Location, access: Access) -> dict[str, Any]:
    """The rule of ``AppointmentQuerySet.visible_to``, for SQL that is written out."""
    inside = access.locations is None or location.pk in access.locations
    own = inside and access.can(Capability.VIEW_OWN_CALENDAR)
    return {
        "sees_all": inside and access.can(Capability.VIEW_CALENDAR),
        "user": access.user_id if own else None,
    }


def _add_missing(columns: Columns, missing: Set[UUID]) -> None:
    """Whoever left or moved away still has a column on days with appointments of theirs."""
    if not missing:
        return
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
    spans = [*location.on(day.weekday())]
    spans += [span for column in columns for span in column["hours"]]
    spans += [
        ((item["start"] - midnight) // ONE_MINUTE, (item["end"] - midnight) // ONE_MINUTE)
        for item in appointments
    ]
    spans = spans or [USUAL_DAY]
    first = max(min(start for start, _ in spans), 0) // 60
    last = -(-min(max(end for _, end in spans), DAY_MINUTES) // 60)
    return clock(first * 60), clock(last * 60)


def _closed(location: Location, day: date, columns: Columns) -> str:
    """Return why nobody works on ``day``, where it is a closure."""
    if any(column["hours"] for column in columns.values()):
        return ""
    begin, end = day_bounds(day, location.time_zone)
    return working.closed_by(location, begin, end - ONE_SECOND)


def _clocks(stretches: Iterable[Stretch]) -> list[tuple[str, str]]:
    return [(clock(start), clock(end)) for start, end in stretches]


def _load(hours: Iterable[Stretch], taken: Iterable[dict[str, Any]]) -> int | None:
    """How much of the working time of a day is taken, in percent; None without any."""
    work = sum(end - start for start, end in hours)
    standing = (item for item in taken if item["status"] != AppointmentStatus.CANCELED.value)
    spent = sum((item["end"] - item["start"]) // ONE_MINUTE for item in standing)
    return min(round(100 * spent / work), 100) if work else None


_STAFF = """
    SELECT person.id, person.name, person.hue
    FROM scheduling_staff person
    WHERE person.is_active AND (%(sees_all)s OR person.user_id = %(user)s)
        AND (person.location_id = %(location)s OR EXISTS (
            SELECT FROM scheduling_workinghours hours
            WHERE hours.staff_id = person.id AND hours.location_id = %(location)s))
    ORDER BY person.position, person.name, person.id
"""
_DAY = """
    SELECT booked.id, person.id,
        booked.start_at AT TIME ZONE %(zone)s, booked.end_at AT TIME ZONE %(zone)s,
        booked.status, booked.version,
        coalesce(nullif(trim(customer.given_name || ' ' || customer.family_name), ''),
            customer.company),
        booked.service_name, service.hue,
        booked.buffer_before_minutes, booked.buffer_after_minutes,
        booked.color, booked.tags,
        booked.status = %(booked)s AND taking.leads AND (%(books_all)s
            OR %(books_own)s AND coalesce(person.user_id = %(user)s, FALSE))
    FROM scheduling_appointment booked
    CROSS JOIN LATERAL (
        SELECT booked.staff_id, TRUE UNION ALL
        SELECT beside.staff_id, FALSE FROM scheduling_assignment beside
        WHERE beside.appointment_id = booked.id AND beside.staff_id IS NOT NULL
    ) AS taking(staff_id, leads)
    JOIN scheduling_staff person ON person.id = taking.staff_id
    JOIN scheduling_service service ON service.id = booked.service_id
    JOIN customers_customer customer ON customer.id = booked.customer_id
    WHERE booked.location_id = %(location)s AND booked.session_id IS NULL
        AND booked.start_at >= %(earliest)s AND booked.start_at < %(end)s
        AND booked.end_at > %(begin)s
        AND (booked.status = ANY(%(occupying)s)
            OR booked.status = %(canceled)s AND booked.slot_held_until > %(at)s)
        AND (%(sees_all)s OR person.user_id = %(user)s)
    ORDER BY booked.start_at, booked.id, taking.leads DESC, person.position, person.id
"""
_HELD = """
    SELECT held.id, array_agg(person.id ORDER BY person.id),
        held.start_at AT TIME ZONE %(zone)s, held.end_at AT TIME ZONE %(zone)s,
        held.expires_at AT TIME ZONE %(zone)s
    FROM scheduling_hold held
    JOIN scheduling_occupancy taking ON taking.hold_id = held.id
    JOIN scheduling_staff person ON taking.subject = 'staff:' || person.id
    WHERE held.location_id = %(location)s AND held.expires_at > %(at)s
        AND held.start_at < %(end)s AND held.end_at > %(begin)s
        AND (%(sees_all)s OR person.user_id = %(user)s)
    GROUP BY held.id ORDER BY held.start_at, held.id
"""
