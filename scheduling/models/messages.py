"""The words of a business in its messages to customers."""

from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7
from scheduling.models.catalog import Service

SUBJECT_LENGTH = 150
TEXT_LENGTH = 4000


class MessageKind(models.TextChoices):
    """What a message is about; the name of its built-in text, too."""

    BOOKED = "booked", "Confirmation"
    MOVED = "moved", "New time"
    CANCELED = "canceled", "Cancellation"
    REMINDER = "reminder", "Reminder"
    REQUESTED = "request", "Request received"
    DECLINED = "declined", "Request declined"


class Placement(models.TextChoices):
    INSTEAD = "instead", "Instead of the usual greeting and first sentence"
    BELOW = "below", "Below the usual greeting and first sentence"


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def most_fitting(self, kind: str, language: str, service_id: UUID) -> Self:
        """Those for ``kind`` and ``language``: of the service first, then of every service."""
        found = self.filter(Q(service=service_id) | Q(service=None), kind=kind, language=language)
        return found.order_by(F("service").asc(nulls_last=True))


class MessageTemplate(models.Model):
    """Subject and text of one kind of message in one language, of one service or of all.

    Both may name ``placeholders``; either may be empty, not both. Where and when is never part
    of it: that is added to every message.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=MessageKind)
    language = models.CharField(max_length=8)
    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="message_templates"
    )
    subject = models.CharField(max_length=SUBJECT_LENGTH, blank=True)
    text = models.TextField(max_length=TEXT_LENGTH, blank=True)
    placement = models.CharField(
        max_length=7, choices=Placement, default=Placement.INSTEAD, verbose_name="text"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "language", "service"],
                name="one_template_per_message",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(subject="", text=""), name="message_template_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(subject__regex=r"[\x01-\x1f\x7f]"),
                name="message_subject_is_one_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.language}"

    def get_absolute_url(self) -> str:
        return f"/settings/messages/{self.pk}/"
