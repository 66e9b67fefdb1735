"""Who holds which advisory lock, seen from another session."""

import threading

import pytest
from django.db import connection, transaction

from hub import locks
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = [f"thing {number}" for number in range(40)]


def hashes() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashtextextended(name, 0) FROM unnest(%s::text[]) name", [KEYS])
        return [value for (value,) in cursor.fetchall()]


def test_what_another_session_holds_is_seen_and_what_nobody_holds_is_not() -> None:
    held, seen = threading.Event(), threading.Event()

    def act(place: int) -> set[str]:
        with transaction.atomic():
            if place == 0:
                locks.exclusively(KEYS[::2])
                held.set()
                assert seen.wait(10)
                return locks.held_by_others(KEYS)
            assert held.wait(10)
            found = locks.held_by_others(KEYS)
            seen.set()
            return found

    own, others = at_once(2, act)

    assert {value < 0 for value in hashes()[::2]} == {True, False}, "halves with and without sign"
    assert others == set(KEYS[::2])
    assert own == set(), "one's own are not another's"


def test_looking_who_holds_a_lock_keeps_nothing() -> None:
    looked, tried = threading.Event(), threading.Event()

    def act(place: int) -> bool:
        with transaction.atomic():
            if place == 0:
                locks.held_by_others(KEYS)
                looked.set()
                return tried.wait(10)
            assert looked.wait(10)
            taken = [locks.try_exclusively(key) for key in KEYS]
            tried.set()
            return all(taken)

    assert at_once(2, act) == [True, True]


def test_a_lock_is_gone_with_its_transaction() -> None:
    def take(_place: int) -> bool:
        with transaction.atomic():
            return locks.try_exclusively(KEYS[0])

    assert at_once(1, take) == [True]
    assert locks.held_by_others(KEYS) == set()
