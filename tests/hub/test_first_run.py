"""A new installation: one page, once."""

from typing import Any

import pytest
from django.test import Client

from customers.details import countries
from hub.accounts.models import User
from hub.models import Business
from hub.web import first_run
from hub.web.forms import FirstRunForm
from tests.factories.people import person

pytestmark = pytest.mark.django_db
FORM = {
    "business": "Marchetti Salons",
    "time_zone": "Europe/Paris",
    "country": "FR",
    "name": "Ida Admin",
    "email": "ida@hub.example",
    "password": "correct horse battery",
}


@pytest.fixture(autouse=True)
def _new_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_run, "_known_to_be_set_up", False)


def test_a_business_is_in_a_country_that_customers_can_be_in_too() -> None:
    offered = dict(FirstRunForm().fields["country"].choices)  # type: ignore[attr-defined]

    assert offered == dict(countries())
    assert "QO" not in offered  # what the CLDR calls outlying Oceania


def test_every_page_leads_there_while_there_is_nobody() -> None:
    answers = [Client().get(url) for url in ("/", "/customers/", "/accounts/login/", "/nowhere/")]

    assert {answer["Location"] for answer in answers} == {"/first-run/"}


@pytest.mark.parametrize("url", ["/healthz", "/readyz", "/first-run/"])
def test_checks_and_the_page_itself_are_open(url: str) -> None:
    assert Client().get(url).status_code == 200


def test_the_api_has_nobody_to_talk_to() -> None:
    assert Client().get("/api/v1/nowhere").status_code == 404


def test_it_makes_the_business_and_signs_its_administrator_in() -> None:
    browser = Client()

    made = browser.post("/first-run/", FORM)

    assert (made.status_code, made["Location"]) == (302, "/")
    assert Business.objects.get().name == "Marchetti Salons"
    assert b"Ida Admin" in browser.get("/settings/people/").content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("business", ""),
        ("business", "x" * 121),
        ("time_zone", "Mars/Olympus"),
        ("country", "ZZ"),
        ("name", "a\x00b"),
        ("email", "nobody"),
        ("password", "short"),
        ("password", "password1234"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(field: str, value: Any) -> None:
    answer = Client().post("/first-run/", FORM | {field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not User.objects.exists()
    assert not Business.objects.exists()


def test_it_is_closed_as_soon_as_there_is_somebody() -> None:
    person("Administrator")

    shown, posted = Client().get("/first-run/"), Client().post("/first-run/", FORM)

    assert (shown.status_code, posted.status_code) == (302, 302)
    assert User.objects.count() == 1
