"""The occupancy rows, the only authority on who and what is free."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Deferrable, Q

from scheduling.models.appointments import Appointment


class Occupancy(models.Model):
    """One unit of a person, room or device, taken for a stretch of time.

    The exclusion constraint makes a collision impossible for every door into the hub. It is
    deferrable so that two appointments can be swapped in one transaction.
    """

    id = models.BigAutoField(primary_key=True)
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, related_name="occupancies", db_index=False
    )
    subject = models.CharField(max_length=48)
    unit = models.PositiveSmallIntegerField(default=1)
    block = DateTimeRangeField()
    active = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            ExclusionConstraint(
                name="occupancy_never_overlaps",
                expressions=[
                    ("subject", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("block", RangeOperators.OVERLAPS),
                ],
                condition=Q(active=True),
                deferrable=Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(
                fields=["appointment", "subject"], name="one_occupancy_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(block__isempty=False), name="occupancy_takes_some_time"
            ),
        ]
        indexes: ClassVar = [GistIndex(fields=["block"], name="occupancy_by_time")]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}"
