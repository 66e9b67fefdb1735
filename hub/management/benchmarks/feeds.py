"""``day-feed``: one day of the calendar against raw SQL and the same JSON writer."""

from datetime import timedelta

import orjson
from django.db import connection
from django.utils import timezone

from hub import access
from hub.management.benchmarks.ground import Ground
from hub.management.benchmarks.measuring import Row, in_turns, paired_ratio, percentile, timed
from scheduling.feed import day_feed

ROUNDS = 40
RAW = """
    SELECT visit.id, visit.staff_id, visit.start_at, visit.end_at, visit.status,
        visit.service_name, visit.version, visit.buffer_before_minutes,
        visit.buffer_after_minutes, person.given_name, person.family_name, person.company
    FROM scheduling_appointment visit
    JOIN customers_customer person ON person.id = visit.customer_id
    WHERE visit.location_id = %s AND visit.start_at >= %s AND visit.start_at < %s
      AND visit.status IN ('hold', 'requested', 'booked', 'completed', 'no_show')
"""


def measure(ground: Ground, *, rows: int) -> list[Row]:
    """A day with up to ``rows`` appointments."""
    while ground.taken % len(ground.staff) or ground.taken < rows:
        ground.book()
    day = (timezone.now() + timedelta(days=1)).date()
    begin = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    count = 0

    def raw() -> bytes:
        nonlocal count
        with connection.cursor() as cursor:
            cursor.execute(RAW, [ground.location.pk, begin, begin + timedelta(days=1)])
            found = cursor.fetchall()
        count = len(found)
        return orjson.dumps(found)

    def ours() -> bytes:
        feed = day_feed(ground.location, day, access.EVERYTHING, at=timezone.now())
        return orjson.dumps(feed)

    figures = in_turns({"ours": lambda: timed(ours), "raw": lambda: timed(raw)}, rounds=ROUNDS)
    return [
        Row(
            "day-feed",
            percentile(figures["ours"], 50),
            "ms",
            percentile(figures["raw"], 50),
            paired_ratio(figures["ours"], figures["raw"]),
            count,
        )
    ]
