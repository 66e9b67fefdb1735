"""Which record there is which record here, and the questions that came of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hub import history
from hub.identifiers import uuid7
from syncs.models.connections import Connection
from syncs.states import ConflictState, ConflictType, LinkStatus


class Link(models.Model):
    """Hub object ↔ remote object. ``base`` is what both sides last agreed on, atom by atom.

    ``remote_container`` and ``idem_key`` are fixed before the first create call, so that an
    unknown outcome is resolved by looking, never by a second create.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="links", db_index=False
    )
    kind = models.CharField(max_length=16)
    local_id = models.UUIDField()
    remote_id = models.CharField(max_length=300, null=True, blank=True)  # noqa: DJ001
    remote_container = models.CharField(max_length=500, blank=True)
    generation = models.PositiveIntegerField(default=0)
    idem_key = models.CharField(max_length=64)
    base = models.JSONField(default=dict)
    base_hash = models.CharField(max_length=64, blank=True)
    remote_etag = models.CharField(max_length=300, blank=True)
    remote_raw = models.TextField(blank=True)
    pending_remote = models.JSONField(null=True, blank=True)
    remote_seen_at = models.DateTimeField(null=True, blank=True)
    seen_in_run = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=LinkStatus, default=LinkStatus.NEW)
    origin = models.CharField(max_length=16, default="hub")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "kind", "local_id"], name="one_link_per_local_object"
            ),
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_container", "remote_id"],
                condition=Q(remote_id__isnull=False),
                name="one_link_per_remote_object",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "local_id"], name="link_by_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_id} ↔ {self.remote_id}"


class Alias(models.Model):
    """An older remote id, of a record that was merged or made anew there."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="aliases", db_index=False
    )
    kind = models.CharField(max_length=16)
    remote_id = models.CharField(max_length=300)
    link = models.ForeignKey(Link, models.CASCADE, related_name="aliases")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id"], name="one_alias_per_remote_id"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id}"


class Conflict(models.Model):
    """What a person must decide. ``detail`` is ``{atom: {base, hub, remote}}`` or the refusal."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="conflicts")
    link = models.ForeignKey(Link, models.CASCADE, null=True, blank=True, related_name="conflicts")
    subject = models.CharField(max_length=120)
    type = models.CharField(max_length=24, choices=ConflictType)
    message = models.CharField(max_length=400)
    detail = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ConflictState, default=ConflictState.OPEN)
    resolution = models.CharField(max_length=60, blank=True)
    resolved_by = models.CharField(max_length=200, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(db_default=Now())

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "subject", "type"],
                condition=Q(state=ConflictState.OPEN),
                name="one_open_conflict_per_question",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type}: {self.subject}"
