"""Many want the same time at the same moment. Each race has its control without protection."""

import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection

from hub import locks
from hub.errors import DomainError, StaleVersion
from scheduling import occupying
from scheduling.booking import Booking, SlotTaken, book_appointment, reschedule_appointment
from scheduling.canceling import UndoIsOver, cancel_with_undo, undo_cancellation
from scheduling.models import Appointment, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, room, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import deadlocks, inconsistencies, overlaps
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 64
WEEK_BEFORE = MONDAY_9 - timedelta(days=7)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty threads share one interpreter here; a server process has a handful."""
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 15.0)


def drop_constraint() -> None:
    """Take the last guard away, in the clone of the database that this test throws away."""
    parts = urlsplit(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    with psycopg.connect(urlunsplit(parts._replace(path=f"/{name}")), autocommit=True) as owner:
        owner.execute("ALTER TABLE scheduling_occupancy DROP CONSTRAINT occupancy_never_overlaps")


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "exclusively", lambda _keys: None)


def all_want_the_same_time(count: int = CLIENTS) -> list[object]:
    """Let ``count`` clients book one person, for one of two free rooms, at one time."""
    color = service("Color", rooms_needed=1)
    room("Room 1"), room("Room 2")
    asked = Booking(client().pk, color.pk, staff(services=[color]).pk, MONDAY_9)
    return at_once(count, lambda _: book_appointment(asked, at=WEEK_BEFORE, by=SETUP))


def winners(outcomes: Sequence[object]) -> list[Appointment]:
    return [outcome for outcome in outcomes if isinstance(outcome, Appointment)]


def losers(outcomes: Sequence[object]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def test_one_of_many_gets_the_slot_and_the_others_hear_why_and_when_else() -> None:
    outcomes = all_want_the_same_time()

    refused = losers(outcomes)
    assert len(winners(outcomes)) == 1
    assert {(type(refusal), str(refusal)) for refusal in refused} == {
        (SlotTaken, "Dina Falk is booked 10:00 – 10:45.")
    }
    assert all(
        isinstance(refusal, SlotTaken) and refusal.details["alternatives"] for refusal in refused
    )
    assert deadlocks() == 0
    assert overlaps() == inconsistencies() == []


def test_the_constraint_alone_keeps_the_slot_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    without_locks(monkeypatch)

    outcomes = all_want_the_same_time(24)

    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {SlotTaken}
    assert overlaps() == []


def test_the_locks_alone_keep_the_slot_for_one() -> None:
    drop_constraint()

    outcomes = all_want_the_same_time(24)

    assert len(winners(outcomes)) == 1
    assert overlaps() == []


def test_control_without_locks_and_constraint_many_get_the_slot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_locks(monkeypatch)
    drop_constraint()
    take = occupying.take

    def take_after_a_pause(*what: Any) -> None:
        time.sleep(0.3)  # so that all have looked before the first one takes
        take(*what)

    monkeypatch.setattr(occupying, "take", take_after_a_pause)

    outcomes = all_want_the_same_time(24)

    assert len(winners(outcomes)) > 1
    assert overlaps() != []


def test_overlapping_wishes_fill_the_day_and_no_free_time_is_refused() -> None:
    """Three people, wishes every quarter of an hour: what is refused overlaps what is booked."""
    haircut = service(buffer_after_minutes=10)
    people = [staff(name) for name in ("Dina", "Jo", "Kim")]
    customer = client()
    wishes = [
        (people[number % 3], MONDAY_9 + minutes(15 * (number // 3))) for number in range(CLIENTS)
    ]

    outcomes = at_once(
        CLIENTS,
        lambda number: book_appointment(
            Booking(customer.pk, haircut.pk, wishes[number][0].pk, wishes[number][1]),
            at=WEEK_BEFORE,
            by=SETUP,
        ),
    )

    assert {type(refusal) for refusal in losers(outcomes)} == {SlotTaken}
    assert overlaps() == inconsistencies() == []
    assert deadlocks() == 0
    for (person, start), outcome in zip(wishes, outcomes, strict=True):
        if isinstance(outcome, SlotTaken):
            block = start, start + minutes(55)
            taken = Appointment.objects.filter(staff=person).between(
                block[0] - minutes(10), block[1]
            )
            assert taken.exists()


def test_people_and_rooms_wanted_in_opposite_order_never_deadlock() -> None:
    """Half of the clients move A's appointments to B, the others B's to A, all share one room."""
    color = service("Color", rooms_needed=1, duration_minutes=15)
    room("Room 1"), room("Room 2", capacity=3)
    ada, bea = staff("Ada", services=[color]), staff("Bea", services=[color])
    starts = [MONDAY_9 + minutes(15 * number) for number in range(16)]
    standing = [booked(staff=(ada, bea)[n % 2], service=color, start=starts[n]) for n in range(16)]

    def swap(number: int) -> Appointment:
        appointment = standing[number % 16]
        other: Staff = bea if appointment.staff_id == ada.pk else ada
        return reschedule_appointment(
            appointment.pk,
            start_at=starts[(number * 5 + 4) % 16],
            staff_id=other.pk,
            at=WEEK_BEFORE,
            by=SETUP,
        )

    outcomes = at_once(48, swap)

    assert winners(outcomes)
    assert all(isinstance(refusal, DomainError) for refusal in losers(outcomes))
    assert overlaps() == inconsistencies() == []
    assert deadlocks() == 0


def test_of_many_moves_of_one_version_one_is_made() -> None:
    appointment = booked()

    outcomes = at_once(
        16,
        lambda number: reschedule_appointment(
            appointment.pk,
            start_at=MONDAY_9 + minutes(15 * (number + 1)),
            at=WEEK_BEFORE,
            by=SETUP,
            expected_version=1,
        ),
    )

    assert len(winners(outcomes)) == 1
    assert {type(refusal) for refusal in losers(outcomes)} == {StaleVersion}
    assert inconsistencies() == []


def test_an_undo_and_a_new_booking_never_both_get_the_slot() -> None:
    """The undo comes in its last moment, the booking a moment after it."""
    until = WEEK_BEFORE + minutes(15)
    for day in range(6):
        start = MONDAY_9 + timedelta(days=day)
        held = booked(start=start)
        cancel_with_undo(held.pk, reason="Deleted", undo_until=until, at=WEEK_BEFORE, by=SETUP)
        asked = Booking(client().pk, held.service_id, held.staff_id, start)

        outcomes = at_once(2, partial(_undo_or_book, held, asked, until))

        assert len(winners(outcomes)) == 1
        assert {type(refusal) for refusal in losers(outcomes)} <= {SlotTaken, UndoIsOver}
    assert overlaps() == inconsistencies() == []


def _undo_or_book(held: Appointment, asked: Booking, until: datetime, number: int) -> Appointment:
    if number:
        return undo_cancellation(held.pk, at=until, by=SETUP)
    return book_appointment(asked, at=until + minutes(1), by=SETUP)
