"""Two workers at one file end where one alone would have ended, only sooner."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from customers.importing import chunks as chunks_module
from customers.importing import moving as moving_module
from customers.importing.chunks import Chunk, Turn
from customers.importing.moving import Mover, moving
from customers.importing.requesting import start_import
from customers.models import Customer, CustomerImport, ImportState
from tests.customers.importing.files import ada, checked, csv_of, people, told, work
from tests.factories.people import actor
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NAMELESS = [("Ann", f"Number {place}", "", "") for place in range(40)]
CLAIRE_TWICE = [
    ("Claire", "Marchetti", "claire@x.example", ""),
    ("Ann", "Number 1", "ann1@x.example", ""),
    ("C.", "Marchetti", "claire@x.example", ""),
    ("Ann", "Number 2", "ann2@x.example", ""),
]
LONG = 10.0


def started(*rows: tuple[str, ...]) -> CustomerImport:
    found = checked(csv_of(*rows))
    return start_import(found.pk, at=timezone.now(), by=actor(ada()))


def both_work(found: CustomerImport) -> list[object]:
    """Let two workers open one import, then do it to its end side by side."""
    both_opened = threading.Barrier(2)

    def act(_place: int) -> int:
        with moving(found.pk) as mover:
            assert mover
            both_opened.wait(timeout=LONG)
            steps = 0
            while mover.step(at=timezone.now()):
                steps += 1
        return steps

    return at_once(2, act)


@pytest.mark.parametrize("rows", [NAMELESS, people(40)])
def test_every_row_is_brought_once(
    rows: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "CHUNK", 4)
    found = started(*rows)

    steps = both_work(found)

    done = work(found)
    assert all(isinstance(count, int) for count in steps), steps
    assert (done.state, done.counts) == (ImportState.DONE, {"created": 40})
    assert Customer.objects.count() == done.rows.count() == 40


def test_without_claim_and_position_rows_are_brought_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: each takes the next chunk as it is, and no row of it is noted.

    Noting a row twice is what the database refuses besides (``import_row_once``).
    """
    monkeypatch.setattr(chunks_module, "CHUNK", 4)
    found = started(*NAMELESS)

    def take(mover: Mover, _chunk: Chunk) -> CustomerImport:
        return CustomerImport.objects.get(pk=mover._id)

    monkeypatch.setattr(Mover, "_taken", take)
    monkeypatch.setattr(moving_module, "claimed", lambda chunks: Turn(chunks[0], None))
    monkeypatch.setattr(moving_module, "copy_rows", lambda *_: None)

    both_work(found)

    assert Customer.objects.count() > 40


def who_is_who(found: CustomerImport) -> list[tuple[int, str, int]]:
    """Return what became of each row, and the first row that ended at the same customer."""
    first: dict[Any, int] = {}
    rows = found.rows.order_by("number")
    return [
        (row.number, row.outcome, first.setdefault(row.customer_id, row.number)) for row in rows
    ]


def crowd(seed: int, run: str) -> list[tuple[str, ...]]:
    """Return rows of few people, many of them twice; a ``run`` knows nobody of another one."""
    chance = random.Random(seed)  # noqa: S311
    digits = int(run) * 100

    def row() -> tuple[str, ...]:
        who = chance.randrange(9)
        email = f"p{who}.{run}@x.example" if chance.random() < 0.7 else ""
        phone = f"+33612{digits + chance.randrange(12):06d}" if chance.random() < 0.4 else ""
        return (f"Pat{who}", f"Doe{'abc'[int(run)]}", email, phone)

    return [row() for _ in range(30)]


@pytest.mark.parametrize("seed", range(5))
def test_two_end_where_one_would(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks_module, "CHUNK", 3)
    alone = work(started(*crowd(seed, "1")))
    together = started(*crowd(seed, "2"))

    both_work(together)

    done = work(together)
    assert len({row[2] for row in who_is_who(alone)}) < 30, "some are the same"
    assert who_is_who(done) == who_is_who(alone)


