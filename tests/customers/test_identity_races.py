"""The same new person from many doors at once: one customer, as long as the locks are on."""

import itertools
import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.utils import timezone

from customers import identity
from customers.claims import Match, Traits
from customers.identity import Claim, Identified, find_or_create, find_or_create_all, traits_of
from customers.known import Known
from customers.matching import match_traits
from customers.models import ContactPoint, Customer
from customers.updating import update_customer
from hub.errors import StaleVersion
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12
ROUNDS = 6
SPELLINGS = [
    {"email": "claire@marchetti.example", "phone": "+33612345678"},
    {"email": "CLAIRE@Marchetti.example", "phone": "06 12 34 56 78"},
    {"phone": "0033 6 12 34 56 78"},
]


def arrive(place: int) -> Identified:
    stated = claim(region="FR", **SPELLINGS[place % len(SPELLINGS)])
    return find_or_create(stated, at=timezone.now(), by=SETUP)


def test_one_new_person_from_twelve_doors_is_one_customer() -> None:
    results = at_once(THREADS, arrive)

    found = [result for result in results if isinstance(result, Identified)]
    assert len(found) == THREADS
    assert sum(result.created for result in found) == 1
    assert Customer.objects.count() == 1
    assert ContactPoint.objects.count() == 2


def test_without_the_locks_there_would_be_twelve(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: everybody looks before anybody writes."""
    everybody_looked = threading.Barrier(THREADS)

    def look(traits: Traits, known: Known) -> Match:
        found = match_traits(traits, known)
        everybody_looked.wait(timeout=30)
        return found

    monkeypatch.setattr(identity.locks, "exclusively", lambda _names: None)  # type: ignore[attr-defined]
    monkeypatch.setattr(identity, "match_traits", look)

    at_once(THREADS, arrive)

    assert Customer.objects.count() == THREADS


def test_crossing_changes_of_address_end_without_deadlock() -> None:
    claire = customer(email="claire@marchetti.example")
    luc = customer("Luc Perrin", email="luc@perrin.example")
    swaps = [(claire.pk, "luc@perrin.example"), (luc.pk, "claire@marchetti.example")]

    def swap(place: int) -> Customer:
        customer_id, email = swaps[place % 2]
        return update_customer(customer_id, {"email": email}, by=SETUP)

    results = at_once(6, swap)

    assert [result for result in results if not isinstance(result, Customer | StaleVersion)] == []


def test_of_three_edits_of_one_version_two_are_refused() -> None:
    claire = customer()
    cities = ["Lyon", "Paris", "Nice"]

    def move(place: int) -> Customer:
        return update_customer(claire.pk, {"city": cities[place]}, by=SETUP, expected_version=1)

    results = at_once(3, move)

    assert sorted(type(result).__name__ for result in results) == [
        "Customer",
        "StaleVersion",
        "StaleVersion",
    ]
    assert Customer.objects.get().version == 2


def test_two_files_that_name_the_same_people_in_two_orders_do_not_deadlock() -> None:
    two_known_people()

    for turn in range(ROUNDS):
        assert [len(found) for found in two_files(turn)] == [2, 2]
    assert Customer.objects.count() == 2


def test_without_one_order_of_rows_the_two_files_would_deadlock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: each file locks the people as it comes to them."""
    two_known_people()
    backwards, both_have_one = itertools.cycle([False, True]), threading.Barrier(2)

    def as_they_come(ids: Collection[UUID]) -> dict[UUID, Customer]:
        first, second = sorted(ids, reverse=next(backwards))
        waiting = Customer.objects.select_for_update(no_key=True)
        found = {first: waiting.get(pk=first)}
        both_have_one.wait(timeout=10)
        return found | {second: waiting.get(pk=second)}

    monkeypatch.setattr(identity, "_locked", as_they_come)

    assert any(isinstance(outcome, OperationalError) for outcome in two_files(0))


def two_known_people() -> None:
    customer("Ann Alpha", email="ann@x.example", phone="+33612345001")
    customer("Bob Beta", email="bob@x.example", phone="+33612345002")


def two_files(turn: int) -> list[Any]:
    """Import Ann and Bob by their numbers, and Bob and Ann by their addresses."""
    ann, bob = claim("Ann Alpha"), claim("Bob Beta")
    files = [
        [
            replace(ann, phone="+33612345001", email=f"ann{turn}@x.example"),
            replace(bob, phone="+33612345002", email=f"bob{turn}@x.example"),
        ],
        [
            replace(bob, email="bob@x.example", phone=f"+3361234{turn}102"),
            replace(ann, email="ann@x.example", phone=f"+3361234{turn}101"),
        ],
    ]
    return at_once(len(files), lambda place: import_all(files[place]))


def import_all(claims: Sequence[Claim]) -> list[Identified]:
    return find_or_create_all([traits_of(one) for one in claims], at=timezone.now(), by=SETUP)
