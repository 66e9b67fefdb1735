"""What the command palette finds, and for whom."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.billing import issued
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import booked, client

pytestmark = pytest.mark.django_db


def found(browser: Client, text: str) -> str:
    return browser.get("/search/", {"q": text}).content.decode()


def test_people_appointments_and_invoices_are_found_by_name_and_number() -> None:
    visit = booked(customer=client("Mara Winter"))
    invoice = issued("49.00", customer=visit.customer)
    ada = signed_in(person("Manager"))

    assert f"/customers/{visit.customer_id}/" in found(ada, "mara")
    assert f"/invoices/{invoice.pk}/" in found(ada, invoice.number)
    assert f"/appointments/{visit.pk}/" in found(ada, f"A-{visit.number}")


def test_the_front_desk_finds_whose_invoice_it_is_and_not_the_invoice() -> None:
    invoice = issued("49.00")

    shown = found(signed_in(person("Front desk")), invoice.number)

    assert f"/customers/{invoice.customer_id}/" in shown
    assert f"/invoices/{invoice.pk}/" not in shown


def test_a_practitioner_finds_nobody_elses_customer() -> None:
    booked(customer=client("Mara Winter"))

    assert "Mara" not in found(signed_in(person("Practitioner")), "mara")


@pytest.mark.parametrize("text", ["", "   ", "nobody at all", "%", "_", "\\", "'", "x" * 5000])
def test_nothing_is_answered_with_nothing(text: str) -> None:
    answer = signed_in(person("Manager")).get("/search/", {"q": text})

    assert (answer.status_code, answer.content.strip()) == (200, b"")


def test_nul_is_refused_in_words() -> None:
    answer = signed_in(person("Manager")).get(
        "/search/", {"q": "a\x00b"}, headers={"Accept": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_markup_in_a_name_stays_text() -> None:
    client("<script>alert(1)</script> Winter")

    page = found(signed_in(person("Manager")), "winter")

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_search_costs_the_same_for_one_and_for_three(django_assert_num_queries: Any) -> None:
    ada = signed_in(person("Manager"))
    client("Mara Winter")
    found(ada, "winter")
    with CaptureQueriesContext(connection) as counted:
        found(ada, "winter")
    client("Maya Winter")
    client("Mona Winter")
    with django_assert_num_queries(len(counted)):
        found(ada, "winter")
