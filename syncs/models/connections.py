"""An account at another tool: its settings, secrets, feeds and rules."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7
from syncs.states import ConnectionStatus, InboundDeletes


class Connection(models.Model):
    """One account; for calendars also one container to write to, owned by one staff member.

    ``config`` holds what is not secret: addresses, the container, ``staff`` ids of a calendar.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    vendor = models.CharField(max_length=20)
    label = models.CharField(max_length=80)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="connections")
    status = models.CharField(
        max_length=16, choices=ConnectionStatus, default=ConnectionStatus.ACTIVE
    )
    status_reason = models.CharField(max_length=300, blank=True)
    config = models.JSONField(default=dict)
    capabilities = models.JSONField(default=dict)
    inbound_deletes = models.CharField(
        max_length=8, choices=InboundDeletes, default=InboundDeletes.APPLY
    )
    max_concurrency = models.PositiveSmallIntegerField(default=3)
    breaker_failures = models.PositiveSmallIntegerField(default=0)
    breaker_open_until = models.DateTimeField(null=True, blank=True)
    available_at = models.DateTimeField(
        null=True, blank=True, help_text="Told to wait by the other side until then"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked(
        excluded_fields=["breaker_failures", "breaker_open_until", "available_at", "capabilities"]
    )

    class Meta:
        default_permissions = ()
        permissions: ClassVar = [
            ("view_sync", "See the state of the connections"),
            ("retry_sync", "Retry and decide on conflicts"),
            ("manage_connections", "Add and change connections"),
        ]

    def __str__(self) -> str:
        return self.label


class ConnectionSecret(models.Model):
    """Credentials, encrypted; a row of its own so that a refresh never blocks the jobs."""

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="secret"
    )
    ciphertext = models.BinaryField()
    expires_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    refresh_failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"secret of {self.connection_id}"


class Stream(models.Model):
    """One feed of the other side, read page by page; ``cursor`` is opaque."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="streams", db_index=False
    )
    name = models.CharField(max_length=40)
    cursor = models.TextField(blank=True)
    full_run = models.UUIDField(null=True, blank=True)
    poll_interval_seconds = models.PositiveIntegerField(default=30)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    polled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "name"], name="stream_once")
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.name}"


class FieldRule(models.Model):
    """Who owns an atom and which way it flows; without a row the code's default holds."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(
        Connection, models.CASCADE, null=True, blank=True, related_name="rules", db_index=False
    )
    kind = models.CharField(max_length=16)
    atom = models.CharField(max_length=32)
    owner = models.CharField(max_length=8)
    direction = models.CharField(max_length=8)
    on_conflict = models.CharField(max_length=8, default="ask")
    remote_path = models.CharField(max_length=120, blank=True)
    value_map = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection", "kind", "atom"],
                nulls_distinct=False,
                name="one_rule_per_atom",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}.{self.atom}: {self.owner}"


class InboundEvent(models.Model):
    """A doorbell that was rung from outside; what it says is always read from the API."""

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(
        Connection, models.CASCADE, null=True, blank=True, related_name="inbound_events"
    )
    vendor = models.CharField(max_length=20)
    dedupe_key = models.CharField(max_length=200)
    received_at = models.DateTimeField(db_default=Now())
    verified = models.BooleanField(default=False)
    body = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="received")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["vendor", "dedupe_key"], name="inbound_event_once")
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.dedupe_key}"
