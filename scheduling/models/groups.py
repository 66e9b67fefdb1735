"""A class: one time of one service for several customers, each with a seat of their own."""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from timezone_field import TimeZoneField

from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from scheduling.models.catalog import MOST_SEATS, Service
from scheduling.models.places import Location, Resource
from scheduling.models.staff import Staff


class GroupStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    CANCELED = "canceled", "Canceled"


class GroupSessionQuerySet(models.QuerySet["GroupSession"]):
    def visible_to(self, access: Access) -> Self:
        """Classes that a principal may open, within its locations."""
        if access.can(Capability.VIEW_CALENDAR):
            shown = self
        elif access.can(Capability.VIEW_OWN_CALENDAR):
            own = Staff.objects.filter(user=access.user_id).annotate(
                subject_name=Concat(Value("staff:"), Cast("pk", models.CharField()))
            )
            taking = self.model.objects.filter(occupancies__subject__in=own.values("subject_name"))
            shown = self.filter(pk__in=taking.values("pk"))
        else:
            return self.none()
        return shown if access.locations is None else shown.filter(location__in=access.locations)

    def planned(self) -> Self:
        return self.filter(status=GroupStatus.PLANNED)


class GroupSession(models.Model):
    """A class takes the time of who leads it, and of rooms; its seats are taken by appointments.

    To these it is what a person is to others: a ``subject`` with a ``capacity``, so that the one
    exclusion constraint gives no seat twice. What it takes stands in its occupancies.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, models.PROTECT, related_name="sessions")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="sessions", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="sessions", db_index=False)
    status = models.CharField(max_length=8, choices=GroupStatus, default=GroupStatus.PLANNED)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    time_zone = TimeZoneField()
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    seats = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)]
    )
    cancel_reason = models.CharField(max_length=200, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")), name="session_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(seats__range=(1, MOST_SEATS)), name="session_seats_sensible"
            ),
            models.UniqueConstraint(
                fields=["service", "staff", "start_at"],
                name="one_class_at_a_time_of_a_person",
                condition=Q(status=GroupStatus.PLANNED),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["location", "start_at"], name="session_by_day"),
            models.Index(fields=["staff", "start_at"], name="session_by_staff"),
            models.Index(fields=["created_at", "id"], name="session_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.service} with {self.staff}"

    def get_absolute_url(self) -> str:
        return f"/classes/{self.pk}/"

    @property
    def subject(self) -> str:
        """What the occupancies of its seats say."""
        return f"session:{self.pk}"

    @property
    def capacity(self) -> int:
        return self.seats

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def service_name(self) -> str:
        return self.service.name

    @property
    def block(self) -> tuple[datetime, datetime]:
        """The half-open stretch it takes up, buffers included."""
        return (
            self.start_at - timedelta(minutes=self.buffer_before_minutes),
            self.end_at + timedelta(minutes=self.buffer_after_minutes),
        )

    @property
    def beside(self) -> list[Staff]:
        """Who takes part beside the lead, by name."""
        found = Staff.objects.filter(pk__in=self._taken("staff")).exclude(pk=self.staff_id)
        return list(found.order_by("name", "pk"))

    @property
    def resources(self) -> list[Resource]:
        """All rooms and devices it takes, by name."""
        return list(Resource.objects.filter(pk__in=self._taken("resource")).order_by("name", "pk"))

    def _taken(self, kind: str) -> list[UUID]:
        names = self.occupancies.values_list("subject", flat=True)
        pairs = (name.partition(":") for name in names)
        return [UUID(pk) for of, _, pk in pairs if of == kind]
