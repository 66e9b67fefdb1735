"""What must be linked before: an appointment or invoice needs its customer there."""

from uuid import UUID

from syncs import dispatch, jobs, records
from syncs.jobs import Claim
from syncs.models import Connection


def want(claim: Claim, kind: str) -> None:
    """Ask for the record of ``kind`` that the claimed object belongs to, ahead of the others."""
    own_kind, _, local_id = claim.target.partition(":")
    connection = Connection.objects.get(pk=claim.connection_id)
    record = records.load(connection, own_kind, UUID(local_id))
    if record is None or kind not in record.related:
        return
    key = jobs.object_key(kind, record.related[kind])
    ids = jobs.request([(connection.pk, key)], request_id=claim.request_id, priority=1)
    dispatch.ring_after_commit(ids, hot=True)
