"""ID-2 of the requirements: in which order a claim is matched, and what forbids a link."""

from typing import Any

import pytest
from django.utils import timezone

from customers.identity import ExternalKey, Fact, Identified, find_or_create
from customers.models import Customer, Recognition
from tests.factories.customers import claim
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
KEY = ExternalKey("Old salon software", "4711")
EMAIL, PHONE = "claire@marchetti.example", "+33612345678"


def identify(name: str = "Claire Marchetti", **values: Any) -> Identified:
    return find_or_create(claim(name, **values), at=timezone.now(), by=SETUP)


@pytest.fixture
def four() -> dict[str, Customer]:
    """Four people; each is known by one of the four tiers that a claim about all of them has."""
    return {
        "external_id": identify("Ann Roux", external=KEY, email="ann@roux.example").customer,
        "hub_id": identify("Bea Roux", email="bea@roux.example").customer,
        "email": identify("Cleo Roux", email="cleo@roux.example").customer,
        "phone": identify("Dora Roux", phone=PHONE).customer,
    }


@pytest.mark.parametrize("place", range(4))
def test_external_id_then_hub_id_then_email_then_phone_id_2(
    four: dict[str, Customer], place: int
) -> None:
    """ID-2: a later tier never overrides an earlier one that hits exactly one customer."""
    tiers = list(four)
    said: dict[str, dict[str, Any]] = {
        "external_id": {"external": KEY},
        "hub_id": {"hub_id": four["hub_id"].pk},
        "email": {"email": "cleo@roux.example"},
        "phone": {"phone": PHONE},
    }
    values = {name: value for tier in tiers[place:] for name, value in said[tier].items()}

    found = identify(f"{four[tiers[place]].given_name} Roux", **values)

    assert (found.customer, found.tier) == (four[tiers[place]], tiers[place])
    kept = Recognition.objects.order_by("pk").last()
    assert kept is not None
    assert (kept.customer, kept.tier) == (found.customer, tiers[place])
    assert kept.evidence == [str(fact) for fact in found.evidence]
    assert kept.evidence != []


@pytest.mark.parametrize("tier", ["external_id", "hub_id"])
def test_another_persons_verified_email_opens_a_review_instead_of_a_link_id_2(tier: str) -> None:
    """ID-2: what is proved of somebody else contradicts even an id."""
    claire = identify(external=KEY, phone=PHONE).customer
    luc = identify("Luc Perrin", email="luc@perrin.example", email_verified=True).customer
    ways: dict[str, dict[str, Any]] = {
        "external_id": {"external": KEY},
        "hub_id": {"hub_id": claire.pk},
    }

    found = identify(email="luc@perrin.example", **ways[tier])

    assert found.created
    assert {review.candidate for review in found.reviews} == {claire, luc}
    about_claire = next(review for review in found.reviews if review.candidate == claire)
    assert Fact.OTHER_EMAIL in about_claire.evidence


@pytest.mark.parametrize("tier", ["external_id", "hub_id", "verified_email", "email", "phone"])
def test_another_tax_id_opens_a_review_instead_of_a_link_id_2(tier: str) -> None:
    claire = identify(external=KEY, email=EMAIL, phone=PHONE, email_verified=True, tax_id="FR1")
    said = by_tier(claire.customer)[tier]

    found = identify(tax_id="FR2", **said)

    assert found.created
    assert [review.candidate for review in found.reviews] == [claire.customer]
    assert Fact.OTHER_TAX_ID in found.reviews[0].evidence


@pytest.mark.parametrize("tier", ["email", "phone"])
def test_another_given_name_opens_a_review_instead_of_a_link_id_2(tier: str) -> None:
    """ID-2: families share addresses and phones; an id or a proved address they do not."""
    claire = identify(external=KEY, email=EMAIL, phone=PHONE)
    said = by_tier(claire.customer)

    found = identify("Paul Marchetti", **said[tier])
    by_id = identify("Paul Marchetti", **said["external_id"])

    assert found.created
    assert [review.candidate for review in found.reviews] == [claire.customer]
    assert Fact.OTHER_GIVEN_NAME in found.reviews[0].evidence
    assert by_id.customer == claire.customer


def by_tier(known: Customer) -> dict[str, dict[str, Any]]:
    return {
        "external_id": {"external": KEY},
        "hub_id": {"hub_id": known.pk},
        "verified_email": {"email": EMAIL, "email_verified": True},
        "email": {"email": EMAIL},
        "phone": {"phone": PHONE},
    }
