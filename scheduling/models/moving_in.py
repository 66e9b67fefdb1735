"""Files of appointments from an older system: how far each is, and what became of its rows."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Customer, ImportState
from hub import history
from hub.identifiers import uuid7
from hub.models import StoredFile
from scheduling.models.appointments import Appointment
from scheduling.models.series import Series


class FileKind(models.TextChoices):
    TABLE = "table", "Table"
    CALENDAR = "calendar", "Calendar"


class TakingBack(models.TextChoices):
    RUNNING = "running", "Being taken back"
    DONE = "done", "Taken back"


class MovingIn(models.Model):
    """One file. ``position`` is the last row that is done, in checking as in running.

    ``system`` names where the file comes from: ids in it are that system's. ``mapping`` is
    ``{column heading: field}``; ``names`` is ``{kind: {folded name: our id or ""}}``, where the
    name "" stands for all that are not chosen; ``counts`` is ``{outcome: rows}``. ``file`` goes
    after some days, its hash stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=FileKind)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    system = models.CharField(max_length=64, blank=True)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    names = models.JSONField(default=dict)
    with_reminders = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    problem = models.CharField(max_length=300, blank=True)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    moved_at = models.DateTimeField(default=timezone.now)
    file_due_at = models.DateTimeField(null=True, help_text="Somebody in it was erased.")
    taking_back = models.CharField(max_length=8, choices=TakingBack, blank=True)
    taken_back_until = models.BigIntegerField(default=0, help_text="The last id looked at.")
    version = models.PositiveIntegerField(default=1)

    history = history.tracked(
        excluded_fields=[
            *("position", "counts", "moved_at", "file_due_at", "names", "taken_back_until")
        ]
    )

    class Meta:
        default_permissions = ()
        verbose_name = "file of appointments"
        verbose_name_plural = "files of appointments"
        permissions: ClassVar = [
            ("import_appointment", "Move appointments in from a file"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(position__lte=F("total")), name="moving_in_within_its_file"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-created_at"], name="moving_in_by_age"),
            models.Index(
                fields=["moved_at"],
                name="moving_in_under_way",
                condition=Q(state__in=["checking", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class MovingOutcome(models.TextChoices):
    BOOKED = "booked", "Booked"
    NOTED = "noted", "Noted as past"
    REVIEW = "review", "With a question"
    KNOWN = "known", "Already here"
    CONFLICT = "conflict", "Conflict"
    REJECTED = "rejected", "Rejected"
    TAKEN_BACK = "taken_back", "Taken back"


class MovingInRow(models.Model):
    """What became of one row or event, or would; ``reasons`` are sentences for people."""

    id = models.BigAutoField(primary_key=True)
    of = models.ForeignKey(MovingIn, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="Of a table as a spreadsheet counts.")
    outcome = models.CharField(max_length=12, choices=MovingOutcome)
    reasons = models.JSONField(default=list)
    shown = models.CharField(max_length=200, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, related_name="+")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, related_name="+")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, related_name="+")

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "number"], name="moving_in_row_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["of", "outcome", "number"], name="moving_in_row_by_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


class MovedIn(models.Model):
    """Which appointment or series of ours one of the older system became.

    ``old_id`` is its id or UID there, or a hash of what the row says where it has none;
    ``occurrence`` the original start of one visit of a series, "" otherwise. ``version`` is the
    one it had when it was written: with a later one it was touched by somebody.
    """

    id = models.BigAutoField(primary_key=True)
    system = models.CharField(max_length=64)
    old_id = models.CharField(max_length=255)
    occurrence = models.CharField(max_length=40, blank=True)
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, related_name="moved_in"
    )
    series = models.OneToOneField(Series, models.PROTECT, null=True, related_name="moved_in")
    of = models.ForeignKey(MovingIn, models.PROTECT, related_name="moved")
    number = models.PositiveIntegerField(help_text="Of its row.")
    version = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["system", "old_id", "occurrence"], name="moved_in_once"
            ),
            models.CheckConstraint(
                condition=Q(appointment=None, series__isnull=False)
                | Q(appointment__isnull=False, series=None),
                name="moved_in_as_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.old_id}"


class MovingInChoice(models.Model):
    """What was chosen last for a heading or a name in a file, remembered for the next one."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    text = models.CharField(max_length=120, help_text="Folded.")
    choice = models.CharField(max_length=40, blank=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "text"], name="moving_in_choice_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text}: {self.choice}"