@contextmanager
def first_is_slow(
    monkeypatch: pytest.MonkeyPatch, go: threading.Event
) -> Iterator[threading.Event]:
    """Let the one at the first chunk look for nobody before ``go``; yield: it has claimed."""
    monkeypatch.setattr(chunks_module, "CHUNK", 2)
    has_claimed = threading.Event()
    written = Mover._written

    def write(mover: Mover, rows: Any, turn: Turn, **options: Any) -> Any:
        if turn.chunk.after < 2:
            has_claimed.set()
            assert go.wait(LONG), "the second one neither waited nor went on"
        return written(mover, rows, turn, **options)

    monkeypatch.setattr(Mover, "_written", write)
    yield has_claimed


def one_after_the_other(found: CustomerImport, has_claimed: threading.Event) -> list[object]:
    """Let one worker do its first chunk, and the other one the second chunk meanwhile."""

    def act(place: int) -> bool:
        with moving(found.pk) as mover:
            assert mover
            if place:
                assert has_claimed.wait(LONG)
            return mover.step(at=timezone.now())

    return at_once(2, act)


def calling(act: Callable[..., Any], event: threading.Event) -> Callable[..., Any]:
    def call(*values: Any) -> Any:
        event.set()
        return act(*values)

    return call


def test_whoever_stands_in_both_chunks_is_treated_in_the_order_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found, second_waits = started(*CLAIRE_TWICE), threading.Event()
    monkeypatch.setattr(time, "sleep", calling(time.sleep, second_waits))

    with first_is_slow(monkeypatch, go=second_waits) as has_claimed:
        steps = one_after_the_other(found, has_claimed)

    assert steps == [True, True]
    outcomes = [row[1] for row in told(work(found))]
    assert outcomes == ["created", "created", "matched", "created"]
    assert Customer.objects.get(search_name__startswith="marchetti").given_name == "Claire"


def test_without_waiting_for_the_chunk_before_the_two_block_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the second has Claire and waits for the first, which wants her."""
    found, second_settled = started(*CLAIRE_TWICE), threading.Event()
    monkeypatch.setattr(Turn, "follow", lambda _turn: None)
    settle = Turn.settle
    monkeypatch.setattr(Turn, "settle", calling(settle, second_settled))

    with first_is_slow(monkeypatch, go=second_settled) as has_claimed:
        steps = one_after_the_other(found, has_claimed)

    assert any(isinstance(step, OperationalError) for step in steps), steps


def test_what_follows_a_chunk_that_failed_is_taken_back_and_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks_module, "CHUNK", 2)
    found, claimed, second_settled = started(*people(8)), threading.Event(), threading.Event()
    taken, settle = Mover._taken, Turn.settle
    failed: list[int] = []

    def take(mover: Mover, chunk: Chunk) -> CustomerImport:
        if chunk.after < 2 and not failed:
            claimed.set()
            assert second_settled.wait(LONG)
            failed.append(Customer.objects.count())
            raise MemoryError
        return taken(mover, chunk)

    def settled(turn: Turn) -> None:
        settle(turn)
        if turn.chunk.after > 2:
            second_settled.set()

    monkeypatch.setattr(Mover, "_taken", take)
    monkeypatch.setattr(Turn, "settle", settled)

    def act(place: int) -> list[int]:
        seen = []
        with moving(found.pk) as mover:
            assert mover
            if place:
                assert claimed.wait(LONG)
            while mover.step(at=timezone.now()):
                seen.append(Customer.objects.count())
        return seen

    first, second = at_once(2, act)

    assert isinstance(first, MemoryError)
    assert second == [0, 2, 4, 6, 8], "nothing is kept behind a chunk that is missing"
    found.refresh_from_db()
    assert (found.state, found.counts) == (ImportState.DONE, {"created": 8})
