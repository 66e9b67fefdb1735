"""Check or import a file chunk by chunk; a crash loses no more than the chunks it happened in.

A chunk is one transaction: its customers, what became of its rows, and how far the import is.
Before it commits, it locks the import and looks whether that stands where the chunk begins; if
not, all of it is taken back. So no row is imported twice, and none is left out.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction

from customers.identity import find_or_create_all
from customers.importing.chunks import (
    WORKERS_PER_IMPORT,
    Chunks,
    OutOfOrder,
    ReservedChunk,
    reserve_first,
)
from customers.importing.foreseeing import Plan, would_create
from customers.importing.mapping import Reader
from customers.importing.outcomes import NotedRow, StatedRow, counted
from customers.importing.reading import table_of
from customers.importing.states import MOVING, TRANSITIONS
from customers.importing.tables import Row
from customers.models import CustomerImport, ImportRow, ImportState
from customers.pending import COMPARE_IMPORTED_TASK
from hub import documents, history, outbox
from hub.actors import Actor
from hub.copying import copy_rows
from hub.lifecycle import require_transition

log = structlog.get_logger(__name__)
MOVE_TASK = "customers.move_import"
SILENT_FOR = timedelta(seconds=60)
_ENDS_AS = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
}


class Mover:
    """One worker at one import; ``step`` does the next chunk that no other worker has."""

    def __init__(self, found: CustomerImport, rows: Iterator[Row], reader: Reader, plan: Plan):
        self._id = found.pk
        self._chunks, self._reader, self._plan = Chunks(found.pk, rows), reader, plan
        self.is_check = found.state == ImportState.CHECKING
        self._version, self._position = found.version, found.position
        self._by = actor_of(found)
        self._earlier = list(_earlier(found))

    def recall(self, position: int) -> None:
        """Remember what a check that was interrupted at ``position`` would have made."""
        for rows in self._chunks.before(position):
            noted = ImportRow.objects.filter(
                of=self._id, number__gte=rows[0].number, number__lte=rows[-1].number
            )
            new = would_create(noted)
            self._plan.remember(self._stated([row for row in rows if row.number in new]))

    def step(self, *, at: datetime) -> bool:
        """Do the next chunk that is free; return whether to call again.

        A chunk that is out of order is taken back, and tried again by the next call; so is one
        that failed while the previous chunk was under way: alone it would have come later.

        :raises DomainError: the file cannot be read on, or its owner lost the right to import.
        :raises OperationalError: somebody held a lock for too long.
        """
        chunk = None
        try:
            with transaction.atomic():
                chunk = self._reserve()
                return self._do(chunk, at=at) if chunk else False
        except OutOfOrder:
            return True
        except Exception as error:
            if chunk is None or chunk.is_first:
                raise
            log.info("chunk_taken_back", import_id=str(self._id), error=type(error).__name__)
        with transaction.atomic():
            chunk.wait_for_end_of_previous()
        return True

    def _reserve(self) -> ReservedChunk | None:
        position = self._read_position()
        # A check compares each row with all before it, which one worker alone remembers.
        if position is None or (self.is_check and position != self._position):
            return None
        chunks = self._chunks.after(position)
        chunk = reserve_first(chunks[:1] if self.is_check else chunks)
        if chunk and self._read_position() != position:
            raise OutOfOrder
        return chunk

    def _do(self, chunk: ReservedChunk, *, at: datetime) -> bool:
        noted = self._treated(chunk, at=at) if chunk.rows else []
        chunk.wait_for_end_of_previous()
        found = self._lock_import_at(chunk.after)
        if not chunk.rows:
            _end(found, at=at, by=self._by)
            return False
        _commit_without_waiting()
        copy_rows(ImportRow, NotedRow._fields, noted, alike={"of_id": self._id})
        self._position = chunk.rows[-1].number
        CustomerImport.objects.filter(pk=found.pk).update(
            position=self._position,
            total=max(found.total, self._position),
            counts=counted(found.counts, noted),
            moved_at=at,
        )
        return True

    def _read_position(self) -> int | None:
        """Return the last row that is done; ``None`` when the import is over or began anew."""
        found = CustomerImport.objects.filter(pk=self._id, version=self._version)
        return found.values_list("position", flat=True).first()

    def _lock_import_at(self, position: int) -> CustomerImport:
        """:raises OutOfOrder: it stands elsewhere, or is over."""
        found = CustomerImport.objects.select_for_update().get(pk=self._id)
        if (found.version, found.position) != (self._version, position):
            raise OutOfOrder
        return found

    def _stated(self, rows: Sequence[Row]) -> list[StatedRow]:
        return [StatedRow(row, self._reader) for row in rows]

    def _treated(self, chunk: ReservedChunk, *, at: datetime) -> list[NotedRow]:
        stated = self._stated(chunk.rows)
        noted = {row.number: row.rejected() for row in stated if row.traits is None}
        known = self._seen_before([row.number for row in stated])
        for row in stated:
            if row.number in known and row.traits:
                noted[row.number] = row.seen_before(known[row.number])
        left = [row for row in stated if row.number not in noted]
        treated = self._plan.foresee(left) if self.is_check else self._write(left, chunk, at=at)
        noted |= {row.number: row for row in treated}
        return [noted[row.number] for row in stated]

    def _write(
        self, rows: Sequence[StatedRow], chunk: ReservedChunk, *, at: datetime
    ) -> list[NotedRow]:
        people = [row.traits for row in rows if row.traits]
        if all(traits.points for traits in people):
            chunk.wait_for_locks_of_previous()
        else:  # a row without contacts is compared by name with all who are there
            chunk.wait_for_end_of_previous()
        found = find_or_create_all(people, at=at, by=self._by, when_locked=chunk.announce_locks)
        return [row.ended_at(one) for row, one in zip(rows, found, strict=True)]

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
        mover = Mover(found, rows, reader, plan)
        if mover.is_check:
            mover.recall(found.position)
        yield mover


def call_workers(found: CustomerImport) -> None:
    """Ring for as many workers as can be at one import, after the commit."""
    count = WORKERS_PER_IMPORT if found.state == ImportState.RUNNING else 1
    for number in range(count):  # alike bells of one transaction would ring once
        outbox.ring_after_commit(MOVE_TASK, import_id=str(found.pk), worker=str(number))


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


def standing_still(*, at: datetime) -> list[CustomerImport]:
    """Return the imports under way whose workers have not been heard of for a minute."""
    silent = CustomerImport.objects.filter(state__in=MOVING, moved_at__lt=at - SILENT_FOR)
    return list(silent.order_by("moved_at", "pk"))


def is_moving_any(*, at: datetime) -> bool:
    """Say whether a file is checked or imported at ``at``; one that stands still is not."""
    moving = CustomerImport.objects.filter(state__in=MOVING)
    return moving.filter(moved_at__gte=at - SILENT_FOR).exists()


def actor_of(found: CustomerImport) -> Actor:
    return Actor.importing(found.owner_id, str(found.owner), import_id=found.pk)


def _commit_without_waiting() -> None:
    """Let the disk follow: a power cut takes back whole chunks, which whoever resumes does again.

    Nothing outside knows of them before they are on the disk: whatever sends them out commits
    after them, and waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def _end(found: CustomerImport, *, at: datetime, by: Actor) -> None:
    target = _ENDS_AS[ImportState(found.state)]
    require_transition(TRANSITIONS, current=ImportState(found.state), target=target)
    if target == ImportState.DONE:
        outbox.ring_after_commit(COMPARE_IMPORTED_TASK)
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
