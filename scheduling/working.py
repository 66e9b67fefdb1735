"""When people work at a location: their week, what replaces it on a date, closures, time off.

The one authority that offering a time, booking it and drawing the calendar ask alike.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from scheduling import availability
from scheduling.availability import Span
from scheduling.hours import DAY_MINUTES, Hours
from scheduling.local_times import day_bounds
from scheduling.models import Closure, Location, Staff, TimeOff

ONE_DAY = timedelta(days=1)
ALL_DAY = Hours([(0, DAY_MINUTES)])


def hours_of(
    staff: Iterable[Staff | UUID], location: Location, dates: Sequence[date]
) -> Mapping[UUID, list[tuple[date, Hours]]]:
    """Return the hours of each of ``staff`` on each of ``dates``, in order, in one query.

    ``dates`` are consecutive. Closures are taken out, time off is not.
    """
    people = [person if isinstance(person, UUID) else person.pk for person in staff]
    values: dict[str, Any] = {
        "staff": people,
        "location": location.pk,
        "first": dates[0],
        "last": dates[-1],
    }
    found: dict[UUID, list[tuple[date, Hours]]] = {pk: [] for pk in people}
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, values)
        for pk, day, hours in cursor.fetchall():
            found[pk].append((day, _read(hours)))
    return found


def away_of(
    staff: Iterable[Staff | UUID], begin: datetime, end: datetime
) -> Mapping[UUID, list[Span]]:
    """Return the time off of each of ``staff`` that touches the time from ``begin`` to ``end``."""
    spans: dict[UUID, list[Span]] = defaultdict(list)
    rows = TimeOff.objects.filter(staff__in=list(staff), start_at__lt=end, end_at__gt=begin)
    for pk, start_at, end_at in rows.values_list("staff_id", "start_at", "end_at"):
        spans[pk].append((availability.seconds(start_at), availability.seconds(end_at)))
    return spans


def work_of(
    staff: Collection[Staff], location: Location, dates: Sequence[date]
) -> Mapping[UUID, list[Span]]:
    """Return for each of ``staff`` the stretches of work on ``dates``, what touches joined.

    ``dates`` are consecutive. Closures and time off are taken out; appointments are not.
    """
    zone = location.time_zone
    begin, _ = day_bounds(dates[0], zone)
    _, end = day_bounds(dates[-1], zone)
    away = away_of(staff, begin, end)
    return {
        pk: availability.without(availability.work_over(days, zone), away[pk])
        for pk, days in hours_of(staff, location, dates).items()
    }


def dates_around(start_at: datetime, end_at: datetime, location: Location) -> list[date]:
    """Return the local dates from ``start_at`` to ``end_at``, and the one before and after.

    Work that goes past midnight stands on two days.
    """
    first = start_at.astimezone(location.time_zone).date() - ONE_DAY
    last = end_at.astimezone(location.time_zone).date() + ONE_DAY
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def closed_by(location: Location, start_at: datetime, end_at: datetime) -> str:
    """Return the name of a closure at some moment from ``start_at`` to ``end_at``."""
    dates = dates_around(start_at, end_at, location)
    begin, end = availability.seconds(start_at), availability.seconds(end_at)
    near = Closure.objects.filter(
        location=location, first_date__lte=dates[-1], last_date__gte=dates[0]
    )
    for closure in near.order_by("first_date", "pk"):
        hours = closure.hours or ALL_DAY
        days = [day for day in dates if closure.first_date <= day <= closure.last_date]
        closed = availability.work_over(((day, hours) for day in days), location.time_zone)
        if any(first < end and last > begin for first, last in closed):
            return closure.name
    return ""


def is_away(staff: Staff, start_at: datetime, end_at: datetime) -> bool:
    """Say whether ``staff`` is away at some moment from ``start_at`` to ``end_at``."""
    return TimeOff.objects.filter(staff=staff, start_at__lt=end_at, end_at__gt=start_at).exists()


@lru_cache(maxsize=4096)
def _read(text: str) -> Hours:
    """Read “{[540,750),[810,1080)}”; of many people and days most are alike."""
    edges = [int(digits) for digits in re.findall(r"\d+", text)]
    return Hours(zip(edges[::2], edges[1::2], strict=True))


_HOURS = """
    WITH closed AS (
        SELECT begins::date AS day, range_agg(part) AS hours
        FROM scheduling_closure closure
        CROSS JOIN generate_series(greatest(closure.first_date, %(first)s),
            least(closure.last_date, %(last)s), '1 day') AS begins
        CROSS JOIN unnest(CASE WHEN isempty(closure.hours) THEN '{[0,1440)}'::int4multirange
            ELSE closure.hours END) AS part
        WHERE closure.location_id = %(location)s
            AND closure.first_date <= %(last)s AND closure.last_date >= %(first)s
        GROUP BY begins
    )
    SELECT person, begins::date, (CASE
            WHEN special.id IS NULL THEN coalesce((ARRAY[weekly.monday, weekly.tuesday,
                weekly.wednesday, weekly.thursday, weekly.friday, weekly.saturday,
                weekly.sunday])[extract(isodow FROM begins)::int], '{}')
            WHEN special.location_id = %(location)s THEN special.hours
            ELSE '{}'
        END - coalesce(closed.hours, '{}'))::text
    FROM unnest(%(staff)s::uuid[]) AS person
    CROSS JOIN generate_series(%(first)s::date, %(last)s::date, '1 day') AS begins
    LEFT JOIN scheduling_workinghours weekly
        ON weekly.staff_id = person AND weekly.location_id = %(location)s
    LEFT JOIN scheduling_specialhours special
        ON special.staff_id = person AND special.work_date = begins::date
    LEFT JOIN closed ON closed.day = begins::date
    ORDER BY person, begins
"""
