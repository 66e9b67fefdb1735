"""A person answers an open question: keep ours, use theirs, link, or leave it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub import access
from hub.access import Capability
from hub.actors import Actor, current_request_id
from hub.errors import DomainError, InvalidInput
from scheduling.canceling import cancel_appointment
from syncs import applying, conflicts, dispatch, jobs, massdeletes
from syncs.conflicts import AlreadyDecided
from syncs.connectors.base import Kind
from syncs.models import Conflict, Connection, Link
from syncs.states import ConflictState, ConflictType, LinkStatus

ANSWERS: dict[ConflictType, dict[str, str]] = {
    ConflictType.BOTH_CHANGED: {"hub": "Keep the hub's", "remote": "Use theirs"},
    ConflictType.REJECTED_BY_HUB: {"hub": "Keep the hub's", "remote": "Use theirs"},
    ConflictType.REMOTE_DELETED: {"hub": "Write it back", "remote": "Accept the deletion"},
    ConflictType.MASS_DELETE: {"hub": "Write them back", "remote": "They were deleted"},
    ConflictType.DUPLICATE_CANDIDATES: {"ignore": "Leave unlinked"},
    ConflictType.REJECTED_BY_REMOTE: {"ignore": "Dismiss"},
    ConflictType.IDENTITY_MISMATCH: {"ignore": "Dismiss"},
    ConflictType.MAPPING_MISSING: {"ignore": "Dismiss"},
    ConflictType.AMOUNT_MISMATCH: {"ignore": "Dismiss"},
    ConflictType.ERASED_HERE: {"ignore": "It is deleted there"},
}


@transaction.atomic
def decide(conflict_id: UUID, *, answer: str, at: datetime, by: Actor) -> Conflict:
    """Carry out ``answer`` and close the question.

    :raises AccessDenied: ``by`` may not decide, or not make the change it asks for.
    :raises AlreadyDecided: somebody was faster.
    :raises InvalidInput: no such answer to this kind of question.
    :raises DomainError: the verb refused their value; the question stays open.
    """
    access.require(by, Capability.RETRY_SYNC)
    conflict = (
        Conflict.objects.select_for_update(of=("self",))
        .select_related("connection", "link")
        .get(pk=conflict_id)
    )
    if conflict.state != ConflictState.OPEN:
        raise AlreadyDecided(f"{conflict.resolved_by} has decided this already.")
    if answer not in ANSWERS[ConflictType(conflict.type)]:
        raise InvalidInput("Choose one of the answers.", field="answer")
    closed = conflicts.close(conflict_id, resolution=answer, at=at, by=by)
    _carry_out(conflict, answer, at=at, by=by)
    return closed


def _carry_out(conflict: Conflict, answer: str, *, at: datetime, by: Actor) -> None:
    type_ = ConflictType(conflict.type)
    if type_ is ConflictType.MASS_DELETE:
        carry = massdeletes.refuse if answer == "hub" else massdeletes.accept
        carry(conflict.connection, request_id=current_request_id())
        massdeletes.recover(conflict.connection)
    elif type_ is ConflictType.REMOTE_DELETED and conflict.link is not None:
        _decide_deletion(conflict.link, answer, at=at, by=by)
        _look_again(conflict.connection, conflict.link)
    elif answer == "remote" and conflict.link is not None:
        _use_theirs(conflict, conflict.link, at=at, by=by)


def _decide_deletion(link: Link, answer: str, *, at: datetime, by: Actor) -> None:
    if answer == "hub":
        Link.objects.filter(pk=link.pk).update(status=LinkStatus.REMOTE_DELETED)
    elif link.kind == Kind.APPOINTMENT and link.status == LinkStatus.REMOTE_DELETED:
        reason = f"Deleted in {link.connection.label}"
        cancel_appointment(link.local_id, reason=reason, at=at, by=by)


def _use_theirs(conflict: Conflict, link: Link, *, at: datetime, by: Actor) -> None:
    atoms = {atom: clash["remote"] for atom, clash in conflict.detail.items()}
    asked = applying.Asked(link.kind, link.local_id, conflict.connection.label, at, by)
    refused = applying.apply(asked, atoms)
    if refused:
        raise DomainError(" ".join(dict.fromkeys(refused.values())))


def _look_again(connection: Connection, link: Link) -> None:
    ids = jobs.request([(connection.pk, jobs.object_key(link.kind, link.local_id))])
    dispatch.ring_after_commit(ids, hot=True)
