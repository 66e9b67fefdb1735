"""Imports of customers from a file: what the file is, how far it is, what became of each row."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models.people import Customer
from hub import history
from hub.identifiers import uuid7
from hub.models import StoredFile


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", "Columns to be chosen"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELED = "canceled", "Canceled"


class CustomerImport(models.Model):
    """One file. ``position`` is the last row that is done, in checking as in running.

    ``mapping`` is ``{column heading: field}``; ``counts`` is ``{outcome: rows}``. ``system``
    names the tool the file comes from: an id in it is that tool's (``ExternalId``). Of a file
    that was deleted its hash is left, so that the same file is still recognized.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    system = models.CharField(max_length=64, blank=True)
    region = models.CharField(max_length=2)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    problem = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    file_due_at = models.DateTimeField(null=True, help_text="Somebody in it was erased.")
    file_deleted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked(excluded_fields=["position", "counts", "moved_at", "file_due_at"])

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(position__lte=models.F("total")), name="import_within_its_file"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at"], name="import_by_age"),
            models.Index(
                fields=["moved_at"],
                name="import_under_way",
                condition=Q(state__in=["checking", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Outcome(models.TextChoices):
    CREATED = "created", "Created"
    MATCHED = "matched", "Matched"
    REVIEW = "review", "Needs review"
    REJECTED = "rejected", "Rejected"


class ImportRow(models.Model):
    """What became of one row of a file, or would; ``reasons`` are sentences for people."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(CustomerImport, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="As a spreadsheet counts, headings included.")
    outcome = models.CharField(max_length=12, choices=Outcome)
    tier = models.CharField(max_length=16, blank=True)
    reasons = models.JSONField(default=list)
    shown = models.CharField(max_length=200, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "number"], name="import_row_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["of", "outcome", "number"], name="import_row_by_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class ColumnChoice(models.Model):
    """The field that was chosen last for a column heading, remembered for the next file."""

    heading = models.CharField(max_length=120, primary_key=True, help_text="Folded.")
    field = models.CharField(max_length=32)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.heading}: {self.field}"
