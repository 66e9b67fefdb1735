"""Who does the work, what they can do, and when they are there."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7
from scheduling.models.catalog import Service
from scheduling.models.hours import HoursField, Week
from scheduling.models.places import Location


class StaffQuerySet(models.QuerySet["Staff"]):
    def working_at(self, location: Location) -> Self:
        """Those who belong to ``location`` or have hours there; each once."""
        there = WorkingHours.objects.filter(location=location).values("staff")
        return self.filter(Q(location=location) | Q(pk__in=there))

    def working_in(self, locations: models.QuerySet[Location]) -> Self:
        """Those who belong to one of ``locations`` or have hours there; each once."""
        there = WorkingHours.objects.filter(location__in=locations).values("staff")
        return self.filter(Q(location__in=locations) | Q(pk__in=there))


class Staff(models.Model):
    """Somebody who can be booked; ``location`` is where they belong, hours say where they work."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="staff"
    )
    location = models.ForeignKey(Location, models.PROTECT, related_name="staff")
    services = models.ManyToManyField(Service, related_name="staff")
    hue = models.PositiveSmallIntegerField(default=1)
    capacity = models.PositiveSmallIntegerField(
        default=1, help_text="Appointments at once; more than 1 is shown in the calendar"
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = StaffQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(capacity__gte=1), name="staff_capacity_positive")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        return f"staff:{self.pk}"

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in {words[0]: 0, words[-1]: 0}).upper()


class WorkingHours(Week):
    """When somebody works at one location in an ordinary week; gaps between are breaks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="working_hours", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="working_hours")
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "location"], name="one_week_per_person_and_location"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff} at {self.location}"


class SpecialHours(models.Model):
    """The hours of one date, which replace the ordinary ones of that day at every location."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="special_hours", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="special_hours")
    work_date = models.DateField(verbose_name="day")
    hours = HoursField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "work_date"], name="one_set_of_special_hours_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.work_date} {self.hours}"


class TimeOff(models.Model):
    """A stretch of time in which somebody is away, from every location."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="time_off", db_index=False)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    reason = models.CharField(
        max_length=80, blank=True, help_text="Only those who plan the rota see it"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(end_at__gt=F("start_at")), name="time_off_ends_after_start"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["staff", "start_at"], name="time_off_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff} is away"
