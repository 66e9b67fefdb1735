"""Read from the database what is free of people, rooms and devices: the gaps between bookings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from scheduling.availability import Span
from scheduling.occupying import Subject


def free_gaps(
    subjects: Iterable[Subject], start: datetime, end: datetime, *, at: datetime
) -> Mapping[str, list[Span]]:
    """Return for each subject the stretches from ``start`` to ``end`` in which a unit is free.

    A canceled slot whose time to undo is over counts as free, and so does a hold that is over.
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


_GAPS = """
    WITH stale AS MATERIALIZED (
        SELECT id FROM scheduling_appointment WHERE slot_held_until < %(at)s
        UNION ALL SELECT id FROM scheduling_hold WHERE expires_at <= %(at)s
    ), free AS (
        SELECT wanted.subject, tstzmultirange(tstzrange(%(start)s, %(end)s))
            - coalesce(range_agg(taken.block), '{}') AS gaps
        FROM unnest(%(subjects)s::text[], %(capacities)s::int[]) AS wanted(subject, capacity)
        CROSS JOIN LATERAL generate_series(1, wanted.capacity) AS numbered(unit)
        LEFT JOIN scheduling_occupancy taken
            ON taken.active AND taken.subject = wanted.subject AND taken.unit = numbered.unit
            AND taken.block && tstzrange(%(start)s, %(end)s)
            AND coalesce(taken.appointment_id, taken.hold_id, taken.session_id)
                NOT IN (SELECT id FROM stale)
        GROUP BY wanted.subject, numbered.unit
    )
    SELECT subject, ceil(extract(epoch FROM lower(gap)))::bigint,
        floor(extract(epoch FROM upper(gap)))::bigint
    FROM free CROSS JOIN LATERAL unnest(gaps) AS gap
"""
