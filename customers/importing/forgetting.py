"""Delete uploaded files once they are old, or as soon as somebody named in them was erased.

With a file go the words of its rows. What stays is the hash of the file, what became of each
row and of which customer: enough to change nothing when the same file comes again.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from customers.importing.states import MOVING, TRANSITIONS
from customers.models import CustomerImport, ImportRow, ImportState, Outcome
from hub import documents, history, locks, outbox
from hub.actors import Actor

FORGET_TASK = "customers.forget_import_files"
# Held together by uploads, alone by a deletion: no upload finds bytes that are about to go.
FILES = "files of imports"
GONE = "Its file was deleted before it was imported. Upload it again."


def forget_person(customer_id: UUID, code: str, *, at: datetime) -> None:
    """Clear the rows about a customer, and have the files deleted after the commit."""
    rows = ImportRow.objects.filter(customer=customer_id)
    files = CustomerImport.objects.filter(pk__in=rows.values("of"), file_deleted_at=None)
    alike = CustomerImport.objects.filter(file__in=files.values("file"), file_deleted_at=None)
    alike.update(file_due_at=at)
    rows.update(shown="", reasons=[])
    asked = ImportRow.objects.filter(outcome=Outcome.REVIEW, reasons__icontains=code)
    asked.update(reasons=[])
    outbox.ring_after_commit(FORGET_TASK)


def due_files(*, at: datetime) -> list[str]:
    """Return the hashes of the files that are to be deleted, in their order."""
    return sorted(_due(at=at).values_list("file_id", flat=True).distinct())


@transaction.atomic
def forget_file(sha256: str, *, at: datetime, by: Actor) -> list[CustomerImport]:
    """Delete a file that is due, and return its imports; those not started are canceled.

    None are returned when somebody uploaded it again, or began to read it, meanwhile. The bytes
    go last: after a crash the file is due again.
    """
    locks.exclusively([FILES])
    kept = CustomerImport.objects.select_for_update().filter(file=sha256, file_deleted_at=None)
    found = list(kept.order_by("pk"))
    if not _due(at=at).filter(file=sha256).exists():
        return []
    ImportRow.objects.filter(of__in=found).exclude(shown="", reasons=[]).update(
        shown="", reasons=[]
    )
    for one in found:
        _note_deleted(one, at=at, by=by)
    if not documents.is_named(sha256, but=CustomerImport):
        documents.forget(sha256)
    return found


def forget_due(*, at: datetime, by: Actor) -> int:
    """Delete every file that is due, each in a transaction of its own; return how many."""
    return sum(bool(forget_file(sha256, at=at, by=by)) for sha256 in due_files(at=at))


def _due(*, at: datetime) -> QuerySet[CustomerImport]:
    """The imports of files that nobody works on, and that are old or hold somebody erased."""
    stored = CustomerImport.objects.filter(file_deleted_at=None)
    young = at - timedelta(days=settings.IMPORT_FILES_KEPT_DAYS)
    working = stored.filter(state__in=MOVING).values("file")
    named = stored.exclude(file_due_at=None).values("file")
    recent = stored.filter(moved_at__gt=young).values("file")
    due = Q(file__in=named) | ~Q(file__in=recent)
    return stored.filter(due).exclude(file__in=working)


def _note_deleted(found: CustomerImport, *, at: datetime, by: Actor) -> None:
    fields = ["file_deleted_at"]
    found.file_deleted_at = at
    if ImportState.CANCELED in TRANSITIONS[ImportState(found.state)]:
        found.rows.all().delete()
        found.state, found.problem = ImportState.CANCELED, GONE
        fields += ["state", "problem"]
    history.save(found, fields=fields, by=by)
