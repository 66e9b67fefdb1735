"""Changing a customer: what is written, what is told, and who may."""

from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from customers.identity import Fact, match
from customers.models import ContactPoint, Customer, IdentityReview
from customers.updating import remove_contact, update_customer
from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from hub.models import Business, Change
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678")


def ways(of: Customer) -> list[tuple[str, str, bool]]:
    return list(
        of.contact_points.order_by("kind", "-is_primary").values_list(
            "value", "normalized", "is_primary"
        )
    )


def test_a_change_is_in_the_history_and_in_the_outbox(claire: Customer) -> None:
    ben = person("Front desk")

    changed = update_customer(
        claire.pk,
        {"family_name": "Roux", "city": "Lyon", "time_zone": "Europe/Paris", "language": "fr"},
        by=actor(ben),
        expected_version=1,
    )

    assert (changed.name, changed.search_name, changed.version) == (
        "Claire Roux",
        "roux claire",
        2,
    )
    newest, first = claire.history.order_by("-history_id")
    assert (newest.actor_name, newest.family_name, first.family_name) == (
        "Ben Desk",
        "Roux",
        "Marchetti",
    )
    change = Change.objects.get(name="customer.updated")
    assert (change.local_id, change.version, change.actor_name) == (claire.pk, 2, "Ben Desk")
    assert change.fields == {
        "family_name": [],
        "city": [],
        "time_zone": ["", "Europe/Paris"],
        "language": ["en", "fr"],
    }


def test_equal_values_change_nothing(claire: Customer) -> None:
    update_customer(
        claire.pk,
        {
            "given_name": " Claire ",
            "email": "claire@marchetti.example",
            "phone": "06 12 34 56 78",
            "region": "FR",
            "time_zone": None,
        },
        by=SETUP,
    )

    claire.refresh_from_db()
    assert (claire.version, claire.history.count()) == (1, 1)
    assert not Change.objects.filter(name="customer.updated").exists()


def test_a_new_address_replaces_the_main_one(claire: Customer) -> None:
    changed = update_customer(claire.pk, {"email": "Claire@New.example"}, by=SETUP)

    assert ways(claire) == [
        ("Claire@New.example", "claire@new.example", True),
        ("+33612345678", "+33612345678", True),
    ]
    assert changed.version == 2
    assert Change.objects.get(name="customer.updated").fields == {"email": []}
    assert match(claim(email="claire@marchetti.example")).customer is None
    history = ContactPoint.history.filter(kind="email").order_by("history_id")
    assert list(history.values_list("value", flat=True)) == [
        "claire@marchetti.example",
        "Claire@New.example",
    ]


def test_a_new_address_is_not_verified(claire: Customer) -> None:
    ContactPoint.objects.filter(kind="email").update(verified=True)

    update_customer(claire.pk, {"email": "claire@new.example"}, by=SETUP)

    assert not claire.contact_points.get(kind="email").verified


def test_a_number_is_dialed_from_the_country_of_the_business(claire: Customer) -> None:
    Business.objects.create(name="Atelier Lumen", country="FR")

    update_customer(claire.pk, {"phone": "07 12 34 56 78"}, by=SETUP)

    assert claire.contact_points.get(kind="phone").normalized == "+33712345678"


def test_an_additional_address_can_become_the_main_one(claire: Customer) -> None:
    customer(phone="+33612345678", email="claire@work.example")

    update_customer(claire.pk, {"email": "claire@work.example"}, by=SETUP)

    assert ways(claire)[:2] == [
        ("claire@work.example", "claire@work.example", True),
        ("claire@marchetti.example", "claire@marchetti.example", False),
    ]


def test_empty_text_takes_the_number_away_and_history_keeps_it(claire: Customer) -> None:
    update_customer(claire.pk, {"phone": ""}, by=SETUP)

    assert not claire.contact_points.filter(kind="phone").exists()
    assert ContactPoint.history.filter(kind="phone", history_type="-").count() == 1


def test_the_case_of_an_address_can_be_put_right(claire: Customer) -> None:
    update_customer(claire.pk, {"email": "Claire@Marchetti.example"}, by=SETUP)

    assert ways(claire)[0][:2] == ("Claire@Marchetti.example", "claire@marchetti.example")


def test_an_address_of_somebody_else_becomes_shared_and_is_asked_about(claire: Customer) -> None:
    luc = customer("Luc Perrin", email="luc@perrin.example")

    update_customer(luc.pk, {"email": "claire@marchetti.example"}, by=SETUP)

    assert set(ContactPoint.objects.filter(kind="email").values_list("shared")) == {(True,)}
    review = IdentityReview.objects.get()
    assert (review.customer, review.candidate) == (luc, claire)
    assert review.evidence == [Fact.SAME_EMAIL, Fact.OTHER_GIVEN_NAME]


def test_a_stale_version_changes_nothing(claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Lyon"}, by=SETUP)

    with pytest.raises(StaleVersion):
        update_customer(claire.pk, {"city": "Paris"}, by=SETUP, expected_version=1)

    claire.refresh_from_db()
    assert claire.city == "Lyon"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"given_name": "", "family_name": "  "}, "given_name"),
        ({"email": "nonsense"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"city": "Lyon", "notes": "a\x00"}, "notes"),
        ({"email": "new@marchetti.example", "street": "s" * 161}, "street"),
        ({"phone": "+33712345678", "time_zone": "Nowhere"}, "time_zone"),
    ],
)
def test_nothing_is_saved_by_halves(claire: Customer, values: dict[str, Any], field: str) -> None:
    before = ways(claire)

    with pytest.raises(InvalidInput) as refused:
        update_customer(claire.pk, values, by=SETUP)

    claire.refresh_from_db()
    assert refused.value.field == field
    assert (claire.version, claire.name, claire.city, ways(claire)) == (
        1,
        "Claire Marchetti",
        "",
        before,
    )


def test_an_address_that_is_somebody_elses_can_be_taken_away(claire: Customer) -> None:
    customer(phone="+33612345678", email="wrong@work.example")
    wrong = claire.contact_points.get(normalized="wrong@work.example")

    changed = remove_contact(claire.pk, wrong.pk, by=SETUP)

    assert changed.version == 3
    assert [value for value, _, _ in ways(claire)] == ["claire@marchetti.example", "+33612345678"]
    assert match(claim(email="wrong@work.example")).customer is None
    assert Change.objects.latest("pk").fields == {"email": []}


def test_only_an_own_address_can_be_taken_away(claire: Customer) -> None:
    luc = customer("Luc Perrin")

    with pytest.raises(ObjectDoesNotExist):
        remove_contact(luc.pk, claire.contact_points.first().pk, by=SETUP)  # type: ignore[union-attr]

    assert claire.contact_points.count() == 2


@pytest.mark.parametrize("role", ["Practitioner", "Billing", "Administrator", None])
def test_only_those_who_edit_customers_may_change_one(claire: Customer, role: str | None) -> None:
    with pytest.raises(AccessDenied):
        update_customer(claire.pk, {"city": "Lyon"}, by=actor(person(role)))


def test_the_age_of_a_customer_is_not_the_age_of_its_changes(claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Lyon"}, by=SETUP)

    assert Customer.objects.get().created_at == claire.created_at < timezone.now()
