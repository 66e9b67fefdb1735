"""Two workers at one file end where one alone would have ended, only sooner."""

import random
import time
from typing import Any

import pytest
from django.db import OperationalError, connection

from customers import identity
from customers.importing import chunks as chunks_module
from customers.importing import moving as moving_module
from customers.importing.chunks import ReservedChunk
from customers.importing.moving import Mover
from customers.models import Customer, CustomerImport, ImportState
from hub import locks
from tests.customers.importing.files import people, work
from tests.customers.importing.side_by_side import (
    CLAIRE_TWICE,
    FIRST_ROW,
    LONG,
    SlowFirst,
    both_work,
    each_did_something,
    setting,
    started,
    without_a_look,
)

pytestmark = pytest.mark.django_db(transaction=True)
WITHOUT_CONTACTS = [("Ann", f"Number {place}", "", "") for place in range(40)]
NAMESAKES = [
    ("Claire", "Marchetti", "claire@x.example", ""),
    ("Ann", "Number 1", "ann1@x.example", ""),
    ("Claire", "Marchetti", "", ""),
    ("Ann", "Number 2", "ann2@x.example", ""),
]


@pytest.mark.parametrize("rows", [WITHOUT_CONTACTS, people(40)])
def test_every_row_is_brought_once(
    rows: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 4)
    found = started(*rows)

    steps = both_work(found)

    done = work(found)
    assert each_did_something(steps), steps
    assert (done.state, done.counts) == (ImportState.DONE, {"created": 40})
    assert Customer.objects.count() == done.rows.count() == 40


def test_without_reservation_and_position_rows_are_brought_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: each takes the next chunk as it is, and no row of it is noted.

    Noting a row twice is what the database refuses besides (``import_row_once``).
    """
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 4)
    found = started(*WITHOUT_CONTACTS)
    monkeypatch.setattr(Mover, "_lock_import_at", without_a_look)
    monkeypatch.setattr(
        moving_module, "reserve_first", lambda chunks: ReservedChunk(chunks[0], None)
    )
    monkeypatch.setattr(moving_module, "copy_rows", lambda *_, **__: None)

    both_work(found)

    assert Customer.objects.count() > 40


def who_is_who(found: CustomerImport) -> list[tuple[int, str, int]]:
    """Return what became of each row, and the first row that ended at the same customer."""
    first: dict[Any, int] = {}
    rows = found.rows.order_by("number")
    return [
        (row.number, row.outcome, first.setdefault(row.customer_id, row.number)) for row in rows
    ]


def crowd(seed: int, run: int) -> list[tuple[str, ...]]:
    """Return rows of few people, many of them twice; a ``run`` knows nobody of another one."""
    chance = random.Random(seed)  # noqa: S311

    def row() -> tuple[str, ...]:
        who = chance.randrange(9)
        email = f"p{who}.{run}@x.example" if chance.random() < 0.7 else ""
        phone = f"+33612{run * 100 + chance.randrange(12):06d}" if chance.random() < 0.4 else ""
        return (f"Pat{who}", f"Doe{'abc'[run]}", email, phone)

    return [row() for _ in range(30)]


@pytest.mark.parametrize("seed", range(5))
def test_two_end_where_one_would(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 3)
    alone = work(started(*crowd(seed, 1)))
    together = started(*crowd(seed, 2))

    steps = both_work(together)

    done = work(together)
    assert each_did_something(steps), steps
    assert len({row[2] for row in who_is_who(alone)}) < 30, "some are the same"
    assert who_is_who(done) == who_is_who(alone)


def test_whoever_stands_in_both_chunks_is_treated_in_the_order_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = SlowFirst(monkeypatch, *CLAIRE_TWICE)
    second_waits = setting(both.go, locks.held_by_others)
    monkeypatch.setattr(locks, "held_by_others", second_waits)

    assert both.step_both() == [True, True]

    assert both.outcomes() == ["created", "created", "matched", "created"]
    assert Customer.objects.get(search_name__startswith="marchetti").given_name == "Claire"


def test_without_waiting_for_the_chunk_before_the_two_block_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the second has Claire and waits for the first, which wants her."""
    both = SlowFirst(monkeypatch, *CLAIRE_TWICE)
    monkeypatch.setattr(ReservedChunk, "wait_for_locks_of_previous", lambda _chunk: None)
    # PostgreSQL chooses which of them fails: neither is to begin again in silence.
    monkeypatch.setattr(ReservedChunk, "is_first", True)
    second_has_locked = setting(both.go, ReservedChunk.announce_locks)
    monkeypatch.setattr(ReservedChunk, "announce_locks", second_has_locked)

    steps = both.step_both()

    assert any(isinstance(step, OperationalError) for step in steps), steps


