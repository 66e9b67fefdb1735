"""Many workers look at once, and answers come in the moment an offer ends: one of them wins."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hub import locks
from scheduling import occupying
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Hold, WaitingEntry, WaitingStatus
from scheduling.waiting import offering
from scheduling.waiting.answering import accept, expire_offers
from scheduling.waiting.joining import leave
from scheduling.waiting.offering import LASTS, offer_freed
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.test_races import drop_constraint, without_locks
from tests.scheduling.waiting.list_of import AT, dina, now, taken, waits

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6
NAMES = ("Ada Winter", "Bea Winter", "Cleo Winter", "Dora Winter", "Eva Winter", "Fay Winter")


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 15.0)


def all_look() -> None:
    """Let workers look at the same moment, each of them at somebody else first."""

    def each_begins_elsewhere(place: int) -> None:
        order = offering._in_order(at=AT)
        found: dict[Any, Any] = {}
        days = offering._days_by_sort(order, at=AT)
        for entry in [*order[place:], *order[:place]]:
            sort = offering._sort(entry)
            found[sort] = found.get(sort) or offering._search(sort, days[sort], at=AT)
            offering._offer_first(entry, found[sort], at=AT)

    at_once(WORKERS, each_begins_elsewhere)


def offered() -> int:
    return WaitingEntry.objects.filter(status=WaitingStatus.OFFERED).count()


def test_one_freed_time_is_offered_to_one_and_to_who_waits_longest() -> None:
    dina()
    entries = [waits(name) for name in NAMES]

    at_once(WORKERS, lambda _: offer_freed(at=AT))

    assert offered() == Hold.objects.count() == 1
    assert now(entries[0]).status == WaitingStatus.OFFERED
    assert overlaps() == []


def test_it_is_offered_to_one_also_by_workers_that_look_at_the_same_moment() -> None:
    dina()
    for name in NAMES:
        waits(name)

    all_look()

    assert offered() == Hold.objects.count() == 1
    assert overlaps() == []


def test_control_without_locks_and_constraint_it_is_offered_to_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dina()
    for name in NAMES:
        waits(name)
    without_locks(monkeypatch)
    drop_constraint()
    take = occupying.take

    def take_after_a_pause(*what: Any) -> None:
        time.sleep(0.5)  # so that all have looked before the first one takes
        take(*what)

    monkeypatch.setattr(occupying, "take", take_after_a_pause)

    all_look()

    assert offered() > 1
    assert overlaps() != []


def test_one_entry_gets_one_offer_however_many_times_are_free() -> None:
    staff("Dina Falk", services=[service()])
    waits()

    all_look()

    assert offered() == Hold.objects.count() == 1


def test_two_taps_on_accept_book_one_appointment() -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)

    outcomes = at_once(
        WORKERS, lambda _: accept(entry.pk, start_at=MONDAY_9, at=AT + LASTS / 2, by=SETUP)
    )

    assert {type(outcome) for outcome in outcomes} == {Appointment}
    assert Appointment.objects.count() == 1
    assert inconsistencies() == []


def test_an_offer_that_ends_while_it_is_taken_is_booked_or_over_and_never_both() -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)
    late = AT + LASTS

    def answer(place: int) -> object:
        if place == 0:
            moment = late - timedelta(seconds=1)
            return accept(entry.pk, start_at=MONDAY_9, at=moment, by=SETUP)
        return expire_offers(at=late) if place == 1 else leave(entry.pk, by=SETUP)

    at_once(3, answer)

    is_booked = now(entry).status == WaitingStatus.BOOKED
    assert Appointment.objects.count() == is_booked
    assert not Hold.objects.exists()
    assert overlaps() == inconsistencies() == []
    assert now(entry).version == now(entry).history.count()


def test_a_cancellation_lets_the_list_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    visit = taken(dina())
    waits()
    monkeypatch.setattr("hub.outbox.ring", lambda task, *_, **__: rung.append(task))

    cancel_appointment(visit.pk, reason="Ill", at=timezone.now(), by=SETUP)

    assert offering.TASK in rung
