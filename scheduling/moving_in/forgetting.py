"""Delete files of appointments once they are old, or once somebody named in them was erased.

What stays is the hash of the file, what became of each row, and which appointment of the older
system became which of ours: enough to change nothing when the same file comes again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from customers.erasure import Kept
from customers.importing.forgetting import FILES
from customers.importing.states import MOVING, TRANSITIONS
from customers.models import Customer, ImportState
from hub import documents, history, locks, outbox
from hub.actors import Actor
from scheduling.models import MovedIn, MovingIn, MovingInRow

FORGET_TASK = "scheduling.forget_moving_in"
GONE = "Its file was deleted before it was imported. Upload it again."

__all__ = ["FILES", "FORGET_TASK", "erase", "forget_due", "kept", "obstacle"]


def obstacle(customer_ids: Iterable[UUID], *, at: datetime) -> str:  # noqa: ARG001
    return ""


def kept(customer_ids: Iterable[UUID], *, at: datetime) -> list[Kept]:  # noqa: ARG001
    return []


def erase(customer_ids: Iterable[UUID], *, by: Actor) -> None:  # noqa: ARG001
    """Clear the rows about people, and have the files deleted that they stand in."""
    ids = list(customer_ids)
    moved = MovedIn.objects.filter(Q(appointment__customer__in=ids) | Q(series__customer__in=ids))
    rows = MovingInRow.objects.filter(
        Q(customer__in=ids) | Q(appointment__customer__in=ids) | Q(series__customer__in=ids)
    )
    of = set(rows.values_list("of", flat=True)) | set(moved.values_list("of", flat=True))
    files = MovingIn.objects.filter(pk__in=of).exclude(file=None).values("file")
    MovingIn.objects.filter(file__in=files).update(file_due_at=Now())
    rows.update(shown="", reasons=[])
    for customer in Customer.objects.filter(pk__in=ids):  # whom a question was about
        asked = MovingInRow.objects.filter(reasons__icontains=f"{customer.code}?")
        asked.update(reasons=[])
    outbox.ring_after_commit(FORGET_TASK)


def forget_due(*, at: datetime, by: Actor) -> int:
    """Delete every file that is due, each in a transaction of its own; return how many."""
    due = sorted(set(_due(at=at).values_list("sha256", flat=True)))
    return sum(_forget(sha256, at=at, by=by) for sha256 in due)


@transaction.atomic
def _forget(sha256: str, *, at: datetime, by: Actor) -> bool:
    locks.exclusively([FILES])
    if not _due(at=at).filter(sha256=sha256).exists():
        return False
    stored = MovingIn.objects.select_for_update(of=("self",)).filter(file=sha256)
    for found in stored.order_by("pk"):
        _note_deleted(found, by=by)
    if not documents.is_named(sha256, but=MovingIn):
        documents.forget(sha256)
    return True


def _due(*, at: datetime) -> QuerySet[MovingIn]:
    """The imports of files that nobody works on, and that are old or hold somebody erased."""
    stored = MovingIn.objects.exclude(file=None)
    young = at - timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
    working = stored.filter(state__in=MOVING).values("file")
    named = stored.exclude(file_due_at=None).values("file")
    recent = stored.filter(moved_at__gt=young).values("file")
    due = Q(file__in=named) | ~Q(file__in=recent)
    return stored.filter(due).exclude(file__in=working)


def _note_deleted(found: MovingIn, *, by: Actor) -> None:
    fields = ["file"]
    found.file = None
    if ImportState.CANCELED in TRANSITIONS[ImportState(found.state)]:
        found.rows.all().delete()
        found.state, found.problem = ImportState.CANCELED, GONE
        fields += ["state", "problem"]
    found.rows.update(shown="", reasons=[])
    history.save(found, fields=fields, by=by)
