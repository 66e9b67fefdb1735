"""What must hold for the calendar at any moment, asked of the database itself."""

from django.db import connection

# INV-01: no two active blocks of one unit overlap; the window form needs no index.
_OVERLAPS = """
    SELECT id FROM (
        SELECT id, lower(block) AS begins, max(upper(block)) OVER (
            PARTITION BY subject, unit ORDER BY lower(block), id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS taken_until
        FROM scheduling_occupancy WHERE active
    ) AS ordered WHERE begins < taken_until
"""
# INV-01b: blocks and activity follow from the appointment, a held canceled slot included.
_INCONSISTENT = """
    SELECT o.id FROM scheduling_occupancy o
    JOIN scheduling_appointment a ON a.id = o.appointment_id
    WHERE o.active <> (
        a.status IN ('requested', 'booked', 'completed', 'no_show')
        OR (a.status = 'canceled' AND a.slot_held_until IS NOT NULL)
    ) OR o.active AND (
        o.block <> tstzrange(
            a.start_at - make_interval(mins => a.buffer_before_minutes),
            a.end_at + make_interval(mins => a.buffer_after_minutes)
        )
        OR o.subject <> coalesce('session:' || a.session_id, '')
            AND o.subject NOT IN ('staff:' || a.staff_id, 'resource:' || a.resource_id)
            AND NOT EXISTS (
                SELECT FROM scheduling_assignment also WHERE also.appointment_id = a.id
                AND o.subject IN ('staff:' || also.staff_id, 'resource:' || also.resource_id)
            )
    )
"""
# Each active appointment takes its person, its room if it has one, and what is assigned to it.
_MISSING = """
    SELECT a.id FROM scheduling_appointment a
    WHERE (SELECT count(*) FROM scheduling_occupancy o WHERE o.appointment_id = a.id)
        <> 1 + (a.resource_id IS NOT NULL)::int
            + (SELECT count(*) FROM scheduling_assignment also WHERE also.appointment_id = a.id)
        OR a.session_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM scheduling_occupancy o
            WHERE o.appointment_id = a.id AND o.subject = 'session:' || a.session_id
        )
"""
# INV-01c: a hold takes its own block, and nothing else.
_HELD_WRONG = """
    SELECT o.id FROM scheduling_occupancy o JOIN scheduling_hold h ON h.id = o.hold_id
    WHERE NOT o.active OR o.block <> tstzrange(
        h.start_at - make_interval(mins => h.buffer_before_minutes),
        h.end_at + make_interval(mins => h.buffer_after_minutes)
    )
"""
# INV-01d: a class takes its lead; seats lie at its time, with its lead, in the number it has.
_CLASS_WRONG = """
    SELECT s.id FROM scheduling_groupsession s
    WHERE NOT EXISTS (
        SELECT FROM scheduling_occupancy o
        WHERE o.session_id = s.id AND o.subject = 'staff:' || s.staff_id
            AND o.active = (s.status = 'planned')
            AND (NOT o.active OR o.block = tstzrange(
                s.start_at - make_interval(mins => s.buffer_before_minutes),
                s.end_at + make_interval(mins => s.buffer_after_minutes)
            ))
    ) OR EXISTS (
        SELECT FROM scheduling_occupancy o
        LEFT JOIN scheduling_appointment a ON a.id = o.appointment_id
        WHERE o.subject = 'session:' || s.id AND o.active AND (
            o.unit > s.seats OR s.status <> 'planned' OR a.session_id <> s.id
            OR a.start_at <> s.start_at OR a.end_at <> s.end_at OR a.staff_id <> s.staff_id
        )
    )
"""


def overlaps() -> list[object]:
    return _ids(_OVERLAPS)


def inconsistencies() -> list[object]:
    return _ids(_INCONSISTENT) + _ids(_MISSING) + _ids(_HELD_WRONG) + _ids(_CLASS_WRONG)


def deadlocks() -> int:
    """Return how many deadlocks PostgreSQL has broken in this database so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _ids(query: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
