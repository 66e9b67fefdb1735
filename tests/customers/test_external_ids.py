"""The id of another tool comes first, and how everybody was recognized is kept."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from customers.identity import ExternalKey, Fact, Identified, Tier, find_or_create, match
from customers.models import Customer, ExternalId, IdentityReview, Recognition
from hub.errors import InvalidInput
from tests.factories.customers import claim
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
KEY = ExternalKey("Old salon software", "4711")


def identify(name: str = "Claire Marchetti", **values: Any) -> Identified:
    return find_or_create(claim(name, **values), at=timezone.now(), by=SETUP)


def test_an_external_id_beats_an_address_that_changed_id_2() -> None:
    first = identify(external=KEY, email="claire@old.example")

    again = identify(external=KEY, email="claire@new.example")

    assert (again.customer, again.tier, again.created) == (
        first.customer,
        Tier.EXTERNAL_ID,
        False,
    )
    assert again.customer.contact_points.count() == 2


def test_an_external_id_and_an_address_of_somebody_else_are_a_question() -> None:
    claire = identify(external=KEY, email="claire@marchetti.example").customer
    luc = identify("Luc Perrin", email="luc@perrin.example").customer

    found = identify(external=KEY, email="luc@perrin.example")

    assert found.customer == claire
    assert IdentityReview.objects.get().candidate == luc


@pytest.mark.parametrize(
    ("values", "fact"),
    [
        ({"tax_id": "FR2"}, Fact.OTHER_TAX_ID),
        ({"birth_date": date(1990, 2, 28)}, Fact.OTHER_BIRTH_DATE),
    ],
)
def test_a_contradiction_forbids_even_the_strongest_tier(
    values: dict[str, Any], fact: Fact
) -> None:
    born = date(1980, 2, 29)
    claire = identify(external=KEY, tax_id="FR1", birth_date=born).customer

    found = match(claim(external=KEY, **values))

    assert found.customer is None
    assert fact in found.evidence[claire.pk]


def test_the_same_contact_ten_times_is_one_customer_id_4() -> None:
    spellings: list[dict[str, Any]] = [
        {"external": KEY},
        {"email": "CLAIRE@marchetti.example"},
        {"phone": "06 12 34 56 78", "region": "FR"},
        {"phone": "+33 612345678"},
        {"email": "claire@Marchetti.Example", "external": KEY},
    ]
    identify(external=KEY, email="claire@marchetti.example", phone="+33612345678")

    for spelling in spellings * 2:
        identify(**spelling)

    assert Customer.objects.count() == 1
    assert ExternalId.objects.count() == 1


def test_tier_and_evidence_of_each_arrival_are_kept_id_2() -> None:
    identify(external=KEY, email="claire@marchetti.example")
    identify(email="claire@marchetti.example")

    kept = Recognition.objects.order_by("pk").values_list("tier", "evidence", "source")

    assert list(kept) == [
        ("none", [], "import"),
        ("email", ["same_email", "same_name"], "import"),
    ]


@pytest.mark.parametrize(
    "key", [ExternalKey("", "1"), ExternalKey("x", " "), ExternalKey("x", "\0")]
)
def test_half_an_external_id_is_refused(key: ExternalKey) -> None:
    with pytest.raises(InvalidInput):
        identify(external=key)
    assert not Customer.objects.exists()
