"""What anybody may have typed: it finds by the address alone, and changes nobody who is known."""

from typing import Any

import pytest
from django.utils import timezone

from customers.erasure import erase_customer
from customers.identity import Claim, Identified, Tier, find_or_create
from customers.models import ContactPoint, Customer, IdentityReview
from hub.access import AccessDenied
from hub.actors import Actor
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
MAIL, NUMBER = "ada@winter.example", "+49 40 5550100"


def found(**said: Any) -> Identified:
    claim = Claim(region="DE", is_unproven=True, **said)
    return find_or_create(claim, at=timezone.now(), by=Actor.visitor())


def points(of: Customer) -> list[tuple[str, bool]]:
    rows = ContactPoint.objects.filter(customer=of).order_by("normalized")
    return [(row.normalized, row.shared) for row in rows]


@pytest.fixture
def ada() -> Customer:
    return customer("Ada Winter", email=MAIL)


def test_the_address_finds_and_nothing_is_added(ada: Customer) -> None:
    one = found(given_name="Ada", family_name="Sommer", email=MAIL, phone=NUMBER)

    assert (one.customer, one.tier, one.created) == (ada, Tier.EMAIL, False)
    ada.refresh_from_db()
    assert (ada.name, ada.version) == ("Ada Winter", 1)
    assert points(ada) == [(MAIL, False)]


def test_a_number_alone_finds_nobody_and_gets_no_address_into_a_record() -> None:
    known = customer("Ada Winter", phone=NUMBER)

    one = found(given_name="Ada", family_name="Winter", email="eve@evil.example", phone=NUMBER)

    assert one.created
    assert points(known) == [("+49405550100", False)]
    assert points(one.customer) == [("+49405550100", True), ("eve@evil.example", False)]
    assert IdentityReview.objects.get().candidate == known


def test_somebody_else_with_the_address_is_new_and_marks_nothing_there(ada: Customer) -> None:
    one = found(given_name="Bruno", family_name="Winter", email=MAIL)

    assert one.created
    assert points(ada) == [(MAIL, False)]
    assert points(one.customer) == [(MAIL, True)]
    assert found(given_name="Ada", family_name="Winter", email=MAIL).customer == ada


def test_whoever_is_new_has_all_that_was_typed() -> None:
    one = found(given_name="Ada", family_name="Winter", email=MAIL, phone=NUMBER)

    assert one.created
    assert points(one.customer) == [("+49405550100", False), (MAIL, False)]


def test_a_visitor_may_do_nothing_else_to_customers(ada: Customer) -> None:
    with pytest.raises(AccessDenied):
        erase_customer(ada.pk, reason="Mine", at=timezone.now(), by=Actor.visitor())
