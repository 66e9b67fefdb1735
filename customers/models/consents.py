"""Consent to be written to: an answer per channel, with its date and source."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.people import Customer
from hub import history
from hub.identifiers import uuid7


class Channel(models.TextChoices):
    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"
    PHONE = "phone", "Phone call"
    POST = "post", "Letter"


class Consent(models.Model):
    """One answer; the latest of a channel holds. Answers are added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel)
    granted = models.BooleanField()
    given_at = models.DateTimeField(default=timezone.now)
    source = models.CharField(max_length=120, help_text="Where the person said so.")

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(source=""), name="consent_has_a_source")
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "channel", "-given_at"], name="consent_latest")
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {'yes' if self.granted else 'no'}"
