"""What a verb must leave behind: occupancies, a row of history, an announcement."""

from datetime import datetime, timedelta

from hub.models import Change
from scheduling.models import Appointment, Occupancy

Taken = list[tuple[str, int, datetime, datetime]]


def taken_by(appointment: Appointment) -> Taken:
    """Return the active occupancies of ``appointment`` as (subject, unit, from, to)."""
    rows = Occupancy.objects.filter(appointment=appointment, active=True).order_by("-subject")
    return [(row.subject, row.unit, row.block.lower, row.block.upper) for row in rows]


def announced(appointment: Appointment) -> list[tuple[str, str, str, int]]:
    """Return what the outbox tells of ``appointment``: (name, actor, source, version)."""
    changes = Change.objects.filter(local_id=appointment.pk).order_by("pk")
    return [(change.name, change.actor_name, change.source, change.version) for change in changes]


def remembered(appointment: Appointment) -> list[tuple[str, str, str, int]]:
    """Return the history of ``appointment``, oldest first: (status, actor, source, version)."""
    rows = appointment.history.order_by("history_id")
    return [(row.status, row.actor_name, row.source, row.version) for row in rows]


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
