"""A recurring visit: the rule, and what it books. Its appointments are ordinary ones."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from timezone_field import TimeZoneField

from customers.models import Customer
from hub import history
from hub.access import Access, Capability
from hub.identifiers import uuid7
from scheduling.models.catalog import Service
from scheduling.models.places import Location
from scheduling.models.staff import Staff
from scheduling.recurrence import LONGEST_INTERVAL, MOST_VISITS, Monthly, Rule, Unit, wall_instant


class SeriesStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, access: Access) -> Self:
        """Those whose appointments a principal may see."""
        if access.can(Capability.VIEW_CALENDAR):
            shown = self
        elif access.can(Capability.VIEW_OWN_CALENDAR):
            shown = self.filter(staff__user=access.user_id)
        else:
            return self.none()
        return shown if access.locations is None else shown.filter(location__in=access.locations)


class Series(models.Model):
    """Visits that come again, at one time of day on the wall clock of the location.

    The dates of its rule from ``begins_on`` to ``ends_on`` are its visits; those up to
    ``booked_until`` are decided: each is an appointment, or stands in ``left_out`` with the
    reason, ``{"2026-12-24": "Closed: Christmas"}``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="series")
    service = models.ForeignKey(Service, models.PROTECT, related_name="series")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="series")
    location = models.ForeignKey(Location, models.PROTECT, related_name="series")
    status = models.CharField(max_length=8, choices=SeriesStatus, default=SeriesStatus.ACTIVE)

    unit = models.CharField(max_length=8, choices=[(unit, unit.title()) for unit in Unit])
    interval = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_INTERVAL)]
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    monthly = models.CharField(
        max_length=20,
        choices=[(way, way.replace("_", " ")) for way in Monthly],
        default=Monthly.SAME_DAY,
    )
    count = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_VISITS)]
    )
    until = models.DateField(null=True, blank=True)
    first_date = models.DateField(help_text="Where the rule begins to count")

    begins_on = models.DateField(help_text="The first date of the rule that is of this series")
    ends_on = models.DateField(null=True, blank=True, help_text="The last one, when cut short")
    start_time = models.TimeField(help_text="On the wall clock of the location")
    time_zone = TimeZoneField()
    booked_until = models.DateField(help_text="Dates up to this one are booked or left out")
    left_out = models.JSONField(default=dict, blank=True)
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="continued_by"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()
    objects = SeriesQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name_plural = "series"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on") - timedelta(days=1)),
                name="series_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(count=None) | Q(until=None), name="series_has_one_end"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "booked_until"], name="series_to_extend"),
            models.Index(fields=["created_at", "id"], name="series_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.rule.in_words}"

    def get_absolute_url(self) -> str:
        return f"/series/{self.pk}/"

    @property
    def code(self) -> str:
        return f"S-{self.number:04d}"

    @property
    def rule(self) -> Rule:
        return Rule(
            unit=Unit(self.unit),
            interval=self.interval,
            weekdays=tuple(self.weekdays),
            monthly=Monthly(self.monthly),
            first_date=self.first_date,
            count=self.count,
            until=self.until,
        )

    @property
    def left_out_in_order(self) -> list[dict[str, date | str]]:
        """The dates without a visit, each with its reason."""
        return [
            {"date": date.fromisoformat(text), "reason": why}
            for text, why in sorted(self.left_out.items())
        ]

    def dates(self, *, last: date) -> Iterator[date]:
        """Yield the local dates of its visits up to ``last``."""
        last = min(last, self.ends_on or last)
        return (day for day in self.rule.dates(last=last) if day >= self.begins_on)

    def start_on(self, day: date) -> datetime:
        """Return the instant at which the visit of ``day`` begins by the rule."""
        return wall_instant(day, self.start_time, self.time_zone)
