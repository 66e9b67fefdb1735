"""Who may open which page about customers: over HTTP, with real sessions."""

from datetime import timedelta

import pytest
from django.test import Client

from customers.models import Customer
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, staff

pytestmark = pytest.mark.django_db
SEES = {"Front desk", "Practitioner", "Billing", "Manager", "Administrator"}
SEES_ALL = SEES - {"Practitioner"}
EDITS = {"Front desk", "Manager"}
ROLES = ["Front desk", "Practitioner", "Billing", "Manager", "Administrator", None]
# Address, method, who may: the others get the second status.
MATRIX = [
    ("/customers/", "get", SEES, 403),
    ("/customers/options/?q=marchetti", "get", SEES, 403),
    ("/customers/{id}/", "get", SEES_ALL, 404),
    ("/customers/new/", "get", EDITS, 403),
    ("/customers/new/", "post", EDITS, 403),
    ("/customers/quick/", "post", EDITS, 403),
    ("/customers/{id}/edit/", "get", EDITS, 403),
    ("/customers/{id}/edit/", "post", EDITS, 403),
    ("/customers/{id}/contacts/{point}/remove/", "post", EDITS, 403),
]


def address(url: str, claire: Customer) -> str:
    return url.format(id=claire.pk, point=claire.contact_points.get().pk)


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("url", "method", "allowed", "refusal"), MATRIX)
def test_a_role_opens_what_it_may(
    claire: Customer, url: str, method: str, allowed: set[str], refusal: int, role: str | None
) -> None:
    browser = signed_in(person(role))

    response = getattr(browser, method)(address(url, claire))

    if role in allowed:
        assert response.status_code in (200, 302, 422)
    else:
        assert response.status_code == (403 if role is None else refusal)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(("url", "method", "_allowed", "_refusal"), MATRIX)
def test_a_stranger_is_sent_to_the_sign_in(
    client: Client, claire: Customer, url: str, method: str, _allowed: object, _refusal: object
) -> None:
    person("Manager")  # else the hub is new, and everybody is sent to its first page
    response = getattr(client, method)(address(url, claire))

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("url", ["/customers/", "/customers/options/?q=marchetti"])
def test_a_practitioner_does_not_find_the_customers_of_others(claire: Customer, url: str) -> None:
    html = signed_in(person("Practitioner")).get(url).content.decode()

    assert claire.code not in html


def test_a_practitioner_opens_exactly_the_own_customers(claire: Customer) -> None:
    paula = person("Practitioner")
    own, other = customer("Luc Perrin"), claire
    working = staff("Paula Practice", user=paula)
    booked(own, staff=working)
    booked(own, staff=working, start=MONDAY_9 + timedelta(days=1))
    booked(other)
    browser = signed_in(paula)

    html = browser.get("/customers/").content.decode()

    assert html.count(own.code) == 1
    assert other.code not in html
    assert browser.get(own.get_absolute_url()).status_code == 200
    assert browser.get(other.get_absolute_url()).status_code == 404
    assert browser.get("/customers/options/?q=perrin").json()["results"][0]["id"] == str(own.pk)


def test_a_question_about_a_hidden_customer_is_not_shown(claire: Customer) -> None:
    paula = person("Practitioner")
    own = customer("Luc Perrin", email="claire@marchetti.example")
    booked(own, staff=staff("Paula Practice", user=paula))

    html = signed_in(paula).get(own.get_absolute_url()).content.decode()

    assert claire.code not in html


def test_a_post_needs_the_token(claire: Customer) -> None:
    browser = signed_in(person("Front desk"))
    browser.handler.enforce_csrf_checks = True

    for url in ("/customers/new/", "/customers/quick/", f"{claire.get_absolute_url()}edit/"):
        assert browser.post(url, {"given_name": "X", "language": "en"}).status_code == 403
    assert Customer.objects.count() == 1
