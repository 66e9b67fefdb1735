"""Two workers at one file, of which one fails, is canceled, or is not up to date."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from customers.importing import chunks as chunks_module
from customers.importing import moving as moving_module
from customers.importing.chunks import Chunk, Chunks, ReservedChunk
from customers.importing.moving import Mover, moving
from customers.importing.requesting import cancel_import, start_check
from customers.models import Customer, ImportState
from tests.customers.importing.files import ada, csv_of, people, uploaded, work
from tests.customers.importing.side_by_side import (
    CLAIRE_TWICE,
    FIRST_ROW,
    LONG,
    SlowFirst,
    started,
    without_a_look,
)
from tests.factories.people import actor
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


class FailsOnce:
    """The first chunk fails just before its end, once the second one has locked its people."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
        self.found = started(*people(8))
        self._reached, self._goes_on = threading.Event(), threading.Event()
        looking = self._looking(Mover._lock_import_at)
        monkeypatch.setattr(Mover, "_lock_import_at", looking)
        announcing = self._announcing(ReservedChunk.announce_locks)
        monkeypatch.setattr(ReservedChunk, "announce_locks", announcing)

    def _looking(self, look: Callable[..., Any]) -> Callable[..., Any]:
        def looked(mover: Mover, position: int) -> Any:
            if position < FIRST_ROW and not self._reached.is_set():
                self._reached.set()
                assert self._goes_on.wait(LONG)
                raise MemoryError
            return look(mover, position)

        return looked

    def _announcing(self, announce: Callable[..., Any]) -> Callable[..., Any]:
        def announced(chunk: ReservedChunk) -> None:
            announce(chunk)
            if chunk.after > FIRST_ROW:
                self._goes_on.set()

        return announced

    def step_both(self) -> list[object]:
        """Return the error of the one, and how many were there after each step of the other."""

        def act(place: int) -> list[int]:
            seen = []
            with moving(self.found.pk) as mover:
                assert mover
                if place:
                    assert self._reached.wait(LONG)
                while mover.step(at=timezone.now()):
                    seen.append(Customer.objects.count())
            return seen

        return at_once(2, act)


def test_what_follows_a_chunk_that_failed_is_taken_back_and_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = FailsOnce(monkeypatch)

    first, second = both.step_both()

    assert isinstance(first, MemoryError)
    assert second == [0, 2, 4, 6, 8], "nothing is kept behind a chunk that is missing"
    both.found.refresh_from_db()
    assert (both.found.state, both.found.counts) == (ImportState.DONE, {"created": 8})


def test_without_the_look_at_the_position_a_chunk_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the second chunk stays, and nobody comes back to the first."""
    monkeypatch.setattr(Mover, "_lock_import_at", without_a_look)
    both = FailsOnce(monkeypatch)

    _, second = both.step_both()

    assert isinstance(second, list)
    assert second[-1] == 6


def test_a_chunk_under_way_is_taken_back_when_the_import_is_canceled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    found, by = started(*people(4)), actor(ada())
    locked, canceled = threading.Event(), threading.Event()
    announce = ReservedChunk.announce_locks

    def announced(chunk: ReservedChunk) -> None:
        announce(chunk)
        locked.set()
        assert canceled.wait(LONG)

    monkeypatch.setattr(ReservedChunk, "announce_locks", announced)

    def act(place: int) -> object:
        if place:
            assert locked.wait(LONG)
            cancel_import(found.pk, at=timezone.now(), by=by)
            canceled.set()
            return None
        return work(found).state

    assert at_once(2, act) == [ImportState.CANCELED, None]
    assert not Customer.objects.exists()


def test_a_failure_in_the_second_chunk_leaves_what_comes_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = SlowFirst(monkeypatch, *people(4))
    write = Mover._write

    def fail(mover: Mover, rows: Any, chunk: ReservedChunk, **more: Any) -> Any:
        if chunk.after > FIRST_ROW:
            both.go.set()
            raise MemoryError
        return write(mover, rows, chunk, **more)

    monkeypatch.setattr(Mover, "_write", fail)

    steps = both.step_both()

    assert steps == [True, True], "a failure counts only where one worker would have come to it"
    assert Customer.objects.count() == 2
    with pytest.raises(MemoryError):
        work(both.found)


def test_workers_with_chunks_of_two_sizes_bring_every_row_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a release is rolled out, an old and a new worker stand at one import."""
    found, sizes = started(*people(30)), threading.local()
    cut = Chunks.after

    def after(chunks: Chunks, position: int) -> list[Chunk]:
        rows = cut(chunks, position)[0].rows[: sizes.rows]
        return [Chunk(found.pk, position, rows)]

    def reserved(chunks: list[Chunk]) -> ReservedChunk:
        return ReservedChunk(chunks[0], None)

    monkeypatch.setattr(Chunks, "after", after)
    monkeypatch.setattr(moving_module, "reserve_first", reserved)

    def act(place: int) -> None:
        sizes.rows = 2 + place
        with moving(found.pk) as mover:
            while mover and mover.step(at=timezone.now()):
                pass

    assert at_once(2, act) == [None, None]
    found.refresh_from_db()
    assert (found.state, found.counts) == (ImportState.DONE, {"created": 30})


def test_a_check_is_not_continued_by_a_worker_that_did_not_foresee_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 2)
    by = actor(ada())
    found = uploaded(csv_of(*CLAIRE_TWICE), by=by)
    start_check(found.pk, at=timezone.now(), by=by)

    with moving(found.pk) as one, moving(found.pk) as other:
        assert one
        assert other
        assert one.step(at=timezone.now())
        assert not other.step(at=timezone.now())

    assert work(found).counts == {"created": 3, "matched": 1}
