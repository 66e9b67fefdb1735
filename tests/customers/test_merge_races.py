"""Merges at the same moment, of the same pair and against each other: one of them wins."""

import contextlib
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from customers import merging, pairing
from customers.claims import traits_of
from customers.models import Customer, Merge, ReviewState
from customers.pairing import NotMergeable, Pair
from customers.unmerging import AlreadyUndone, unmerge
from hub.access import Access
from hub.errors import StaleVersion
from scheduling import booking
from scheduling.booking import Booking, book_appointment
from scheduling.models import Appointment
from scheduling.offering import customer_for
from tests.customers.merged import merge
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, service, staff
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


@pytest.fixture
def pair() -> tuple[Customer, Customer]:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")
    return claire, customer("Clara Roux", email="clara@roux.example", phone="+33712345678")


def kinds(results: list[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_the_same_merge_six_times_at_once_is_one(pair: tuple[Customer, Customer]) -> None:
    booked(pair[1])

    results = at_once(THREADS, lambda _: merge(*pair))

    assert kinds(results) == ["Merge", *["NotMergeable"] * (THREADS - 1)]
    assert Merge.objects.count() == 1


def test_two_merges_against_each_other_are_one(pair: tuple[Customer, Customer]) -> None:
    ways = [pair, pair[::-1]]

    results = at_once(THREADS, lambda place: merge(*ways[place % 2]))

    assert kinds(results) == ["Merge", *["NotMergeable"] * (THREADS - 1)]
    assert Customer.objects.current().count() == 1


def test_without_the_locks_they_would_run_into_each_other(
    pair: tuple[Customer, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both look before either writes, and none hears a plain answer."""
    ways, both_looked = [pair, pair[::-1]], threading.Barrier(2)

    def look(survivor_id: UUID, absorbed_id: UUID, *, allowed: Access) -> Pair:
        found = pairing.seen(survivor_id, absorbed_id, allowed=allowed)
        both_looked.wait(timeout=30)
        return found

    monkeypatch.setattr(merging.pairing, "locked", look)  # type: ignore[attr-defined]

    results = at_once(2, lambda place: merge(*ways[place]))

    assert NotMergeable.__name__ not in kinds(results)


def test_a_chain_and_a_merge_of_its_middle_end_without_deadlock(
    pair: tuple[Customer, Customer],
) -> None:
    claire, clara = pair
    zoe = customer("Zoe Perrin", email="zoe@perrin.example")
    ways = [(clara, zoe), (claire, clara), (zoe, claire)]

    def persist(place: int) -> object:
        for _ in range(THREADS):
            with contextlib.suppress(StaleVersion):
                return merge(*ways[place % 3])
        return None

    results = at_once(THREADS, persist)

    assert [one for one in results if not isinstance(one, Merge | NotMergeable)] == []
    assert Customer.objects.current().count() == 1
    survivor = Customer.objects.current().get()
    assert set(Customer.objects.exclude(pk=survivor.pk).values_list("canonical", flat=True)) == {
        survivor.pk
    }


def test_a_merge_waits_for_whoever_looks_up_a_record_that_is_two_merges_away(
    pair: tuple[Customer, Customer],
) -> None:
    """An old id, or an old number, of A leads to C by way of B."""
    first, second = pair
    third = customer("Clea Marchetti", email="clea@marchetti.example")
    merge(second, first)
    merge(third, second)

    names = set(traits_of(claim("Claire", phone="+33612345678", hub_id=first.pk)).lock_names)

    assert names <= pairing.lock_names_of([third.pk])


def test_a_merge_is_undone_once_however_many_ask(pair: tuple[Customer, Customer]) -> None:
    done = merge(*pair)

    results = at_once(
        THREADS,
        lambda _: unmerge(done.pk, verdict=ReviewState.OPEN, at=timezone.now(), by=SETUP),
    )

    assert kinds(results) == [*[AlreadyUndone.__name__] * (THREADS - 1), "Merge"]
    assert Customer.objects.current().count() == 2


def test_what_is_booked_during_a_merge_is_never_left_behind_id_5(
    pair: tuple[Customer, Customer],
) -> None:
    claire, clara = pair
    offered = service()
    people = [staff(f"Person {number}", services=[offered]) for number in range(THREADS)]

    def act(place: int) -> object:
        if place == THREADS // 2:
            return merge(claire, clara)
        asked = Booking(clara.pk, offered.pk, people[place].pk, MONDAY_9)
        return book_appointment(asked, at=MONDAY_9 - timedelta(days=7), by=SETUP)

    results = at_once(THREADS, act)

    assert kinds(results) == [*["Appointment"] * (THREADS - 1), "Merge"]
    assert set(Appointment.objects.values_list("customer", flat=True)) == {claire.pk}


def test_without_holding_the_customer_a_booking_would_be_left_behind(
    pair: tuple[Customer, Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the customer is read, then merged away, then booked for."""
    claire, clara = pair
    offered = service()
    person = staff("Dina Falk", services=[offered])
    was_read, was_merged = threading.Event(), threading.Event()

    def read(customer_id: UUID, held: Access) -> Customer:
        found = customer_for(customer_id, held)
        was_read.set()
        was_merged.wait(timeout=30)
        return found

    monkeypatch.setattr("scheduling.offering.hold", lambda _id: None)
    monkeypatch.setattr(booking, "customer_for", read)

    def act(place: int) -> object:
        if place == 0:
            asked = Booking(clara.pk, offered.pk, person.pk, MONDAY_9)
            return book_appointment(asked, at=MONDAY_9 - timedelta(days=7), by=SETUP)
        was_read.wait(timeout=30)
        try:
            return merge(claire, clara)
        finally:
            was_merged.set()

    results = at_once(2, act)

    assert kinds(results) == ["Appointment", "Merge"]
    assert Appointment.objects.get().customer == clara
