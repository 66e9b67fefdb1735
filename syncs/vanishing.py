"""When a record is gone on one side: deleted there, or no longer to be there.

A deletion in somebody's calendar is a request to cancel, never a deletion here. What is past,
done or invoiced stays as it is.
"""

from datetime import timedelta

from django.conf import settings

from billing.models import InvoiceLine
from hub.errors import DomainError
from scheduling.canceling import cancel_with_undo
from scheduling.models import Appointment
from scheduling.states import AppointmentStatus
from syncs import conflicts, linking
from syncs.connectors.base import Kind, OnCancel, Place
from syncs.failures import Gone
from syncs.models import Link
from syncs.records import Record
from syncs.runs import Run
from syncs.states import ConflictType, InboundDeletes, LinkStatus


def wants_back(run: Run, link: Link, record: Record) -> bool:
    """Whether the hub wants a deleted object there again: after an undo, or a decision."""
    if link.kind != Kind.APPOINTMENT or link.status == LinkStatus.DETACHED:
        run.note = "detached"
        return False
    if is_to_leave(run, record) or not record.worth_creating:
        return False
    return not conflicts.is_open(link, ConflictType.REMOTE_DELETED)


def is_to_leave(run: Run, record: Record) -> bool:
    """Whether the object has no place there: another calendar's, or canceled by deleting."""
    if not record.wanted:
        return True
    is_canceled = record.atoms.get("status") == AppointmentStatus.CANCELED
    return is_canceled and run.connector.on_cancel == OnCancel.DELETE


def withdraw(run: Run, link: Link, record: Record) -> Link:
    """Take the object out of a container where it no longer belongs."""
    if link.remote_id is not None:
        place = Place(link.remote_id, link.remote_container, link.remote_etag)
        try:
            run.connector.delete(link.kind, place, deadline=run.deadline)
        except Gone:
            run.note = "gone already"
        run.did("delete")
        linking.begin_again(link)
    if record.wanted:
        link.status = LinkStatus.REMOTE_DELETED
    return link


def accept_removal(run: Run, link: Link, *, was_edited_here: bool) -> bool:
    """Answer a confirmed deletion there; True means: write it back."""
    link.status, link.pending_remote = LinkStatus.REMOTE_DELETED, None
    if run.kind != Kind.APPOINTMENT:
        link.status = LinkStatus.DETACHED
        _question(run, link, "Deleted there. It stays in the hub and is not made anew.")
        return False
    appointment = Appointment.objects.get(pk=run.local_id)
    if appointment.status == AppointmentStatus.CANCELED:
        return False
    if _is_settled(appointment, run):
        link.status = LinkStatus.DETACHED
        run.note = "kept: past, done or invoiced"
        return False
    if was_edited_here:
        _question(run, link, "Deleted there while it was changed here: the change won.")
        return True
    return _cancel_or_ask(run, link)


def _cancel_or_ask(run: Run, link: Link) -> bool:
    policy = InboundDeletes(run.connection.inbound_deletes)
    if policy is InboundDeletes.RESTORE:
        _question(run, link, "Deleted there and written back.")
        return True
    if policy is InboundDeletes.ASK:
        _question(run, link, "Deleted there. It stays booked until somebody decides.")
        return False
    window = timedelta(seconds=settings.CANCELLATION_UNDO_SECONDS)
    try:
        cancel_with_undo(
            run.local_id,
            reason=f"Deleted in {run.connection.label}",
            undo_until=run.at + window,
            at=run.at,
            by=run.by,
        )
    except DomainError as refusal:
        _question(run, link, str(refusal))
        return True
    run.did("pull", "status")
    return False


def _question(run: Run, link: Link, message: str) -> None:
    conflicts.open_for(
        run.connection, link, ConflictType.REMOTE_DELETED, message=message, clashes={}
    )


def _is_settled(appointment: Appointment, run: Run) -> bool:
    if appointment.status != AppointmentStatus.BOOKED or appointment.end_at <= run.at:
        return True
    lines = InvoiceLine.objects.filter(appointment=appointment)
    return lines.exclude(invoice__number="").exists()
