"""Merges, and the ledger of what each of them moved."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models.people import Customer
from hub import history
from hub.identifiers import uuid7


class Merge(models.Model):
    """Two records of one person made one; ``undone_at`` is set when a person took it back.

    ``chosen`` names the details that the survivor took over. ``before`` holds what undoing
    needs: the details of both (``survivor``, ``absorbed``), what was ``written`` to the survivor,
    and the flags of each of the ``points``. It is empty once they were erased.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    survivor = models.ForeignKey(Customer, models.PROTECT, related_name="merges", db_index=False)
    absorbed = models.ForeignKey(Customer, models.PROTECT, related_name="merges_into")
    before = models.JSONField(default=dict)
    chosen = models.JSONField(default=list)
    reason = models.CharField(max_length=300, blank=True)
    merged_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = history.tracked()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at=None), name="merged_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="merge_is_of_two"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["survivor", "-merged_at"], name="merge_by_survivor")
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.survivor_id}"

    @property
    def written(self) -> dict[str, list[str | None]]:
        """What the merge changed of the survivor, as ``{field: [before, after]}``."""
        return dict(self.before["written"])


class MovedRow(models.Model):
    """One row that a merge moved from the absorbed to the surviving customer. Only added to.

    ``kind`` is what the app that owns the row registered (``customers.references``).
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, models.PROTECT, related_name="moved_rows", db_index=False)
    kind = models.CharField(max_length=32)
    row_id = models.UUIDField()

    class Meta:
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merge", "kind", "row_id"], name="row_moved_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
