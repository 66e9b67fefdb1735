"""Check or import a file chunk by chunk; a crash loses no more than the chunk it happened in.

A chunk is one transaction: its customers, what became of its rows, and how far the import is.
It begins with the lock of the import and a look at its position, so two workers that took up
the same import cannot both do a chunk.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction

from customers.identity import find_or_create_all
from customers.importing.foreseeing import Plan, would_create
from customers.importing.mapping import Reader
from customers.importing.outcomes import NotedRow, StatedRow, counted
from customers.importing.reading import table_of
from customers.importing.states import MOVING, TRANSITIONS
from customers.importing.tables import Row
from customers.models import CustomerImport, ImportRow, ImportState
from hub import documents, history
from hub.actors import Actor
from hub.copying import copy_rows
from hub.lifecycle import require_transition

# Each row locks up to three identifiers, of PostgreSQL's 6,400 unless it is told otherwise.
CHUNK = 1000
MOVE_TASK = "customers.move_import"
SILENT_FOR = timedelta(seconds=60)
_ENDS_AS = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
}


class Mover:
    """One worker at one import; ``step`` does the next chunk.

    ``thread`` reads the chunk after it meanwhile: it needs no database, and a step mostly waits.
    """

    def __init__(
        self,
        found: CustomerImport,
        rows: Iterator[Row],
        reader: Reader,
        plan: Plan,
        thread: ThreadPoolExecutor,
    ):
        self._id, self._state, self._position = found.pk, found.state, found.position
        self._rows, self._reader, self._plan = rows, reader, plan
        self._thread = thread
        self._next: Future[list[StatedRow]] | None = None
        self._by = actor_of(found)
        self._earlier = list(_earlier(found))

    def skip(self) -> None:
        """Pass by the rows that are done; a check recalls what they would make."""
        while self._position:
            rows = list(islice(self._rows, CHUNK))
            done = [row for row in rows if row.number <= self._position]
            if self._state == ImportState.CHECKING and done:
                noted = ImportRow.objects.filter(
                    of=self._id, number__gte=done[0].number, number__lte=done[-1].number
                )
                new = would_create(noted)
                self._plan.remember(self._stated([row for row in done if row.number in new]))
            if len(done) < CHUNK:
                self._rows = _chained(rows[len(done) :], self._rows)
                return

    def step(self, *, at: datetime) -> bool:
        """Do the next chunk; say whether there is more to do, for this worker.

        :raises DomainError: the file cannot be read on, or its owner lost the right to import.
        """
        stated = self._next.result() if self._next else self._read()
        self._next = self._thread.submit(self._read)
        with transaction.atomic():
            found = self._taken()
            if found is None:
                return False
            if not stated:
                _end(found, at=at, by=self._by)
                return False
            noted = self._treated(stated, at=at)
            names = ["of_id", *NotedRow._fields]
            copy_rows(ImportRow, names, [(found.pk, *row) for row in noted])
            position = stated[-1].number
            CustomerImport.objects.filter(pk=found.pk).update(
                position=position,
                total=max(found.total, position),
                counts=counted(found.counts, noted),
                moved_at=at,
            )
        self._position = position
        return True

    def _read(self) -> list[StatedRow]:
        return self._stated(list(islice(self._rows, CHUNK)))

    def _stated(self, rows: Sequence[Row]) -> list[StatedRow]:
        return [StatedRow(row, self._reader) for row in rows]

    def _taken(self) -> CustomerImport | None:
        """Lock the import, unless another worker has it or has moved it, or it was canceled."""
        waiting = CustomerImport.objects.select_for_update(skip_locked=True, of=("self",))
        return waiting.filter(pk=self._id, state=self._state, position=self._position).first()

    def _treated(self, stated: Sequence[StatedRow], *, at: datetime) -> list[NotedRow]:
        noted = {row.number: row.rejected() for row in stated if row.traits is None}
        known = self._seen_before([row.number for row in stated])
        for row in stated:
            if row.number in known and row.traits:
                noted[row.number] = row.seen_before(known[row.number])
        left = [row for row in stated if row.number not in noted]
        if self._state == ImportState.CHECKING:
            treated = self._plan.foresee(left)
        else:
            claims = [row.traits for row in left if row.traits]
            found = find_or_create_all(claims, at=at, by=self._by)
            treated = [row.ended_at(one) for row, one in zip(left, found, strict=True)]
        noted |= {row.number: row for row in treated}
        return [noted[row.number] for row in stated]

    def _seen_before(self, numbers: Sequence[int]) -> dict[int, UUID | None]:
        if not self._earlier or not numbers:
            return {}
        rows = ImportRow.objects.filter(of__in=self._earlier, number__in=numbers)
        rows = rows.exclude(customer=None).order_by("pk")
        return dict(rows.values_list("number", "customer_id"))


@contextmanager
def moving(import_id: UUID) -> Iterator[Mover | None]:
    """Open the file of an import where it stands; ``None`` when there is nothing to do.

    :raises DomainError: the file cannot be read.
    """
    found = CustomerImport.objects.select_related("file", "owner").filter(pk=import_id).first()
    if found is None or found.state not in MOVING:
        yield None
        return
    sha256 = found.file_id
    table = table_of(lambda: documents.opened(sha256), media_type=found.file.media_type)
    reader = Reader(
        table.headings,
        found.mapping,
        system=found.system,
        region=found.region,
        today=found.created_at.date() + timedelta(days=1),  # where it was tomorrow already
    )
    with ExitStack() as open_files:
        rows = open_files.enter_context(table.rows())
        plan = open_files.enter_context(Plan(reader))
        thread = open_files.enter_context(ThreadPoolExecutor(1, "import-reader"))
        mover = Mover(found, rows, reader, plan, thread)
        mover.skip()
        yield mover


@transaction.atomic
def fail_import(import_id: UUID, problem: str, *, at: datetime) -> CustomerImport:
    """End an import that cannot go on; what it did stays, what it only planned goes.

    :raises IllegalTransition: it is over already.
    """
    found = CustomerImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    require_transition(TRANSITIONS, current=ImportState(found.state), target=ImportState.FAILED)
    forget_plan(found)
    found.state, found.problem, found.moved_at = ImportState.FAILED, problem[:300], at
    history.save(found, fields=["state", "problem", "moved_at"], by=Actor.job("import customers"))
    return found


def forget_plan(found: CustomerImport) -> None:
    """Delete what a check foresaw; rows of a real import are kept."""
    if found.state != ImportState.RUNNING:
        found.rows.all().delete()


def standing_still(*, at: datetime) -> list[UUID]:
    """Return the imports under way whose worker has not been heard of for a minute."""
    silent = CustomerImport.objects.filter(state__in=MOVING, moved_at__lt=at - SILENT_FOR)
    return list(silent.order_by("moved_at", "pk").values_list("pk", flat=True))


def actor_of(found: CustomerImport) -> Actor:
    return Actor.importing(found.owner_id, str(found.owner), import_id=found.pk)


def _end(found: CustomerImport, *, at: datetime, by: Actor) -> None:
    target = _ENDS_AS[ImportState(found.state)]
    require_transition(TRANSITIONS, current=ImportState(found.state), target=target)
    found.state, found.moved_at, found.total = target, at, found.position
    erased = found.rows.exclude(customer=None).exclude(customer__erased_at=None)
    if target == ImportState.DONE and erased.exists():
        found.file_due_at = at  # the same file came again, with somebody erased in it
    history.save(found, fields=["state", "moved_at", "total", "file_due_at"], by=by)


def _earlier(found: CustomerImport) -> Iterator[UUID]:
    """Yield the imports of the same file, read in the same way, that wrote customers."""
    alike = CustomerImport.objects.filter(
        file=found.file,
        mapping=found.mapping,
        system=found.system,
        region=found.region,
        state__in=[
            ImportState.RUNNING,
            ImportState.DONE,
            ImportState.FAILED,
            ImportState.CANCELED,
        ],
    )
    yield from alike.exclude(pk=found.pk).order_by("pk").values_list("pk", flat=True)


def _chained(first: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest
