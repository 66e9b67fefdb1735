"""Rows of the kernel: outbox, stored files, API keys, answers for repeats, heartbeats, counts."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7


class Business(models.Model):
    """The one company of this installation: the name on every page, its own clock."""

    id = models.BooleanField(primary_key=True, default=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, default="US")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=True), name="one_business")]

    def __str__(self) -> str:
        return self.name


class Change(models.Model):
    """A committed fact: the outbox. Written by ``hub.outbox.record`` alone, never changed.

    ``fields`` is ``{name: [before, after]}``; contact details are named without their values.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    local_id = models.UUIDField()
    version = models.PositiveIntegerField(default=0)
    fields = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    source = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64)
    dispatched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [("view_history", "See who changed what")]
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="change_undispatched", condition=Q(dispatched_at=None)
            ),
            models.Index(fields=["local_id", "id"], name="change_by_subject"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name} {self.local_id}"


class StoredFile(models.Model):
    """A file kept once under the SHA-256 of its bytes; see ``hub.documents``."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.sha256[:12]


class ApiKey(models.Model):
    """A principal for an external tool; only the hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=8, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=64))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    history = history.tracked(excluded_fields=["secret_sha256", "last_used_at"])

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="key_expires_after_creation"
            )
        ]

    def __str__(self) -> str:
        return self.name


class StoredAnswer(models.Model):
    """The answer to a request with an Idempotency-Key, committed together with its effect."""

    id = models.BigAutoField(primary_key=True)
    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["principal", "key"], name="one_answer_per_key")
        ]
        indexes: ClassVar = [models.Index(fields=["answered_at"], name="answer_age")]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"


class Heartbeat(models.Model):
    """When a loop or schedule was last seen alive, by the database's clock."""

    name = models.CharField(max_length=64, primary_key=True)
    beat_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """What the last nightly look over all rows found wrong; ``found`` is 0 when all is well."""

    name = models.CharField(max_length=64, primary_key=True)
    looked_at = models.DateTimeField()
    found = models.PositiveIntegerField()
    # Ids to begin with, of the first ones.
    examples = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}: {self.found}"


class RequestCount(models.Model):
    """How often something was asked for in the window that ends at ``ends_at``.

    ``bucket`` is a keyed hash of who asked and for what: no address can be read from it.
    """

    bucket = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="request_count_by_end")]

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"
