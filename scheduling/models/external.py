"""When people are busy in calendars outside of the hub: the time, and nothing else of it."""

from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q

from scheduling.models.staff import Staff


class ExternalCalendar(models.Model):
    """A calendar outside in which ``staff`` may be busy; ``source`` names it, opaquely.

    What stands there is known as of ``read_at``, and up to ``known_until``: a rule without end
    is followed so far. Both are empty until it was read to its end once.
    """

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(
        Staff, models.CASCADE, related_name="external_calendars", db_index=False
    )
    source = models.CharField(max_length=64)
    read_at = models.DateTimeField(null=True, blank=True)
    known_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "source"], name="one_external_calendar_per_person_and_source"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["source"], name="external_calendar_by_source")]

    def __str__(self) -> str:
        return f"{self.staff_id} in {self.source}"


class ExternalBusy(models.Model):
    """A stretch in which somebody is busy outside; no occupancy, and nobody is kept from it.

    ``item`` is a digest of the id of the entry. ``seen_in`` is the full reading that listed it.
    """

    id = models.BigAutoField(primary_key=True)
    calendar = models.ForeignKey(
        ExternalCalendar, models.CASCADE, related_name="busy", db_index=False
    )
    item = models.CharField(max_length=64)
    span = DateTimeRangeField()
    seen_in = models.UUIDField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(span__isempty=False), name="external_busy_takes_some_time"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["calendar", "item"], name="external_busy_by_item"),
            GistIndex(fields=["calendar", "span"], name="external_busy_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.span}"
