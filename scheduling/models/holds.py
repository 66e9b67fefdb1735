"""A hold: time that is kept for somebody who is about to book it, and free again by itself."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from timezone_field import TimeZoneField

from hub.actors import Actor
from hub.identifiers import uuid7
from scheduling.models.catalog import Service
from scheduling.models.places import Location
from scheduling.models.staff import Staff


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self, at: datetime) -> Self:
        """Those that are not over."""
        return self.filter(expires_at__gt=at)

    def of(self, by: Actor) -> Self:
        """Those that ``by`` made: only they book what is held, or give it back."""
        return self.filter(holder=holder_of(by))


class Hold(models.Model):
    """Time of a person, and of what a service needs beside, that nobody else can book meanwhile.

    No appointment: it has no customer, no number and no price, and is told to no other tool. Its
    row goes when it is booked or given back, and some time after ``expires_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+", db_index=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+", db_index=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="+", db_index=False)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    time_zone = TimeZoneField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    holder = models.CharField(max_length=80, help_text="Kind and id of the principal that made it")
    contact = models.CharField(
        max_length=64, blank=True, help_text="A keyed hash of the visitor of the booking page"
    )
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = HoldQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")), name="hold_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="hold_is_over_after_it_began"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="hold_by_end"),
            models.Index(fields=["created_at", "id"], name="hold_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.service} with {self.staff}, held"

    @property
    def version(self) -> int:
        """Always the first: another wish is another hold."""
        return 1

    @property
    def block(self) -> tuple[datetime, datetime]:
        """The half-open stretch it takes up, buffers included."""
        return (
            self.start_at - timedelta(minutes=self.buffer_before_minutes),
            self.end_at + timedelta(minutes=self.buffer_after_minutes),
        )


def holder_of(by: Actor) -> str:
    return f"{by.kind}:{by.id}"
