"""The states of the engine's rows, and what may follow what."""

from django.db import models


class ConnectionStatus(models.TextChoices):
    ACTIVE = "active", "Healthy"
    DEGRADED = "degraded", "Slowed"
    PAUSED = "paused", "Paused"
    AUTH_REQUIRED = "auth_required", "Sign-in needed"
    INCOMPATIBLE = "incompatible", "Incompatible"
    DISABLED = "disabled", "Off"


# Jobs of these run; those of others wait, with their budget of tries untouched.
RUNNING = (ConnectionStatus.ACTIVE, ConnectionStatus.DEGRADED)


class JobState(models.TextChoices):
    IDLE = "idle", "Done"
    READY = "ready", "Waiting"
    LEASED = "leased", "Running"
    PARKED = "parked", "Needs a person"
    DEAD = "dead", "Given up"


class LinkStatus(models.TextChoices):
    NEW = "new", "Not yet there"
    LINKED = "linked", "Linked"
    DETACHED = "detached", "Detached"
    REMOTE_DELETED = "remote_deleted", "Deleted there"


class Outcome(models.TextChoices):
    OK = "ok", "Done"
    NOOP = "noop", "Nothing to do"
    RETRY = "retry", "Will be tried again"
    PARKED = "parked", "Needs a person"
    DEAD = "dead", "Given up"
    FENCED = "fenced", "Overtaken"


class ConflictType(models.TextChoices):
    BOTH_CHANGED = "both_changed", "Changed on both sides"
    REMOTE_DELETED = "remote_deleted", "Deleted there"
    DUPLICATE_CANDIDATES = "duplicate_candidates", "Several could be this one"
    IDENTITY_MISMATCH = "identity_mismatch", "Belongs to somebody else"
    REJECTED_BY_REMOTE = "rejected_by_remote", "Refused there"
    REJECTED_BY_HUB = "rejected_by_hub", "Refused here"
    MAPPING_MISSING = "mapping_missing", "Not mapped"
    MASS_DELETE = "mass_delete", "Many deletions at once"
    AMOUNT_MISMATCH = "amount_mismatch", "Amounts differ"
    ERASED_HERE = "erased_here", "Erased here, a copy is there"


class ConflictState(models.TextChoices):
    OPEN = "open", "Open"
    RESOLVED = "resolved", "Resolved"


class InboundDeletes(models.TextChoices):
    APPLY = "apply", "Cancel here, with time to undo"
    ASK = "ask", "Ask a person"
    RESTORE = "restore", "Write it back"
