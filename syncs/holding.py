"""Messages wait while what they say may be about to change: in a calendar we cannot read now.

A person who moved an appointment in their own calendar expects no reminder of the old time.
"""

from datetime import datetime, timedelta

from django.db.models import Max

from hub.notifications.models import Notification
from hub.notifications.registry import Hold
from scheduling.models import Appointment
from syncs.connectors.base import Kind
from syncs.models import Conflict, Connection, Link
from syncs.states import ConflictState, ConnectionStatus

CHECK_AGAIN = timedelta(minutes=2)
# As long as a healthy connection may go without an answer: a few missed looks are no outage.
STALE_AFTER = timedelta(minutes=5)
# A tool that stays silent must not silence the hub: then the reminder goes out as we know it.
NO_LONGER_THAN = timedelta(hours=2)  # before the start


def hold_appointment(notification: Notification, at: datetime) -> Hold | None:
    """Hold what is about an appointment that another tool may have changed unseen."""
    links = Link.objects.filter(kind=Kind.APPOINTMENT, local_id=notification.object_id)
    for link in links.select_related("connection").order_by("pk"):
        reason = _why_unsure(link, at)
        if reason:
            return Hold(reason, at + CHECK_AGAIN)
    return None


def _why_unsure(link: Link, at: datetime) -> str:
    if link.connection.status == ConnectionStatus.DISABLED:
        return ""
    if link.pending_remote is not None:
        return f"a change in {link.connection} is being taken over"
    if Conflict.objects.filter(link=link, state=ConflictState.OPEN).exists():
        return f"a difference with {link.connection} is not decided"
    start_at = Appointment.objects.values_list("start_at", flat=True).get(pk=link.local_id)
    if at < start_at - NO_LONGER_THAN and _is_stale(link.connection, at):
        return f"{link.connection} has not answered lately"
    return ""


def _is_stale(connection: Connection, at: datetime) -> bool:
    """Say whether its feeds were read too long ago; one that has none cannot be."""
    newest = connection.streams.aggregate(newest=Max("last_ok_at"))["newest"]
    return newest is not None and newest < at - STALE_AFTER
