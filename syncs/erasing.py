"""What connected tools know about people: the sync empties it there, a person deletes it.

What both sides last agreed on holds names as well. It is written anew once the empty record has
arrived there; of a tool that is not connected any more it goes at once.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from customers.erasure import Kept
from customers.models import Customer
from hub import history
from hub.actors import Actor
from scheduling.models import Appointment
from syncs import conflicts, dispatch, jobs
from syncs.connectors.base import Kind
from syncs.models import Conflict, Link
from syncs.states import ConflictState, ConflictType, ConnectionStatus, LinkStatus


def obstacle(customer_ids: Iterable[UUID], *, at: datetime) -> str:  # noqa: ARG001
    return ""


def kept(customer_ids: Iterable[UUID], *, at: datetime) -> list[Kept]:  # noqa: ARG001
    found = {link.connection for link in _contacts(customer_ids)}
    return [
        Kept(
            f"A record in {tool.label}.",
            "It is not connected any more: delete it there."
            if tool.status == ConnectionStatus.DISABLED
            else "The sync empties it; delete it there, with what was noted there.",
        )
        for tool in sorted(found, key=lambda tool: (tool.label, tool.pk))
    ]


def erase(customer_ids: Iterable[UUID], *, by: Actor) -> None:
    """Have every record of theirs emptied, and ask a person to delete those of customers."""
    ids = list(customer_ids)
    visits = Appointment.objects.filter(customer__in=ids).values("pk")
    theirs = Q(kind=Kind.CUSTOMER, local_id__in=ids)
    links = Link.objects.filter(theirs | Q(kind=Kind.APPOINTMENT, local_id__in=visits))
    links.update(pending_remote=None)
    off = links.filter(connection__status=ConnectionStatus.DISABLED)
    off.update(base={}, base_hash="", status=LinkStatus.DETACHED)
    _forget_questions(ids, by=by)
    codes = {customer.pk: customer.code for customer in Customer.objects.filter(pk__in=ids)}
    for link in _contacts(ids):
        conflicts.open_for(
            link.connection,
            link,
            ConflictType.ERASED_HERE,
            message=f"{codes[link.local_id]} was erased here. The sync empties the record"
            f" {link.remote_id} there; delete it for good, with what was noted there.",
            clashes={},
        )
    followed = links.exclude(status=LinkStatus.DETACHED).order_by("pk")
    wanted = [(one.connection_id, jobs.object_key(one.kind, one.local_id)) for one in followed]
    dispatch.ring_after_commit(jobs.request(wanted), hot=True)


def _contacts(customer_ids: Iterable[UUID]) -> QuerySet[Link]:
    """The links of customers to records that are there."""
    known = Link.objects.filter(kind=Kind.CUSTOMER, local_id__in=list(customer_ids))
    gone = known.filter(status=LinkStatus.REMOTE_DELETED).values("pk")
    known = known.exclude(remote_id=None).exclude(pk__in=gone)
    return known.select_related("connection").order_by("pk")


def _forget_questions(customer_ids: list[UUID], *, by: Actor) -> None:
    """Both values of a question go, answered or not; that it was asked stays."""
    subjects = [f"{Kind.CUSTOMER}:{customer_id}" for customer_id in customer_ids]
    for asked in Conflict.objects.select_for_update().filter(subject__in=subjects):
        asked.detail, asked.message = {}, ""
        if asked.state == ConflictState.OPEN:
            asked.state, asked.resolution = ConflictState.RESOLVED, "erased"
            asked.resolved_by = by.name
        fields = ["detail", "message", "state", "resolution", "resolved_by"]
        history.save(asked, fields=fields, by=by)
    with connection.cursor() as cursor:
        for subject in subjects:
            cursor.execute("SELECT syncs_erase_history(%s)", [subject])
