"""Questions that a person answers: opened once, kept with both values, closed with a name."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from hub import access, history, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from syncs.merge import Clash
from syncs.models import Conflict, Connection, Link
from syncs.states import ConflictState, ConflictType


class AlreadyDecided(DomainError):
    code = "already_decided"


@transaction.atomic
def open_for(
    connection: Connection,
    link: Link | None,
    type: ConflictType,  # noqa: A002
    *,
    message: str,
    clashes: Mapping[str, Clash],
    subject: str = "",
) -> Conflict:
    """Ask once: an open question about the same thing takes the newest values."""
    subject = subject or (f"{link.kind}:{link.local_id}" if link else connection.label)
    detail = {atom: asdict(clash) for atom, clash in clashes.items()}
    by = Actor.connection(connection.pk, connection.label)
    Connection.objects.select_for_update().get(pk=connection.pk)
    known = Conflict.objects.filter(
        connection=connection, subject=subject, type=type, state=ConflictState.OPEN
    ).first()
    if known is not None:
        known.detail, known.message = {**known.detail, **detail}, message[:400]
        history.save(known, fields=["detail", "message"], by=by)
        return known
    conflict = Conflict(
        connection=connection,
        link=link,
        subject=subject,
        type=type,
        message=message[:400],
        detail=detail,
    )
    return history.create(conflict, by=by)


def is_open(link: Link, type: ConflictType) -> bool:  # noqa: A002
    return _open(link, type).exists()


def open_atoms(link: Link, type: ConflictType) -> set[str]:  # noqa: A002
    """The atoms that an open question of this type is about."""
    return {atom for conflict in _open(link, type) for atom in conflict.detail}


@transaction.atomic
def close(conflict_id: UUID, *, resolution: str, at: datetime, by: Actor) -> Conflict:
    """Write down who decided what.

    :raises AccessDenied: ``by`` may not decide on conflicts.
    :raises AlreadyDecided: somebody was faster.
    """
    access.require(by, Capability.RETRY_SYNC)
    conflict = Conflict.objects.select_for_update().get(pk=conflict_id)
    if conflict.state != ConflictState.OPEN:
        raise AlreadyDecided(f"{conflict.resolved_by} has decided this already.")
    conflict.state, conflict.resolution = ConflictState.RESOLVED, resolution
    conflict.resolved_by, conflict.resolved_at = by.name, at
    history.save(conflict, fields=["state", "resolution", "resolved_by", "resolved_at"], by=by)
    outbox.record(
        EventName.CONFLICT_RESOLVED,
        subject=conflict,
        by=by,
        fields={"resolution": ["", resolution]},
    )
    return conflict


def _open(link: Link, type: ConflictType) -> QuerySet[Conflict]:  # noqa: A002
    return Conflict.objects.filter(link=link, type=type, state=ConflictState.OPEN)
