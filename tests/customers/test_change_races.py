"""Whoever changes a record while it is merged away hears so; claims end at its survivor.

Each change starts when the merge is done but not committed, so that it cannot see it yet, and
the merge is committed only once the change waits for a lock.
"""

import threading
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers import addresses, consenting, identity, updating
from customers.addresses import add_address
from customers.answering import answer_different
from customers.changing import MergedAway
from customers.consenting import record_consent
from customers.erasure import CannotErase, erase_customer
from customers.identity import Claim, ExternalKey, Identified, find_or_create
from customers.models import Customer, ExternalId, IdentityReview
from customers.undoing import undo_edit
from customers.updating import remove_contact, update_customer
from hub.access import Access
from hub.errors import StaleVersion
from tests.customers.merged import merge
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP
from tests.factories.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
KEY = ExternalKey("Old salon software", "4711")
Change = Callable[[Customer], object]


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678")


@pytest.fixture
def clara() -> Customer:
    made = customer("Clara Roux", email="clara@roux.example", external=KEY)
    find_or_create(
        claim("Clara Roux", email="second@roux.example", hub_id=made.pk),
        at=timezone.now(),
        by=SETUP,
    )
    update_customer(made.pk, {"city": "Lyon"}, by=SETUP)
    return made


def edit(clara: Customer) -> object:
    return update_customer(clara.pk, {"city": "Paris"}, by=SETUP)


def change_address(clara: Customer) -> object:
    return update_customer(clara.pk, {"email": "new@roux.example"}, by=SETUP)


def remove_address(clara: Customer) -> object:
    point = clara.contact_points.get(normalized="second@roux.example")
    return remove_contact(clara.pk, point.pk, by=SETUP)


def consent(clara: Customer) -> object:
    at = timezone.now()
    return record_consent(clara.pk, "email", granted=True, source="Form", at=at, by=SETUP)


def add_further_address(clara: Customer) -> object:
    return add_address(clara.pk, {"kind": "home", "street": "1 rue Royale"}, by=SETUP)


def undo(clara: Customer) -> object:
    key = clara.history.latest().pk
    return undo_edit(clara.pk, key, by=SETUP, expected_version=None)


CHANGES = [edit, change_address, remove_address, consent, add_further_address, undo]


def while_merging(survivor: Customer, absorbed: Customer, act: Change) -> object:
    """Return what ``act`` on the absorbed one came to, begun before the merge could be seen."""
    merged, acted = threading.Event(), threading.Event()

    def take_part(place: int) -> object:
        if place:
            merged.wait(timeout=30)
            try:
                return act(absorbed)
            finally:
                acted.set()
        with transaction.atomic():
            done = merge(survivor, absorbed)
            merged.set()
            _wait_until(lambda: acted.is_set() or _somebody_waits())
        return done

    done, outcome = at_once(2, take_part)
    assert type(done).__name__ == "Merge", done
    return outcome


