"""How an appointment came in by the public booking page: once, and from which contact."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from hub.identifiers import uuid7
from scheduling.models.appointments import Appointment


class OnlineBooking(models.Model):
    """``key`` was in the form: sent twice it books once.

    ``contacts`` are keyed hashes of the e-mail address and number that were typed, to count what
    one contact has booked; an erasure empties them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="online_booking")
    contacts = ArrayField(models.CharField(max_length=64), default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [GinIndex(fields=["contacts"], name="online_booking_by_contact")]

    def __str__(self) -> str:
        return f"online booking {self.pk}"
