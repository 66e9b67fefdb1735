from syncs.models.connections import Connection, ConnectionSecret, FieldRule, InboundEvent, Stream
from syncs.models.links import Alias, Conflict, Link
from syncs.models.work import Attempt, Job

__all__ = [
    "Alias",
    "Attempt",
    "Conflict",
    "Connection",
    "ConnectionSecret",
    "FieldRule",
    "InboundEvent",
    "Job",
    "Link",
    "Stream",
]
