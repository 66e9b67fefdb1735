"""Check or import a file row by row; a crash loses no more than the row it happened in.

What is written of a row, what became of it, and how far the file is, are one transaction. Before
it writes, the worker locks the import and looks whether that stands where it should: so no row is
moved in twice, and of two workers at one file the second one goes home.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from itertools import islice, takewhile
from uuid import UUID

from django.db import IntegrityError, transaction

from customers.importing.states import MOVING, TRANSITIONS
from customers.models import ImportState
from hub import documents, history, outbox
from hub.access import Access
from hub.actors import Actor
from hub.copying import copy_rows
from hub.errors import DomainError
from hub.lifecycle import require_transition
from scheduling import occupying
from scheduling.models import MovingIn, MovingInRow, MovingOutcome
from scheduling.moving_in import outcomes
from scheduling.moving_in.entering import enter, require_mover
from scheduling.moving_in.entering_series import enter_repeating
from scheduling.moving_in.foreseeing import Forecast
from scheduling.moving_in.knowing import here_of, known_row, why_taken
from scheduling.moving_in.naming import Meanings, Ours
from scheduling.moving_in.outcomes import NotedRow, counted
from scheduling.moving_in.reading import read_file
from scheduling.moving_in.stated import Stated
from scheduling.moving_in.understanding import NotUsable, Understanding, Visit
from scheduling.occupying import SlotTaken

MOVE_TASK = "scheduling.move_in"
SILENT_FOR = timedelta(seconds=60)
ROWS_AT_ONCE = 100
WRITTEN = frozenset({MovingOutcome.BOOKED, MovingOutcome.NOTED, MovingOutcome.REVIEW})
_ENDS_AS = {
    ImportState.CHECKING: ImportState.CHECKED,
    ImportState.RUNNING: ImportState.DONE,
}


class OutOfOrder(Exception):
    """The import does not stand where this worker left it; somebody else goes on, or nobody."""


class Mover:
    """One worker at one file; ``step`` does its next rows."""

    def __init__(
        self,
        found: MovingIn,
        rows: Iterator[Stated],
        understanding: Understanding,
        *,
        at: datetime,
    ) -> None:
        self._found, self._rows, self._understanding = found, rows, understanding
        self.is_check = found.state == ImportState.CHECKING
        self._position = found.position
        self._by = actor_of(found)
        # What is past by now is past for all rows that this worker does.
        self._at = at
        self._forecast: Forecast | None = None

    def recall(self, rows: Iterator[Stated]) -> None:
        """Remember what the rows that a check has foreseen already would take."""
        with transaction.atomic():
            held = require_mover(self._by)
        self._forecast = Forecast(
            held=held, with_reminders=self._found.with_reminders, at=self._at
        )
        done = takewhile(lambda row: row.number <= self._position, rows)
        while piece := list(islice(done, ROWS_AT_ONCE)):
            self._recall(piece)

    def step(self, *, at: datetime) -> bool:
        """Do the next rows; return whether to call again.

        :raises DomainError: the file cannot be read on, or its owner lost the right to move in.
        :raises OperationalError: somebody held a lock for too long.
        """
        rows = list(islice(self._rows, ROWS_AT_ONCE))
        try:
            if not rows:
                self._end(at=at)
                return False
            if self.is_check:
                self._check(rows, at=at)
            else:
                self._write(rows, at=at)
        except OutOfOrder:
            return False
        return True

    def _check(self, rows: Sequence[Stated], *, at: datetime) -> None:
        noted, usable = self._sorted_out(rows)
        if self._forecast:
            foreseen = self._forecast.foresee(usable)
            noted |= {row.number: row for row in foreseen}
        with transaction.atomic():
            require_mover(self._by)
            self._keep([noted[row.number] for row in rows], at=at)

    def _write(self, rows: Sequence[Stated], *, at: datetime) -> None:
        """Write each row in its own transaction: locks are held for as short as by anybody."""
        noted, usable = self._sorted_out(rows)
        visits = {stated.number: visit for stated, visit in usable}
        passed: list[NotedRow] = []
        for row in rows:
            if row.number in noted:
                passed.append(noted[row.number])
            else:
                self._enter(row, visits[row.number], passed, at=at)
                passed = []
        if passed:
            with transaction.atomic():
                self._keep(passed, at=at)

    def _enter(
        self, stated: Stated, visit: Visit, passed: list[NotedRow], *, at: datetime
    ) -> None:
        """Write one row, with what became of the rows before it that write nothing."""

        @occupying.retrying
        def written() -> list[NotedRow]:
            held = require_mover(self._by)
            found = self._locked()
            row = known_row(stated, visit, here_of(found.system, [visit]))
            if row is None:
                row = self._entered(stated, visit, found, held=held)
            return self._kept(found, [*passed, row], at=at)

        try:
            kept = written()
        except SlotTaken as error:
            kept = self._refused(passed, outcomes.conflicting(stated, why_taken(error)), at=at)
        except DomainError as error:
            # Whoever lost the right to move in is stopped by the transaction of the refusal.
            kept = self._refused(passed, outcomes.rejected(stated, [str(error)]), at=at)
        except IntegrityError:
            with transaction.atomic():  # the same appointment came with another file just now
                row = known_row(stated, visit, here_of(self._found.system, [visit]))
            if row is None:
                raise
            kept = self._refused(passed, row, at=at)
        self._position = kept[-1].number

    def _entered(self, stated: Stated, visit: Visit, found: MovingIn, *, held: Access) -> NotedRow:
        if visit.repeats is None:
            appointment, whom = enter(visit, found, held=held, at=self._at, by=self._by)
            return outcomes.entered(stated, visit, whom, appointment=appointment)
        done = enter_repeating(visit, found, held=held, at=self._at, by=self._by)
        if done.series:
            told = outcomes.as_series(done.series.rule)
            return outcomes.entered(stated, visit, done.found, series=done.series, told=[told])
        told = outcomes.one_by_one(visit)
        first = done.visits[0]
        return outcomes.entered(stated, visit, done.found, appointment=first, told=[told])

    def _refused(
        self, passed: Sequence[NotedRow], row: NotedRow, *, at: datetime
    ) -> list[NotedRow]:
        with transaction.atomic():
            require_mover(self._by)
            return self._kept(self._locked(), [*passed, row], at=at)

    def _sorted_out(
        self, rows: Sequence[Stated]
    ) -> tuple[dict[int, NotedRow], list[tuple[Stated, Visit]]]:
        """Return what is clear before anything is looked at closely, and the visits left."""
        noted: dict[int, NotedRow] = {}
        usable: list[tuple[Stated, Visit]] = []
        for row in rows:
            try:
                usable.append((row, self._understanding.visit_of(row, at=self._at)))
            except NotUsable as error:
                noted[row.number] = outcomes.rejected(row, error.faults)
        here = here_of(self._found.system, [visit for _, visit in usable])
        for row, visit in usable:
            if known := known_row(row, visit, here):
                noted[row.number] = known
        return noted, [pair for pair in usable if pair[0].number not in noted]

    def _recall(self, rows: Sequence[Stated]) -> None:
        numbers = {row.number for row in rows}
        foreseen = self._found.rows.filter(number__in=numbers, outcome__in=WRITTEN)
        written = set(foreseen.values_list("number", flat=True))
        _, usable = self._sorted_out([row for row in rows if row.number in written])
        if self._forecast:
            self._forecast.remember(usable)

    def _keep(self, noted: Sequence[NotedRow], *, at: datetime) -> None:
        self._kept(self._locked(), noted, at=at)
        self._position = noted[-1].number

    def _kept(self, found: MovingIn, noted: Sequence[NotedRow], *, at: datetime) -> list[NotedRow]:
        names = ["of_id", *NotedRow._fields]
        copy_rows(MovingInRow, names, [(found.pk, *row) for row in noted])
        position = noted[-1].number
        MovingIn.objects.filter(pk=found.pk).update(
            position=position,
            total=max(found.total, position),
            counts=counted(found.counts, noted),
            moved_at=at,
        )
        return list(noted)

    def _locked(self) -> MovingIn:
        """:raises OutOfOrder: it stands elsewhere, or is over."""
        found = MovingIn.objects.select_for_update().get(pk=self._found.pk)
        if (found.version, found.position) != (self._found.version, self._position):
            raise OutOfOrder
        return found

    @transaction.atomic
    def _end(self, *, at: datetime) -> None:
        found = self._locked()
        target = _ENDS_AS[ImportState(found.state)]
        require_transition(TRANSITIONS, current=ImportState(found.state), target=target)
        found.state, found.moved_at, found.total = target, at, found.position
        history.save(found, fields=["state", "moved_at", "total"], by=self._by)


@contextmanager
def moving(moving_in_id: UUID, *, at: datetime) -> Iterator[Mover | None]:
    """Open a file where its import stands; ``None`` when there is nothing to do.

    :raises DomainError: the file cannot be read.
    """
    found = MovingIn.objects.select_related("file", "owner").filter(pk=moving_in_id).first()
    if found is None or found.state not in MOVING or found.file_id is None:
        yield None
        return
    file = read_file(documents.read(found.sha256))
    understanding = Understanding(Meanings(found.names, Ours.read()), system=found.system)
    with ExitStack() as open_files:
        entries = file.entries(found.mapping)
        rows = open_files.enter_context(entries(found.position))
        mover = Mover(found, rows, understanding, at=at)
        if mover.is_check:
            mover.recall(open_files.enter_context(entries(0)))
        yield mover


def call_worker(found: MovingIn) -> None:
    """Ring for a worker after the commit."""
    outbox.ring_after_commit(MOVE_TASK, moving_in_id=str(found.pk))


@transaction.atomic
def fail(moving_in_id: UUID, problem: str, *, at: datetime) -> MovingIn:
    """End an import that cannot go on; what it did stays, what it only foresaw goes.

    :raises IllegalTransition: it is over already.
    """
    found = MovingIn.objects.select_for_update(of=("self",)).get(pk=moving_in_id)
    require_transition(TRANSITIONS, current=ImportState(found.state), target=ImportState.FAILED)
    forget_forecast(found)
    found.state, found.problem, found.moved_at = ImportState.FAILED, problem[:300], at
    by = Actor.job("move appointments in")
    history.save(found, fields=["state", "problem", "moved_at"], by=by)
    return found


def forget_forecast(found: MovingIn) -> None:
    """Delete what a check foresaw; rows of a real import are kept."""
    if found.state != ImportState.RUNNING:
        found.rows.all().delete()


def standing_still(*, at: datetime) -> list[MovingIn]:
    """Return the imports under way whose workers have not been heard of for a minute."""
    silent = MovingIn.objects.filter(state__in=MOVING, moved_at__lt=at - SILENT_FOR)
    return list(silent.order_by("moved_at", "pk"))


def actor_of(found: MovingIn) -> Actor:
    return Actor.importing(found.owner_id, str(found.owner), import_id=found.pk)
