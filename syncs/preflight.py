"""Before a connection is trusted: what it can really do, and what stands in its way."""

from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor
from hub.events import EventName
from syncs.connectors.base import Connector, Preflight
from syncs.deadlines import Deadline
from syncs.models import Connection
from syncs.states import ConnectionStatus


def check(connection: Connection, connector: Connector, *, by: Actor) -> Preflight:
    """Probe the account, prepare our own properties there, and store what was found.

    A blocking finding closes the connection with its reason; a clean result opens one that had
    been found incompatible.

    :raises CallFailed: the account could not be reached or refused the credentials.
    """
    found = connector.preflight(deadline=Deadline.long())
    _store(connection.pk, found, by=by)
    return found


@transaction.atomic
def _store(connection_id: UUID, found: Preflight, *, by: Actor) -> None:
    connection = Connection.objects.select_for_update().get(pk=connection_id)
    before = connection.status
    connection.capabilities = dict(found.capabilities)
    if found.is_blocked:
        reasons = [item.text for item in found.checks if item.level == "block"]
        connection.status = ConnectionStatus.INCOMPATIBLE
        connection.status_reason = " ".join(reasons)[:300]
    elif connection.status == ConnectionStatus.INCOMPATIBLE:
        connection.status, connection.status_reason = ConnectionStatus.ACTIVE, ""
    history.save(connection, fields=["capabilities", "status", "status_reason"], by=by)
    if before != connection.status:
        outbox.record(
            EventName.CONNECTION_CHANGED,
            subject=connection,
            by=by,
            fields={"status": [before, str(connection.status)]},
        )
