"""The link between a record here and a record there: made, placed, agreed on, remembered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast
from uuid import UUID

from django.db import transaction

from syncs import canonical
from syncs.canonical import Atoms
from syncs.connectors.base import Connector, Remote, Write, idem_key
from syncs.deadlines import Deadline
from syncs.failures import DuplicateRemote, MissingRelation, Transient
from syncs.merge import Base, Rule, agree
from syncs.models import Alias, Attempt, Connection, Link
from syncs.states import LinkStatus

# What an object's job decides; the other columns belong to the pull.
_OWN_FIELDS = (
    "remote_id",
    "remote_container",
    "generation",
    "idem_key",
    "base",
    "base_hash",
    "remote_etag",
    "status",
)


class Ambiguous(Exception):
    """Several objects there carry our marker, or one that is not ours stands in its place."""

    def __init__(self, message: str, remote_ids: Sequence[str]) -> None:
        super().__init__(message)
        self.remote_ids = list(remote_ids)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was last seen there and is not yet merged; ``removed`` where it left the list."""

    atoms: Atoms
    etag: str | None = None
    unsupported: str | None = None
    removed: bool = False

    @classmethod
    def of(cls, remote: Remote) -> "Snapshot":
        odd = remote.unsupported.message if remote.unsupported else None
        return cls(remote.atoms, remote.etag, odd)


REMOVED = Snapshot({}, removed=True)


def get_or_create(connection: Connection, kind: str, local_id: UUID) -> Link:
    link, _ = Link.objects.get_or_create(
        connection=connection,
        kind=kind,
        local_id=local_id,
        defaults={"idem_key": idem_key(connection.pk, kind, local_id)},
    )
    return link


def find(connection: Connection, kind: str, remote_id: str) -> Link | None:
    """The link of a remote id, or of an older id of the same record."""
    link = Link.objects.filter(connection=connection, kind=kind, remote_id=remote_id).first()
    if link is not None:
        return link
    alias = (
        Alias.objects.filter(connection=connection, kind=kind, remote_id=remote_id)
        .select_related("link")
        .first()
    )
    return alias.link if alias else None


def related(
    connection: Connection, kinds: Collection[str], ids: Mapping[str, UUID]
) -> dict[str, str]:
    """The remote ids of what a record belongs to.

    :raises MissingRelation: one of them is not linked yet.
    """
    found = {}
    for kind in kinds:
        link = Link.objects.filter(
            connection=connection, kind=kind, local_id=ids[kind], status=LinkStatus.LINKED
        ).first()
        if link is None or link.remote_id is None:
            raise MissingRelation(kind)
        found[kind] = link.remote_id
    return found


def has_unfinished_create(link: Link) -> bool:
    return Attempt.objects.filter(
        connection_id=link.connection_id, idem_key=link.idem_key, op="create", finished_at=None
    ).exists()


def store(link: Link, *, consumed: object) -> None:
    """Write the link, but clear only that pending snapshot which was merged (``consumed``).

    A pull may have noted a newer one meanwhile; it has asked for the object again, too.
    """
    link.save(update_fields=_OWN_FIELDS)
    known = Link.objects.select_for_update().only("pending_remote").get(pk=link.pk)
    if known.pending_remote == consumed:
        Link.objects.filter(pk=link.pk).update(pending_remote=link.pending_remote)


@transaction.atomic
def announce_create(job_id: int, link: Link, *, request_id: str) -> None:
    """Commit that a create is about to be sent: a crash from here on means “unknown”.

    :raises Transient: it was created meanwhile, by whoever took over an overdue run.
    """
    known = Link.objects.select_for_update().only("remote_id", "generation").get(pk=link.pk)
    if known.remote_id is not None and known.generation >= link.generation:
        raise Transient("Another run was faster.", code="overtaken")
    link.save(update_fields=_OWN_FIELDS)
    Attempt.objects.get_or_create(
        connection_id=link.connection_id,
        idem_key=link.idem_key,
        op="create",
        finished_at=None,
        defaults={
            "job_id": job_id,
            "key": f"obj:{link.kind}:{link.local_id}",
            "request_id": request_id,
        },
    )


def create(connector: Connector, write: Write, *, deadline: Deadline) -> tuple[Remote, bool]:
    """Create it, or take what stands there already when it is ours (then the flag is True).

    :raises Ambiguous: something else stands in its place; nothing was created.
    """
    try:
        return connector.create(write, deadline=deadline), False
    except DuplicateRemote as duplicate:
        found = adoptable(connector.find_by_marker(write, deadline=deadline), write)
        if found is not None:
            return found, True
        raise Ambiguous(duplicate.message, [duplicate.remote_id or ""]) from None


def adoptable(found: Sequence[Remote], write: Write) -> Remote | None:
    """The one object that carries our marker.

    :raises Ambiguous: there are several.
    """
    if len(found) > 1:
        raise Ambiguous(
            "Several records there carry our mark.", [remote.remote_id for remote in found]
        )
    return found[0] if found and found[0].marker == write.marker else None


def place_at(link: Link, remote: Remote) -> None:
    link.remote_id, link.remote_container = remote.remote_id, remote.container
    link.remote_etag = remote.etag or ""
    link.status = LinkStatus.LINKED


def agree_on(link: Link, hub: Atoms, remote: Remote, rules: Collection[Rule]) -> None:
    settle_on(link, agree(hub, remote.atoms, rules), etag=remote.etag or "")


def settle_on(link: Link, base: Base, *, etag: str) -> None:
    """Write down the agreement; what was pending has been answered by it."""
    link.base = base.as_json()
    link.base_hash = canonical.digest(base.remote)
    link.remote_etag = etag
    link.pending_remote = None


def pending(link: Link) -> Snapshot | None:
    stored = cast("dict[str, Any] | None", link.pending_remote)
    return Snapshot(**stored) if stored else None


def remember(link: Link, snapshot: Snapshot) -> None:
    link.pending_remote = asdict(snapshot)


def begin_again(link: Link) -> None:
    """Give the link a new identity there, after the old object was deleted or let go."""
    if link.remote_id is not None:
        Alias.objects.get_or_create(
            connection_id=link.connection_id,
            kind=link.kind,
            remote_id=link.remote_id,
            defaults={"link": link},
        )
    link.generation += 1
    link.idem_key = idem_key(
        link.connection_id, link.kind, link.local_id, generation=link.generation
    )
    link.remote_id, link.remote_etag = None, ""
    link.base, link.base_hash, link.pending_remote = {}, "", None
    link.status = LinkStatus.NEW
