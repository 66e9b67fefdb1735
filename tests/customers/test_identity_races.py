"""The same new person from many doors at once: one customer, as long as the locks are on."""

import threading
from collections.abc import Callable, Iterable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers import identity
from customers.identity import Identified, find_or_create
from customers.models import ContactPoint, Customer
from customers.registration import update_customer
from hub.errors import StaleVersion
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 12


def all_at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run every job in a thread and on a connection of its own; return results or failures."""
    start, results = threading.Barrier(len(jobs)), list[object]()

    def run(job: Callable[[], object]) -> None:
        connection.ensure_connection()
        start.wait(timeout=20)
        try:
            results.append(job())
        except Exception as failure:  # noqa: BLE001
            results.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def arrive(email: str, phone: str) -> Identified:
    return find_or_create(
        claim(email=email, phone=phone, region="FR"), at=timezone.now(), by=SETUP
    )


def twelve_arrivals() -> list[object]:
    spellings = [
        ("claire@marchetti.example", "+33612345678"),
        ("CLAIRE@Marchetti.example", "06 12 34 56 78"),
        ("", "0033 6 12 34 56 78"),
    ]
    return all_at_once(
        *(
            lambda email=email, phone=phone: arrive(email, phone)
            for email, phone in spellings * (THREADS // len(spellings))
        )
    )


def test_one_new_person_from_twelve_doors_is_one_customer() -> None:
    results = twelve_arrivals()

    assert [result for result in results if not isinstance(result, Identified)] == []
    assert sum(result.created for result in results if isinstance(result, Identified)) == 1
    assert Customer.objects.count() == 1
    assert ContactPoint.objects.count() == 2


def test_without_the_locks_there_would_be_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: everybody looks, and only then does anybody write."""
    looked = threading.Barrier(THREADS)

    def no_lock(_keys: Iterable[str]) -> None:
        with transaction.atomic():
            assert Customer.objects.count() == 0
        looked.wait(timeout=20)

    class Unlocked:
        exclusively = staticmethod(no_lock)

    monkeypatch.setattr(identity, "locks", Unlocked)

    twelve_arrivals()

    assert Customer.objects.count() > 1


def test_crossing_changes_of_address_end_without_deadlock() -> None:
    claire = customer(email="claire@marchetti.example")
    luc = customer("Luc Perrin", email="luc@perrin.example")
    swaps = [
        lambda: update_customer(claire.pk, {"email": "luc@perrin.example"}, by=SETUP),
        lambda: update_customer(luc.pk, {"email": "claire@marchetti.example"}, by=SETUP),
    ]

    results = all_at_once(*swaps, *swaps, *swaps)

    assert [result for result in results if not isinstance(result, Customer | StaleVersion)] == []


def test_of_two_edits_of_one_version_one_is_refused() -> None:
    claire = customer()
    edits = [
        lambda city=city: update_customer(claire.pk, {"city": city}, by=SETUP, expected_version=1)
        for city in ("Lyon", "Paris", "Nice")
    ]

    results = all_at_once(*edits)

    assert sorted(type(result).__name__ for result in results) == [
        "Customer",
        "StaleVersion",
        "StaleVersion",
    ]
    assert Customer.objects.get().version == 2
