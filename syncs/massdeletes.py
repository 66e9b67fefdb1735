"""The guard against a calendar that was emptied by mistake, or swapped for another one.

Five deletions and a fifth of all coming entries in one pass are a question, not an order.
"""

from uuid import UUID

from django.db import transaction

from syncs import conflicts, dispatch, jobs
from syncs.models import Connection, Link
from syncs.states import ConflictType, ConnectionStatus, LinkStatus

SUSPICIOUS_COUNT = 5
SUSPICIOUS_SHARE = 0.2


def release(connection: Connection, *, request_id: str) -> int:
    """Ask for the objects noted as removed, unless there are suspiciously many of them."""
    removed = _removed(connection)
    linked = Link.objects.filter(connection=connection, status=LinkStatus.LINKED).count()
    if len(removed) >= SUSPICIOUS_COUNT and len(removed) >= SUSPICIOUS_SHARE * linked:
        conflicts.open_for(
            connection,
            None,
            ConflictType.MASS_DELETE,
            message=f"{len(removed)} of {linked} entries disappeared at once. "
            "None was canceled here.",
            clashes={},
        )
        Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.ACTIVE).update(
            status=ConnectionStatus.DEGRADED, status_reason="Many entries disappeared at once."
        )
        return 0
    return _want(connection, removed, request_id=request_id)


@transaction.atomic
def accept(connection: Connection, *, request_id: str) -> int:
    """A person says they were really deleted: each is now looked at, and canceled with undo."""
    return _want(connection, _removed(connection), request_id=request_id)


@transaction.atomic
def refuse(connection: Connection, *, request_id: str) -> int:
    """A person says it was a mistake: the entries are written back."""
    removed = _removed(connection)
    for link in Link.objects.select_for_update().filter(
        connection=connection, local_id__in=[local_id for _, local_id in removed]
    ):
        link.status, link.pending_remote = LinkStatus.REMOTE_DELETED, None
        link.save(update_fields=["status", "pending_remote"])
    return _want(connection, removed, request_id=request_id)


def recover(connection: Connection) -> None:
    """The question is answered: the connection is healthy again."""
    Connection.objects.filter(pk=connection.pk, status=ConnectionStatus.DEGRADED).update(
        status=ConnectionStatus.ACTIVE, status_reason=""
    )


def _removed(connection: Connection) -> list[tuple[str, UUID]]:
    links = Link.objects.filter(
        connection=connection, status=LinkStatus.LINKED, pending_remote__removed=True
    )
    return list(links.order_by("pk").values_list("kind", "local_id"))


def _want(connection: Connection, objects: list[tuple[str, UUID]], *, request_id: str) -> int:
    wanted = [(connection.pk, jobs.object_key(kind, local_id)) for kind, local_id in objects]
    dispatch.ring_after_commit(jobs.request(wanted, request_id=request_id), hot=True)
    return len(wanted)
