"""Further postal addresses: added, changed, taken away, told and handed out."""

from datetime import UTC
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.addresses import MOST, add_address, change_address, remove_address
from customers.dossier import dossier_of
from customers.edits import edits_of
from customers.models import Customer, PostalAddress
from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion
from hub.models import Change
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db
WORK = {"kind": "work", "street": "1 rue Royale", "postal_code": "75008", "city": "Paris"}
HOME = {"kind": "home", "street": "5 place Bellecour", "city": "Lyon", "country": "FR"}

MAIN = {
    "street": "8 quai Saint-Antoine",
    "postal_code": "69002",
    "city": "Lyon",
    "country": "FR",
}


def by(number: int) -> Actor:
    """Each act has a request of its own, as it would over HTTP."""
    return Actor(SETUP.kind, SETUP.id, SETUP.name, SETUP.source, f"request-{number}")


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", by=by(0), **MAIN)


@pytest.fixture
def clara() -> Customer:
    return customer("Clara Roux", email="clara@roux.example", by=by(0))


def held(of: Customer) -> list[tuple[str, str]]:
    found = PostalAddress.objects.filter(customer=of).order_by("created_at", "pk")
    return [(address.kind, str(address)) for address in found]


def told(of: Customer) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (edit.title, [(change.label, change.before, change.after) for change in edit.changes])
        for edit in edits_of(of, zone=UTC)
    ]


def test_an_address_is_added_beside_the_main_one_and_announced_without_its_words(
    claire: Customer,
) -> None:
    address = add_address(claire.pk, WORK | {"label": " Second  floor"}, by=by(1))

    claire.refresh_from_db()
    assert held(claire) == [("work", "1 rue Royale, 75008 Paris")]
    assert (address.label, claire.version, claire.street) == (
        "Second  floor",
        2,
        "8 quai Saint-Antoine",
    )
    change = Change.objects.get(name="customer.updated")
    assert (change.local_id, change.version, change.fields) == (claire.pk, 2, {"addresses": []})


def test_changing_writes_only_what_is_given_and_equal_values_change_nothing(
    claire: Customer,
) -> None:
    address = add_address(claire.pk, WORK, by=by(1))

    change_address(claire.pk, address.pk, {"kind": "billing", "city": "Nice"}, by=by(2))
    change_address(claire.pk, address.pk, {"city": "Nice"}, by=by(3))

    assert held(claire) == [("billing", "1 rue Royale, 75008 Nice")]
    claire.refresh_from_db()
    assert claire.version == 3
    assert Change.objects.filter(name="customer.updated").count() == 2


def test_an_address_is_taken_away_and_the_history_keeps_it(claire: Customer) -> None:
    address = add_address(claire.pk, WORK, by=by(1))

    left = remove_address(claire.pk, address.pk, by=by(2))

    assert (held(claire), left.version) == ([], 3)
    assert told(claire)[:2] == [
        ("Work address removed", [("Work address", "1 rue Royale, 75008 Paris", "")]),
        ("Work address added", [("Work address", "", "1 rue Royale, 75008 Paris")]),
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "castle"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"street": "", "postal_code": "", "city": "", "country": "FR"}, "street"),
        ({"street": "x" * 161}, "street"),
        ({"label": "x" * 61}, "label"),
        ({"city": "a\x00b"}, "city"),
        ({"country": "France"}, "country"),
        (HOME | {"street": "5 PLACE  Bellecour", "city": "lyon", "postal_code": ""}, "street"),
        (MAIN | {"street": "8 Quai Saint-Antoine"}, "street"),
    ],
)
def test_what_cannot_be_an_address_is_refused_at_its_field(
    claire: Customer, values: dict[str, str], field: str
) -> None:
    add_address(claire.pk, HOME, by=by(1))
    work = add_address(claire.pk, WORK, by=by(2))

    with pytest.raises(InvalidInput) as adding:
        add_address(claire.pk, WORK | {"street": "2 rue Royale"} | values, by=by(3))
    with pytest.raises(InvalidInput) as changing:
        change_address(claire.pk, work.pk, values, by=by(3))

    assert (adding.value.field, changing.value.field) == (field, field)
    assert len(held(claire)) == 2


def test_the_database_takes_no_address_twice_and_none_without_a_place(claire: Customer) -> None:
    for values in (WORK, WORK, {"kind": "home", "country": "FR"}):
        rows = PostalAddress.objects.filter(customer=claire)
        if values is WORK and not rows.exists():
            add_address(claire.pk, values, by=by(1))
            continue
        with pytest.raises(IntegrityError), transaction.atomic():
            PostalAddress.objects.bulk_create([PostalAddress(customer=claire, **values)])


def test_a_customer_has_so_many_addresses_and_no_more(claire: Customer) -> None:
    for number in range(MOST):
        add_address(claire.pk, {"kind": "home", "street": f"{number} Street"}, by=by(1))

    with pytest.raises(InvalidInput, match="at most 20"):
        add_address(claire.pk, WORK, by=by(1))


def test_who_may_change_customers_may_change_addresses_and_sees_the_newest_version(
    claire: Customer, clara: Customer
) -> None:
    address = add_address(claire.pk, WORK, by=actor(person("Front desk")))

    billing = actor(person("Billing"))
    acts: list[Any] = [
        lambda **given: add_address(claire.pk, HOME, **given),
        lambda **given: change_address(claire.pk, address.pk, HOME, **given),
        lambda **given: remove_address(claire.pk, address.pk, **given),
    ]
    for act in acts:
        with pytest.raises(AccessDenied):
            act(by=billing)
        with pytest.raises(StaleVersion):
            act(by=by(1), expected_version=1)
    with pytest.raises(PostalAddress.DoesNotExist):
        change_address(clara.pk, address.pk, HOME, by=by(1))
    with pytest.raises(PostalAddress.DoesNotExist):
        remove_address(clara.pk, address.pk, by=by(1))
    assert held(claire) == [("work", "1 rue Royale, 75008 Paris")]


def test_a_change_is_told_as_before_and_after(claire: Customer) -> None:
    address = add_address(claire.pk, WORK, by=by(1))

    change_address(claire.pk, address.pk, {"kind": "visit", "label": "Back door"}, by=by(2))

    assert told(claire)[0] == (
        "Address we come to and kind of address changed",
        [
            (
                "Address we come to",
                "1 rue Royale, 75008 Paris",
                "Back door: 1 rue Royale, 75008 Paris",
            ),
            ("Kind of address", "Work address", "Address we come to"),
        ],
    )


def test_everything_known_holds_the_addresses_too(claire: Customer) -> None:
    add_address(claire.pk, WORK | {"label": "Second floor"}, by=by(1))

    [record] = dossier_of(claire.pk, by=SETUP)["records"]

    assert record["further_addresses"] == [
        WORK | {"label": "Second floor", "country": ""},
    ]
