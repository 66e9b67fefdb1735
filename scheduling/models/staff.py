"""Who does the work, what they can do, and when they are there."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from hub import history
from hub.identifiers import uuid7
from scheduling.models.catalog import Service
from scheduling.models.places import Location


class Staff(models.Model):
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


class WorkingHours(models.Model):
    """One stretch of work on a weekday, local time of the location; gaps between are breaks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday")
    starts_at = models.TimeField()
    ends_at = models.TimeField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="working_hours_end_after_start"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="working_hours_weekday"),
            ExclusionConstraint(
                name="working_hours_do_not_overlap",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (
                        Func(
                            Func(F("starts_at"), function="hub_minutes"),
                            Func(F("ends_at"), function="hub_minutes"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.weekday} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"
