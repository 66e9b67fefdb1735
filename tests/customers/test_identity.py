"""Who is the same person, who is not, and who has to be asked about."""

from typing import Any

import pytest
from django.utils import timezone

from customers.identity import Claim, Fact, Identified, Tier, find_or_create
from customers.models import ContactPoint, Customer, IdentityReview
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.models import Change
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


def identify(name: str = "Claire Marchetti", **values: Any) -> Identified:
    return find_or_create(claim(name, **values), at=timezone.now(), by=SETUP)


def points(of: Customer) -> list[tuple[str, bool]]:
    return list(of.contact_points.order_by("pk").values_list("normalized", "is_primary"))


def test_a_new_person_becomes_a_customer_with_a_code() -> None:
    at = timezone.now()

    found = find_or_create(
        claim(email=" Claire@Marchetti.example", phone="202 456 1111 x12"), at=at, by=SETUP
    )

    claire = found.customer
    assert (found.created, found.tier, found.reviews) == (True, Tier.NONE, ())
    assert claire.code == f"C-{claire.number:06d}"
    assert (claire.name, claire.search_name, claire.created_at) == (
        "Claire Marchetti",
        "marchetti claire",
        at,
    )
    assert list(
        claire.contact_points.order_by("kind").values_list("value", "normalized", "extension")
    ) == [
        ("Claire@Marchetti.example", "claire@marchetti.example", ""),
        ("202 456 1111 x12", "+12024561111", "12"),
    ]


def test_the_outbox_names_contact_details_without_their_values() -> None:
    claire = customer(email="claire@marchetti.example", phone="+33 6 12 34 56 78", language="fr")

    change = Change.objects.get(name="customer.created", local_id=claire.pk)

    assert change.fields == {
        "given_name": [],
        "family_name": [],
        "language": ["", "fr"],
        "email": [],
        "phone": [],
    }


def test_delivering_one_contact_ten_times_leaves_one_customer() -> None:
    for email, phone in [
        ("claire@marchetti.example", "+33612345678"),
        ("Claire@Marchetti.Example", "06 12 34 56 78"),
        ("CLAIRE@MARCHETTI.EXAMPLE ", "0033 6 12 34 56 78"),
        ("", "+33 (0)6 12-34-56-78"),
        ("claire@marchetti.example", ""),
    ] * 2:
        identify(email=email, phone=phone, region="FR")

    assert Customer.objects.count() == 1
    assert ContactPoint.objects.count() == 2
    assert IdentityReview.objects.count() == 0


def test_a_hundred_namesakes_are_never_linked_but_asked_about() -> None:
    for number in range(100):
        name = f"Anna {chr(97 + number // 10)}{chr(97 + number % 10)}son"
        identify(name)
        assert identify(name).created

    assert Customer.objects.count() == 200
    assert set(IdentityReview.objects.values_list("evidence__0", flat=True)) == {Fact.SAME_NAME}
    assert IdentityReview.objects.count() == 100


def test_a_namesake_with_another_address_is_simply_another_person() -> None:
    customer(email="claire@marchetti.example")

    found = identify(email="other@marchetti.example")

    assert (found.created, found.reviews) == (True, ())


def test_an_address_proved_later_becomes_verified() -> None:
    claire = customer(email="claire@marchetti.example")

    identify(email="claire@marchetti.example", email_verified=True)

    assert claire.contact_points.get().verified
    assert Customer.objects.get().version == 2


def test_a_pair_that_was_told_apart_is_not_asked_about_again() -> None:
    customer()
    first = identify()
    IdentityReview.objects.update(state="different")

    again = find_or_create(Claim(hub_id=first.customer.pk), at=timezone.now(), by=SETUP)

    assert again.reviews == ()
    assert IdentityReview.objects.count() == 1


def test_a_match_that_adds_nothing_changes_nothing() -> None:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")

    identify(email="CLAIRE@marchetti.example", phone="06 12 34 56 78", region="FR")

    assert Customer.objects.get() == claire
    assert Customer.objects.get().version == 1
    assert Change.objects.filter(local_id=claire.pk).count() == 1


def test_a_match_overwrites_nothing() -> None:
    claire = customer(email="claire@marchetti.example", notes="Likes tea")

    identify("C. M.", email="claire@marchetti.example", notes="Other", language="fr")

    claire.refresh_from_db()
    assert (claire.name, claire.notes, claire.language) == ("Claire Marchetti", "Likes tea", "en")


def test_history_says_who_added_the_customer_and_every_contact() -> None:
    ben = person("Front desk")

    found = find_or_create(
        claim(email="claire@marchetti.example"), at=timezone.now(), by=actor(ben)
    )

    assert found.customer.history.get().actor_name == "Ben Desk"
    assert found.customer.contact_points.get().history.get().actor_name == "Ben Desk"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": f"{'a' * 300}@x.example"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "9" * 100_000}, "phone"),
        ({"notes": "n" * 4001}, "notes"),
        ({"notes": "a\x00b"}, "notes"),
        ({"company": "a\u202eb"}, "company"),
        ({"country": "ZZ"}, "country"),
        ({"language": "english"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        identify(**wrong)

    assert refused.value.field == field
    assert Customer.objects.count() == 0


def test_a_customer_needs_a_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_or_create(Claim(email="claire@marchetti.example"), at=timezone.now(), by=SETUP)

    assert refused.value.field == "given_name"


@pytest.mark.parametrize("role", ["Practitioner", "Billing", "Administrator", None])
def test_only_those_who_edit_customers_may_add_one(role: str | None) -> None:
    with pytest.raises(AccessDenied):
        find_or_create(claim(), at=timezone.now(), by=actor(person(role)))

    assert Customer.objects.count() == 0