def _wait_until(condition: Callable[[], bool]) -> None:
    latest = time.monotonic() + 2  # less than anybody waits for a lock
    while not condition() and time.monotonic() < latest:
        time.sleep(0.01)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_record_that_is_merged_away_meanwhile_is_not_changed_id_5(
    claire: Customer, clara: Customer, change: Change
) -> None:
    outcome = while_merging(claire, clara, change)

    assert isinstance(outcome, MergedAway), outcome
    assert outcome.survivor_id == claire.pk
    assert str(outcome) == (
        f"{clara.code} was merged into Claire Marchetti, {claire.code}. Change that one."
    )
    assert clara.history.latest().history_change_reason.startswith("Merged ")


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_without_the_locks_it_would_be_changed(
    claire: Customer, clara: Customer, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the record is read as it was before, and then written."""

    def read(customer_id: UUID, *, allowed: Access) -> Customer:
        return Customer.objects.visible_to(allowed).get(pk=customer_id)

    monkeypatch.setattr(updating.locks, "exclusively", lambda _names: None)  # type: ignore[attr-defined]
    monkeypatch.setattr(updating, "changeable", read)
    monkeypatch.setattr(consenting, "changeable", read)
    monkeypatch.setattr(addresses, "changeable", read)

    outcome = while_merging(claire, clara, change)

    assert not isinstance(outcome, Exception), outcome
    assert clara.history.latest().history_change_reason is None


def test_a_record_that_is_merged_away_meanwhile_is_not_erased(
    claire: Customer, clara: Customer
) -> None:
    def erase(clara: Customer) -> object:
        return erase_customer(clara.pk, reason="Asked on 22 Nov", at=timezone.now(), by=SETUP)

    outcome = while_merging(claire, clara, erase)

    assert isinstance(outcome, CannotErase), outcome
    assert not Customer.objects.exclude(erased_at=None).exists()


def test_an_erasure_leaves_nobody_behind_who_is_merged_in_meanwhile(
    claire: Customer, clara: Customer
) -> None:
    def erase(_clara: Customer) -> object:
        return erase_customer(claire.pk, reason="Asked on 22 Nov", at=timezone.now(), by=SETUP)

    outcome = while_merging(claire, clara, erase)

    assert isinstance(outcome, StaleVersion), outcome
    assert erase(clara) == []
    assert not Customer.objects.filter(erased_at=None).exists()


@pytest.mark.parametrize("way", ["hub_id", "external_id", "email"])
def test_a_claim_that_arrives_during_a_merge_ends_at_the_survivor_id_5(
    claire: Customer, clara: Customer, way: str
) -> None:
    outcome = while_merging(claire, clara, lambda clara: arrive(clara, way))

    assert isinstance(outcome, Identified), outcome
    assert (outcome.customer, outcome.created) == (claire, False)
    assert claire.contact_points.filter(normalized="+33711223344").exists()


@pytest.mark.parametrize("way", ["hub_id", "external_id", "email"])
def test_without_the_locks_it_would_be_added_to_the_absorbed_one(
    claire: Customer, clara: Customer, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the claim finds the record as it was before the merge."""
    monkeypatch.setattr(identity.locks, "exclusively", lambda _names: None)  # type: ignore[attr-defined]

    while_merging(claire, clara, lambda clara: arrive(clara, way))

    assert clara.contact_points.filter(normalized="+33711223344").exists()


def arrive(clara: Customer, way: str) -> Identified:
    ways: dict[str, Claim] = {
        "hub_id": claim("C. Roux", phone="+33711223344", hub_id=clara.pk),
        "external_id": claim("C. Roux", phone="+33711223344", external=KEY),
        "email": claim("C. Roux", phone="+33711223344", email="clara@roux.example"),
    }
    return find_or_create(ways[way], at=timezone.now(), by=SETUP)


def test_a_namesake_that_arrives_during_a_merge_raises_no_question_nobody_sees(
    claire: Customer, clara: Customer
) -> None:
    outcome = while_merging(claire, clara, namesake)

    assert isinstance(outcome, Identified), outcome
    assert (outcome.created, outcome.reviews) == (True, ())


def test_without_the_locks_the_question_would_be_about_the_absorbed_one(
    claire: Customer, clara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: such a question is never shown."""
    monkeypatch.setattr(identity.locks, "exclusively", lambda _names: None)  # type: ignore[attr-defined]

    while_merging(claire, clara, namesake)

    assert IdentityReview.objects.filter(state="open", candidate=clara).exists()


def namesake(_clara: Customer) -> Identified:
    return find_or_create(claim("Clara Roux"), at=timezone.now(), by=SETUP)


def test_an_answer_given_during_a_merge_holds_for_the_survivor(
    claire: Customer, clara: Customer
) -> None:
    zoe = find_or_create(claim("Clara Roux"), at=timezone.now(), by=SETUP)
    review = zoe.reviews[0]

    outcome = while_merging(claire, clara, lambda _: answer_different(review.pk, by=SETUP))

    assert isinstance(outcome, IdentityReview), outcome
    kept = IdentityReview.objects.get(pk=review.pk)
    assert (kept.customer, kept.candidate, kept.state) == (zoe.customer, claire, "different")


def test_the_old_id_of_a_tool_leads_to_the_survivor_long_after_id_5(
    claire: Customer, clara: Customer
) -> None:
    merge(claire, clara)

    by_key = find_or_create(Claim(external=KEY), at=timezone.now(), by=SETUP)
    by_id = find_or_create(Claim(hub_id=clara.pk), at=timezone.now(), by=SETUP)

    assert [by_key.customer, by_id.customer] == [claire, claire]
    assert ExternalId.objects.get().customer == claire
