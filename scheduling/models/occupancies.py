"""The occupancy rows, the only authority on who and what is free."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Deferrable, Q

from scheduling.models.appointments import Appointment
from scheduling.models.groups import GroupSession
from scheduling.models.holds import Hold

Owner = Appointment | Hold | GroupSession
OWNERS = {Appointment: "appointment", Hold: "hold", GroupSession: "session"}


class Occupancy(models.Model):
    """One unit of a person, room or device, taken for a stretch of time.

    The exclusion constraint makes a collision impossible for every door into the hub. It is
    deferrable so that two appointments can be swapped in one transaction.
    """

    id = models.BigAutoField(primary_key=True)
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, related_name="occupancies", db_index=False
    )
    hold = models.ForeignKey(
        Hold, models.CASCADE, null=True, related_name="occupancies", db_index=False
    )
    session = models.ForeignKey(
        GroupSession, models.CASCADE, null=True, related_name="occupancies", db_index=False
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
            models.UniqueConstraint(
                fields=["hold", "subject"],
                name="one_occupancy_per_subject_of_hold",
                condition=Q(hold__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["session", "subject"],
                name="one_occupancy_per_subject_of_session",
                condition=Q(session__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False, hold=None, session=None)
                | Q(appointment=None, hold__isnull=False, session=None)
                | Q(appointment=None, hold=None, session__isnull=False),
                name="occupancy_is_of_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(block__isempty=False), name="occupancy_takes_some_time"
            ),
        ]
        indexes: ClassVar = [GistIndex(fields=["block"], name="occupancy_by_time")]

    def __str__(self) -> str:
        return f"{self.subject} {self.block}"

    @classmethod
    def of(cls, owner: Owner, subject: str, unit: int) -> Self:
        """Return a row, not saved yet, by which ``owner`` takes ``unit`` for its whole block."""
        block = DateTimeTZRange(*owner.block)
        return cls(**{OWNERS[type(owner)]: owner}, subject=subject, unit=unit, block=block)

    @property
    def owner(self) -> Owner:
        """What takes the time."""
        owner = self.appointment or self.hold or self.session
        assert owner is not None  # noqa: S101 - the database allows none without
        return owner
