"""A message that is due to somebody, and why it was sent or not."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hub.identifiers import uuid7


class NotificationStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    NOT_SENT = "not_sent", "Not sent"
    UNKNOWN = "unknown", "Unknown"


class Notification(models.Model):
    """One message to one recipient about one version of one record: it can exist only once.

    ``recipient_id`` is a hub id; the address is looked up when it is sent, never copied here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    object_version = models.PositiveIntegerField()
    recipient_id = models.UUIDField()
    channel = models.CharField(max_length=8, default="email")
    due_at = models.DateTimeField()
    status = models.CharField(
        max_length=10, choices=NotificationStatus, default=NotificationStatus.PLANNED
    )
    reason = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    planned_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "object_version", "recipient_id", "channel"],
                name="one_message_per_version_and_recipient",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="notification_due", condition=Q(status="planned")
            ),
            models.Index(fields=["object_id"], name="notification_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"
