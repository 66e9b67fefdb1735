"""One try at one object: who asks, with what, until when; and what it did so far."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.actors import Actor
from syncs.connectors.base import Connector
from syncs.deadlines import Deadline
from syncs.merge import Rule
from syncs.models import Connection


@dataclass(slots=True)
class Run:
    """``op``, ``fields`` and ``note`` end up in the visible attempt; ``at`` is the hub's clock.

    ``consumed`` is the pending snapshot this run has read: only that one may be cleared.
    """

    connection: Connection
    connector: Connector
    kind: str
    local_id: UUID
    rules: tuple[Rule, ...]
    by: Actor
    at: datetime
    deadline: Deadline
    job_id: int
    request_id: str
    op: str = "noop"
    fields: list[str] = field(default_factory=list)
    note: str = ""
    consumed: object = None

    def did(self, op: str, *fields: str) -> None:
        self.op = op if self.op == "noop" else f"{self.op}+{op}"
        self.fields = sorted({*self.fields, *fields})