def test_a_namesake_without_contacts_is_compared_with_the_chunk_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = SlowFirst(monkeypatch, *NAMESAKES)
    second_waits = setting(both.go, ReservedChunk.wait_for_end_of_previous)
    monkeypatch.setattr(ReservedChunk, "wait_for_end_of_previous", second_waits)

    assert both.step_both() == [True, True]

    assert both.outcomes() == ["created", "created", "review", "created"]


def test_without_waiting_for_its_end_a_namesake_in_the_chunk_before_is_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the second one looks before the first has written anything."""
    both = SlowFirst(monkeypatch, *NAMESAKES)
    monkeypatch.setattr(ReservedChunk, "wait_for_end_of_previous", lambda _chunk: None)
    second_has_found = setting(both.go, Mover._lock_import_at)
    monkeypatch.setattr(Mover, "_lock_import_at", second_has_found)
    found: list[Any] = []
    find = identity.find_or_create_all

    def keep(*values: Any, **more: Any) -> Any:
        found.append(find(*values, **more))
        return found[-1]

    monkeypatch.setattr(moving_module, "find_or_create_all", keep)

    both.step_both()

    assert found[0][0].reviews == (), "nobody of that name was there yet"


PHONE, OTHER_PHONE = "+33612345678", "+33612345679"
KNOWN = [
    ("Ann", "Smith", "c@x.example", PHONE),
    ("Ann", "Smith", "l@x.example", OTHER_PHONE),
    ("Zoe", "Zulu", "z@x.example", OTHER_PHONE),
    ("Yan", "Yak", "y@x.example", PHONE),
]
# Each is one of them by e-mail, and is asked about the other by name and shared number.
CROSSWISE = [
    ("Ann", "Smith", "c@x.example", OTHER_PHONE),
    ("Ann", "Smith", "l@x.example", PHONE),
]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype <> 'advisory')"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def crosswise(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, int], int]:
    """Let two workers do ``CROSSWISE``, the first not ending before the second waits for it.

    Return what became of the rows, and how often people were looked for.
    """
    work(started(*KNOWN))
    monkeypatch.setattr(chunks_module, "ROWS_PER_CHUNK", 1)
    calls: list[int] = []
    find, wait = identity.find_or_create_all, ReservedChunk.wait_for_end_of_previous

    def count(*values: Any, **more: Any) -> Any:
        calls.append(1)
        return find(*values, **more)

    def end(chunk: ReservedChunk) -> None:
        latest = time.monotonic() + LONG
        while chunk.after < FIRST_ROW and not somebody_waits():
            assert time.monotonic() < latest, "the second one never came"
        wait(chunk)

    found = started(*CROSSWISE)
    monkeypatch.setattr(moving_module, "find_or_create_all", count)
    monkeypatch.setattr(ReservedChunk, "wait_for_end_of_previous", end)
    both_work(found)
    return work(found).counts, len(calls)


def test_two_chunks_that_ask_about_the_same_two_people_do_not_meet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert crosswise(monkeypatch) == ({"review": 1, "matched": 1}, 2)


def test_without_locking_whom_one_asks_about_the_second_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: it fails at ``one_review_per_pair``, which does not count."""
    monkeypatch.setattr(identity, "may_be", lambda _traits, hit: hit.links)

    assert crosswise(monkeypatch) == ({"review": 1, "matched": 1}, 3)
