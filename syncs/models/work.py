"""What must be made true for one connection and object, and every visible try at it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from syncs.models.connections import Connection
from syncs.states import JobState, Outcome


class Job(models.Model):
    """A level, not an event: a change raises ``wanted_seq``, a worker raises ``done_seq``.

    All times are the database's clock. Only the holder of ``lease_token`` can finish.
    """

    id = models.BigAutoField(primary_key=True)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="jobs", db_index=False)
    key = models.CharField(max_length=120)
    priority = models.SmallIntegerField(default=5)
    wanted_seq = models.BigIntegerField(default=0)
    claimed_seq = models.BigIntegerField(default=0)
    done_seq = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.READY)
    available_at = models.DateTimeField(db_default=Now())
    first_wanted_at = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    lost_leases = models.PositiveSmallIntegerField(default=0)
    last_code = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001
    last_message = models.CharField(max_length=400, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["connection", "key"], name="one_job_per_key"),
            models.CheckConstraint(
                condition=Q(done_seq__lte=models.F("wanted_seq")), name="job_not_ahead_of_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[JobState.PARKED, JobState.DEAD])
                | Q(last_code__isnull=False),
                name="stopped_job_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "available_at"],
                name="job_ready",
                condition=Q(state=JobState.READY),
            ),
            models.Index(
                fields=["lease_until"], name="job_leased", condition=Q(state=JobState.LEASED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"


class Attempt(models.Model):
    """One try. Unfinished and ``op='create'`` means: outcome unknown, look before acting."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, models.CASCADE, related_name="tries", db_index=False)
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="attempts", db_index=False
    )
    key = models.CharField(max_length=120)
    op = models.CharField(max_length=16)
    idem_key = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=400, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    waited_ms = models.PositiveIntegerField(null=True, blank=True)
    calls = models.PositiveSmallIntegerField(default=0)
    fields = models.JSONField(default=list)

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["connection", "-started_at"], name="attempt_by_connection"),
            models.Index(fields=["job", "-started_at"], name="attempt_by_job"),
            models.Index(
                fields=["connection", "key"],
                name="attempt_unfinished",
                condition=Q(finished_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.outcome or 'running'}"
