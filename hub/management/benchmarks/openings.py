"""``availability-…``: thirty days of open times against raw SQL of the gaps and a naive loop."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from customers.models import Customer
from hub import history
from hub.copying import copy_rows
from hub.identifiers import next_many_of, uuid7
from hub.management.benchmarks.ground import BY, Ground
from hub.management.benchmarks.measuring import Row, in_turns, paired_ratio, percentile, timed
from scheduling import search
from scheduling.availability import GRID_SECONDS, seconds
from scheduling.hours import Hours
from scheduling.models import Appointment, Location, Occupancy, Service, Staff, WorkingHours
from scheduling.models.hours import WEEKDAYS
from scheduling.search import OpenTime

PEOPLE, DAYS = 50, 30
ROUNDS = 15
VISITS_A_DAY = 8  # of eleven that fit
MINUTES, AFTER = 30, 15
WORK = Hours([(9 * 60, 12 * 60 + 30), (13 * 60 + 30, 18 * 60)])
ONE_DAY = timedelta(days=1)
_GAPS = """
    WITH work AS (
        SELECT person, range_agg(tstzrange((day + part.opens) AT TIME ZONE 'UTC',
            (day + part.closes) AT TIME ZONE 'UTC')) AS hours
        FROM unnest(%(staff)s::uuid[]) AS person
        CROSS JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, '1 day') AS day
        CROSS JOIN (VALUES (interval '9:00', interval '12:30'),
            (interval '13:30', interval '18:00')) AS part(opens, closes)
        GROUP BY person
    )
    SELECT person, extract(epoch FROM lower(gap))::bigint, extract(epoch FROM upper(gap))::bigint
    FROM (
        SELECT person, unnest(work.hours - coalesce((
            SELECT range_agg(block) FROM scheduling_occupancy taken
            WHERE taken.active AND taken.subject = 'staff:' || person
                AND taken.block && tstzrange(%(first)s, %(last)s::timestamptz + interval '1 day')
        ), '{}')) AS gap FROM work
    ) AS gaps
"""


def measure(ground: Ground, *, rows: int) -> list[Row]:
    """Among ``rows`` appointments of fifty people."""
    place, service, staff = _business()
    begin = (timezone.now() + ONE_DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    _fill(ground.customer, place, service, staff, begin, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE scheduling_occupancy, scheduling_appointment")
    one = _compared("availability-1x30", place, service, staff[:1], begin, rows)
    return [one, _compared("availability-50x30", place, service, staff, begin, rows)]


def _compared(
    name: str,
    place: Location,
    service: Service,
    staff: Sequence[Staff],
    begin: datetime,
    rows: int,
) -> Row:
    days = [(begin + offset * ONE_DAY).date() for offset in range(DAYS)]
    at = timezone.now()

    def ours() -> list[OpenTime]:
        only = staff[0].pk if len(staff) == 1 else None
        wish = search.wish_for(service.pk, location_id=place.pk, staff_id=only, at=at)
        return search.times_on(days, wish, at=at) if wish else []

    def raw() -> list[Any]:
        values: dict[str, Any] = {
            "staff": [one.pk for one in staff],
            "first": begin,
            "last": begin,
        }
        values["last"] = begin + (DAYS - 1) * ONE_DAY
        with connection.cursor() as cursor:
            cursor.execute(_GAPS, values)
            return list(cursor.fetchall())

    def naive() -> set[tuple[UUID, int]]:
        return {
            (one.pk, start)
            for one in staff
            for day in range(DAYS)
            for start in _naive_day(one, begin + day * ONE_DAY)
        }

    slots = {(time.staff_id, seconds(time.start_at)) for time in ours()}
    expected = naive()
    figures = in_turns({"ours": lambda: timed(ours), "raw": lambda: timed(raw)}, rounds=ROUNDS)
    slowly = min(timed(naive) for _ in range(2))
    p50 = percentile(figures["ours"], 50)
    same = "the same" if slots == expected else f"{len(slots ^ expected)} other"
    note = (
        f"{len(slots)} slots, {same} as a naive loop, which takes {slowly / p50:.0f} times as long"
    )
    ratio = paired_ratio(figures["ours"], figures["raw"])
    return Row(name, p50, "ms p50", percentile(figures["raw"], 50), ratio, rows, note)


def _naive_day(person: Staff, midnight: datetime) -> list[int]:
    """Ask for one person's day, and try each quarter of an hour against each appointment."""
    blocks = Occupancy.objects.filter(
        subject=person.subject, active=True, block__overlap=(midnight, midnight + ONE_DAY)
    )
    taken = [
        (seconds(block.lower), seconds(block.upper))
        for block in blocks.values_list("block", flat=True)
    ]
    found = []
    for opens, closes in WORK:
        first, last = (seconds(midnight) + minutes * 60 for minutes in (opens, closes))
        for start in range(first, last - MINUTES * 60 + 1, GRID_SECONDS):
            end = start + (MINUTES + AFTER) * 60
            if all(end <= begins or start >= ends for begins, ends in taken):
                found.append(start)
    return found


