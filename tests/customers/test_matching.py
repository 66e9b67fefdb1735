"""The tiers by which a claim finds its customer, and what forbids a link."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from customers.identity import Fact, Identified, Tier, find_or_create, match
from customers.models import ContactPoint, Customer
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db


def identify(name: str = "Claire Marchetti", **values: Any) -> Identified:
    return find_or_create(claim(name, **values), at=timezone.now(), by=SETUP)


def points(of: Customer) -> list[tuple[str, bool]]:
    return list(of.contact_points.order_by("pk").values_list("normalized", "is_primary"))


def test_our_own_id_comes_before_an_address_that_changed() -> None:
    claire = customer(email="claire@marchetti.example")

    found = identify(hub_id=claire.pk, email="claire@new.example")

    assert (found.customer, found.tier) == (claire, Tier.HUB_ID)
    assert points(claire) == [("claire@marchetti.example", True), ("claire@new.example", False)]


def test_an_unknown_hub_id_leaves_the_address_to_decide() -> None:
    claire = customer(email="claire@marchetti.example")

    found = match(claim(hub_id=uuid4(), email="claire@marchetti.example"))

    assert (found.customer, found.tier) == (claire, Tier.EMAIL)


def test_our_own_id_with_the_verified_address_of_somebody_else_is_a_question() -> None:
    claire = customer(email="claire@marchetti.example", email_verified=True)
    luc = customer("Luc Perrin", email="luc@perrin.example")

    found = identify("Luc Perrin", hub_id=luc.pk, email="claire@marchetti.example")

    assert found.created
    assert {review.candidate: review.evidence for review in found.reviews} == {
        luc: [Fact.SAME_ID, Fact.SAME_NAME, Fact.OTHER_EMAIL],
        claire: [Fact.SAME_EMAIL, Fact.OTHER_GIVEN_NAME],
    }


def test_a_verified_address_links_whatever_the_given_name() -> None:
    claire = customer(email="claire@marchetti.example", email_verified=True)

    found = match(claim("Bob Marchetti", email="claire@marchetti.example", email_verified=True))

    assert (found.customer, found.tier) == (claire, Tier.VERIFIED_EMAIL)


def test_an_address_that_only_we_verified_still_looks_at_the_given_name() -> None:
    claire = customer(email="family@marchetti.example", email_verified=True)

    found = identify("Luc Marchetti", email="family@marchetti.example")

    assert found.created
    assert [review.evidence for review in found.reviews] == [
        [Fact.SAME_EMAIL, Fact.OTHER_GIVEN_NAME]
    ]
    assert set(ContactPoint.objects.values_list("customer", "shared")) == {
        (claire.pk, True),
        (found.customer.pk, True),
    }


def test_the_earlier_tier_wins_and_the_other_customer_is_asked_about() -> None:
    claire = customer(email="claire@marchetti.example")
    clara = customer("Clara Marchetti", phone="+33612345678")

    found = identify(email="claire@marchetti.example", phone="+33612345678")

    assert (found.customer, found.tier, found.created) == (claire, Tier.EMAIL, False)
    assert [(review.candidate, review.evidence) for review in found.reviews] == [
        (clara, [Fact.SAME_PHONE, Fact.OTHER_GIVEN_NAME])
    ]
    assert set(
        ContactPoint.objects.filter(kind="phone").values_list("customer__given_name", "shared")
    ) == {("Claire", True), ("Clara", True)}


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("Claire Marchetti", True),
        ("C. Marchetti", True),
        ("claire MARCHETTI-ROUX", True),
        ("Clare Marchetti", True),
        ("Claire Anne Marchetti", True),
        ("Marchetti", True),
        ("Luc Marchetti", False),
        ("Chloé Marchetti", False),
        ("Clare Roux", False),
        ("Claire Roux", True),
    ],
)
def test_a_phone_links_unless_the_given_name_is_clearly_another(name: str, *, links: bool) -> None:
    customer(phone="+33612345678")

    assert (match(claim(name, phone="+33612345678")).customer is not None) is links


def test_a_phone_does_not_link_to_somebody_with_another_verified_address() -> None:
    claire = customer(email="claire@marchetti.example", email_verified=True, phone="+33612345678")

    found = identify(email="claire@other.example", phone="+33612345678")

    assert found.created
    assert [(review.candidate, review.evidence) for review in found.reviews] == [
        (claire, [Fact.SAME_PHONE, Fact.SAME_NAME, Fact.OTHER_EMAIL])
    ]


def test_another_tax_id_forbids_every_link() -> None:
    customer(email="claire@marchetti.example", tax_id="FR83 404 833 048")

    same = match(claim(email="claire@marchetti.example", tax_id="FR83404833048"))
    other = match(claim(email="claire@marchetti.example", tax_id="FR11111111111"))

    assert same.tier is Tier.EMAIL
    assert (other.tier, other.customer) == (Tier.NONE, None)


def test_an_extension_makes_another_number() -> None:
    customer(phone="+1 202 456 1111 x12")

    assert match(claim(phone="+1 202 456 1111 ext. 12")).tier is Tier.PHONE
    assert match(claim(phone="+1 202 456 1111")).tier is Tier.NONE
    assert match(claim(phone="+1 202 456 1111 x13")).tier is Tier.NONE


def test_a_shared_number_links_nobody_and_asks_only_about_the_same_name() -> None:
    claire = customer(phone="+33612345678")
    luc = customer("Luc Marchetti", phone="+33612345678")

    third, claire_again = (
        identify("Nora Marchetti", phone="+33612345678"),
        identify(phone="+33612345678"),
    )

    assert (third.created, third.reviews) == (True, ())
    assert claire_again.created
    assert [review.candidate for review in claire_again.reviews] == [claire]
    assert luc.contact_points.get().shared


def test_an_address_of_many_never_links() -> None:
    one = customer(email="info@salon.example")

    found = identify("Luc Perrin", email="info@salon.example")

    assert (found.created, found.reviews) == (True, ())
    assert one.contact_points.get().shared


def test_additional_addresses_are_searched_too() -> None:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")
    identify(phone="+33612345678", email="claire@work.example")

    assert match(claim(email="claire@work.example")).customer == claire


def test_a_merged_customer_stands_for_its_survivor() -> None:
    claire, twin = customer(email="claire@marchetti.example"), customer(email="c@work.example")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)

    by_address = match(claim(email="c@work.example"))
    by_id = match(claim(hub_id=twin.pk))

    assert (by_address.customer, by_id.customer) == (claire, claire)
