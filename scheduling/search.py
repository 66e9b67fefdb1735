"""Find free times: what the database knows to be taken, and the rules of working hours.

An answer is as of now and promises nothing; booking looks again under its locks.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from scheduling import availability
from scheduling.availability import Hours, Shape, Span
from scheduling.limits import YEARS, earliest_start
from scheduling.models import Location, Resource, Service, Staff, WorkingHours
from scheduling.offering import rooms_of

HORIZON_DAYS = 60
NEARBY_DAYS = 7


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A time that could be booked with ``staff_id``; buffers lie outside of it."""

    start_at: datetime
    end_at: datetime
    staff_id: UUID


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for. ``rooms`` is ``None`` where the service needs none."""

    shape: Shape
    zone: ZoneInfo
    staff: Sequence[Staff]
    rooms: Sequence[Resource] | None
    not_before: datetime


def open_times(
    service_id: UUID,
    *,
    location_id: UUID,
    date: date,
    staff_id: UUID | None = None,
    at: datetime,
) -> list[OpenTime]:
    """Return the times to offer on the local day ``date``, earliest first.

    With ``staff_id`` only with that person, else with everybody who offers the service; empty
    when service, location or person is unknown or not active, or the year is impossible.
    """
    wish = wish_for(service_id, location_id=location_id, staff_id=staff_id, at=at)
    return [] if wish is None or date.year not in YEARS else times_on([date], wish, at=at)


def next_times(
    service_id: UUID,
    *,
    location_id: UUID,
    start_date: date,
    staff_id: UUID | None = None,
    at: datetime,
    limit: int = 5,
) -> list[OpenTime]:
    """Return the first ``limit`` free times from ``start_date`` on, within sixty days."""
    wish = wish_for(service_id, location_id=location_id, staff_id=staff_id, at=at)
    found: list[OpenTime] = []
    for week in range(0, HORIZON_DAYS, 7):
        if wish is None or start_date.year not in YEARS or len(found) >= limit:
            break
        found += times_on(_days(start_date + timedelta(days=week), 7), wish, at=at)
    return found[:limit]


def nearest_times(
    service_id: UUID, staff_id: UUID, around: datetime, *, at: datetime, limit: int
) -> list[OpenTime]:
    """Return the ``limit`` free times of one person that are nearest to ``around``, in order."""
    person = Staff.objects.select_related("location").filter(pk=staff_id).first()
    if person is None:
        return []
    wish = wish_for(service_id, location_id=person.location_id, staff_id=staff_id, at=at)
    if wish is None:
        return []
    day = around.astimezone(wish.zone).date()
    times = times_on(_days(day - timedelta(days=1), NEARBY_DAYS + 1), wish, at=at)
    nearest = sorted(times, key=lambda time: abs(time.start_at - around))[:limit]
    return sorted(nearest, key=lambda time: time.start_at)


def wish_for(
    service_id: UUID, *, location_id: UUID, staff_id: UUID | None, at: datetime
) -> Wish | None:
    """Return what a search needs to know; ``None`` where nothing can be booked at all."""
    service = Service.objects.filter(pk=service_id, is_active=True).first()
    place = Location.objects.filter(pk=location_id, is_active=True).first()
    if service is None or place is None:
        return None
    people = place.staff.filter(services=service, is_active=True).order_by("position", "pk")
    if staff_id is not None:
        people = people.filter(pk=staff_id)
    return Wish(
        Shape(
            service.duration_minutes * 60,
            service.buffer_before_minutes * 60,
            service.buffer_after_minutes * 60,
        ),
        place.time_zone,
        list(people),
        rooms_of(place, service.needs) if service.needs else None,
        earliest_start(service, at=at, walk_in=False),
    )


def times_on(days: Sequence[date], wish: Wish, *, at: datetime) -> list[OpenTime]:
    """Return the free times of ``wish`` on consecutive local ``days``, earliest first."""
    hours = _hours_of(wish.staff)
    gaps = free_gaps([*wish.staff, *(wish.rooms or ())], *_window(days, wish), at=at)
    rooms = [gap for room in wish.rooms or () for gap in gaps[room.subject]]
    not_before = availability.seconds(wish.not_before + timedelta(seconds=1, microseconds=-1))
    found: list[tuple[int, int, UUID]] = []
    for position, person in enumerate(wish.staff):
        needed = [gaps[person.subject]] + ([] if wish.rooms is None else [rooms])
        work = [
            stretch
            for day in days
            for stretch in availability.work_on(day, hours[person.pk, day.weekday()], wish.zone)
        ]
        starts = availability.free_starts(work, needed, wish.shape, not_before=not_before)
        found += [(start, position, person.pk) for start in starts]
    return [_open_time(start, wish.shape, staff_id) for start, _, staff_id in sorted(found)]


def free_gaps(
    subjects: Iterable[Staff | Resource], start: datetime, end: datetime, *, at: datetime
) -> Mapping[str, list[Span]]:
    """Return for each subject the stretches from ``start`` to ``end`` in which a unit is free.

    A canceled slot whose time to undo is over counts as free.
    """
    listed = list(subjects)
    gaps: dict[str, list[Span]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            _GAPS,
            {
                "start": start,
                "end": end,
                "at": at,
                "subjects": [subject.subject for subject in listed],
                "capacities": [subject.capacity for subject in listed],
            },
        )
        for subject, first, last in cursor.fetchall():
            gaps[subject].append((first, last))
    return gaps


def _hours_of(staff: Sequence[Staff]) -> Mapping[tuple[UUID, int], list[Hours]]:
    hours: dict[tuple[UUID, int], list[Hours]] = defaultdict(list)
    rows = WorkingHours.objects.filter(staff__in=staff)
    for staff_id, weekday, start, end in rows.values_list(
        "staff_id", "weekday", "starts_at", "ends_at"
    ):
        hours[staff_id, weekday].append((start, end))
    return hours


def _window(days: Sequence[date], wish: Wish) -> tuple[datetime, datetime]:
    """Return the days as instants, wide enough for buffers and for any shift of the clocks."""
    slack = timedelta(seconds=wish.shape.before + wish.shape.after, hours=3)
    first = datetime.combine(days[0], time.min, tzinfo=wish.zone).astimezone(UTC)
    last = datetime.combine(days[-1], time.max, tzinfo=wish.zone).astimezone(UTC)
    return first - slack, last + slack


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=offset) for offset in range(count)]


def _open_time(start: int, shape: Shape, staff_id: UUID) -> OpenTime:
    return OpenTime(
        availability.moment(start), availability.moment(start + shape.length), staff_id
    )


_GAPS = """
    WITH stale AS MATERIALIZED (
        SELECT id FROM scheduling_appointment WHERE slot_held_until < %(at)s
    ), free AS (
        SELECT wanted.subject, tstzmultirange(tstzrange(%(start)s, %(end)s))
            - coalesce(range_agg(taken.block), '{}') AS gaps
        FROM unnest(%(subjects)s::text[], %(capacities)s::int[]) AS wanted(subject, capacity)
        CROSS JOIN LATERAL generate_series(1, wanted.capacity) AS numbered(unit)
        LEFT JOIN scheduling_occupancy taken
            ON taken.active AND taken.subject = wanted.subject AND taken.unit = numbered.unit
            AND taken.block && tstzrange(%(start)s, %(end)s)
            AND taken.appointment_id NOT IN (SELECT id FROM stale)
        GROUP BY wanted.subject, numbered.unit
    )
    SELECT subject, ceil(extract(epoch FROM lower(gap)))::bigint,
        floor(extract(epoch FROM upper(gap)))::bigint
    FROM free CROSS JOIN LATERAL unnest(gaps) AS gap
"""