def _business() -> tuple[Location, Service, list[Staff]]:
    place = Location(name="Openings", time_zone="UTC", country="US", currency="USD")
    history.create(place, by=BY)
    service = Service(
        name="Opening",
        category="All",
        duration_minutes=MINUTES,
        buffer_after_minutes=AFTER,
        price=1,
    )
    history.create(service, by=BY)
    return place, service, [_hire(number, place, service) for number in range(PEOPLE)]


def _hire(number: int, place: Location, service: Service) -> Staff:
    person = history.create(Staff(name=f"Opening {number}", location=place), by=BY)
    person.services.add(service)
    week = WorkingHours(staff=person, location=place, **dict.fromkeys(WEEKDAYS, WORK))
    history.create(week, by=BY)
    return person


def _fill(
    customer: Customer,
    place: Location,
    service: Service,
    staff: Sequence[Staff],
    begin: datetime,
    rows: int,
) -> None:
    """Book eight half hours a day for each person; half of the other days are before ``begin``."""
    dice = Random(7)  # noqa: S311  (measurements, no secrets)
    days = max(DAYS, -(-rows // (PEOPLE * VISITS_A_DAY)))
    first = begin - timedelta(days=(days - DAYS) // 2)
    everything = (
        (uuid7(), person, first + day * ONE_DAY + timedelta(minutes=minute))
        for day in range(days)
        for person in staff
        for minute in sorted(dice.sample(_half_hours(), VISITS_A_DAY))
    )
    made: list[tuple[UUID, Staff, datetime]] = list(islice(everything, rows))
    numbers = next_many_of("scheduling_appointment_number", len(made))
    common = {
        "customer_id": customer.pk,
        "service_id": service.pk,
        "location_id": place.pk,
        "time_zone": place.time_zone,
        "service_name": service.name,
        "buffer_after_minutes": AFTER,
        "price": 1,
        "currency": "USD",
        "tax_class": "standard",
    }
    names = ["id", "number", "staff_id", "start_at", "end_at", *common]
    copy_rows(
        Appointment,
        names,
        (
            (pk, number, person.pk, start, start + timedelta(minutes=MINUTES), *common.values())
            for number, (pk, person, start) in zip(numbers, made, strict=True)
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_occupancy (appointment_id, subject, unit, block, active)"
            " SELECT id, 'staff:' || staff_id, 1,"
            " tstzrange(start_at, end_at + make_interval(mins => buffer_after_minutes)), true"
            " FROM scheduling_appointment WHERE location_id = %s",
            [place.pk],
        )


def _half_hours() -> list[int]:
    """Minutes of the day at which visits may begin, three quarters of an hour apart or more."""
    return [
        minute
        for opens, closes in WORK
        for minute in range(opens, closes - MINUTES + 1, MINUTES + AFTER)
    ]
