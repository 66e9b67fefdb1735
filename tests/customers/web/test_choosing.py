"""What the booking panel asks about customers."""

import pytest
from django.test import Client

from customers.models import Customer
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import person

pytestmark = pytest.mark.django_db
OPTIONS, QUICK = "/customers/options/", "/customers/quick/"


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


def test_typing_offers_customers(ben: Client) -> None:
    claire = customer(email="claire@marchetti.example", phone="+33612345678")
    customer("Luc Perrin")

    answer = ben.get(OPTIONS, {"q": "marche"}).json()

    assert answer == {
        "results": [
            {
                "id": str(claire.pk),
                "name": "Claire Marchetti",
                "code": claire.code,
                "detail": f"{claire.code} · claire@marchetti.example · +33 6 12 34 56 78",
                "email": "claire@marchetti.example",
                "phone": "+33 6 12 34 56 78",
                "url": claire.get_absolute_url(),
            }
        ]
    }


@pytest.mark.parametrize("text", ["", " ", "\x00", "zorro", "x" * 5000, "%"])
def test_strange_text_offers_nobody(ben: Client, text: str) -> None:
    assert ben.get(OPTIONS, {"q": text}).json() == {"results": []}


def test_at_most_eight_are_offered(ben: Client) -> None:
    for letter in "abcdefghij":
        customer(f"Anna Same{letter}")

    assert len(ben.get(OPTIONS, {"q": "same"}).json()["results"]) == 8


def test_a_new_customer_is_added_in_passing(ben: Client) -> None:
    response = ben.post(QUICK, {"name": "Claire Anne Marchetti", "phone": "(202) 456-1111"})

    claire = Customer.objects.get()
    told = response.json()
    assert response.status_code == 201
    assert (told["id"], told["created"], told["matched"], told["tier"]) == (
        str(claire.pk),
        True,
        False,
        "none",
    )
    assert told["note"] == f"Claire Anne Marchetti was added as {claire.code}."
    assert (claire.given_name, claire.family_name) == ("Claire Anne", "Marchetti")


def test_a_known_customer_is_recognized(ben: Client) -> None:
    claire = customer(email="claire@marchetti.example")

    response = ben.post(
        QUICK,
        {"given_name": "Claire", "family_name": "M", "email": "Claire@marchetti.example"},
    )

    told = response.json()
    assert response.status_code == 200
    assert (told["id"], told["matched"], told["tier"]) == (str(claire.pk), True, "email")
    assert told["note"] == f"This is Claire Marchetti, {claire.code} — matched by e-mail."


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({}, "#/given_name"),
        ({"name": "  "}, "#/given_name"),
        ({"email": "claire@marchetti.example"}, "#/given_name"),
        ({"given_name": "Claire", "email": "nonsense"}, "#/email"),
        ({"name": "Claire M", "phone": "9" * 5000}, "#/phone"),
        ({"name": "a\x00b"}, "#/name"),
        ({"name": "Claire \u202eM"}, "#/family_name"),
        ({"name": "x" * 200}, "#/name"),
        ({"name": "x" * 100 + " M"}, "#/given_name"),
    ],
)
def test_a_fault_is_answered_as_problem_details(
    ben: Client, values: dict[str, str], pointer: str
) -> None:
    response = ben.post(QUICK, values)

    told = response.json()
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    assert pointer in [error["pointer"] for error in told["errors"]]
    assert told["detail"]
    assert Customer.objects.count() == 0
