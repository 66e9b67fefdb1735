"""What a person may ask for, in the browser: a file of everything, and to be forgotten."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.identity import ExternalKey, find_or_create
from customers.models import Customer
from customers.updating import update_customer
from hub.models import Change
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, booked

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Client:
    return signed_in(person("Manager"))


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678")


def test_the_file_holds_everything_known(ada: Client, claire: Customer) -> None:
    twin = customer("C. Marchetti", notes="Twin of Claire")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)
    key = ExternalKey("Old software", "4711")
    find_or_create(
        claim(email="claire@marchetti.example", external=key), at=timezone.now(), by=SETUP
    )
    update_customer(claire.pk, {"city": "Lyon", "time_zone": "Europe/Paris"}, by=SETUP)
    booked(claire, notes="Likes tea")
    invoice = make.issued(customer=claire)

    answer = ada.post(f"/customers/{claire.pk}/export/")

    assert answer.headers["Content-Disposition"] == f'attachment; filename="{claire.code}.json"'
    told: dict[str, Any] = json.loads(answer.content)
    first, second = told["records"]
    assert (first["details"]["city"], first["details"]["time_zone"]) == ("Lyon", "Europe/Paris")
    assert first["external_ids"] == [{"system": "Old software", "value": "4711"}]
    assert [one["tier"] for one in first["recognized"]] == ["none", "email"]
    assert {point["value"] for point in first["contact_points"]} == {
        "claire@marchetti.example",
        "+33612345678",
    }
    assert second["details"]["notes"] == "Twin of Claire"
    assert told["appointments"][0]["notes"] == "Likes tea"
    assert told["invoices"][0]["number"] == invoice.number
    assert "Lyon" in json.dumps(first["edits"])
    assert Change.objects.filter(name="customer.exported", local_id=claire.pk).count() == 1


def test_erasing_asks_for_the_code_and_a_reason(ada: Client, claire: Customer) -> None:
    place = f"/customers/{claire.pk}/erase/"
    page = ada.get(place).content.decode()
    assert "This cannot be undone" in page

    wrong = ada.post(place, {"code": "C-999999", "reason": ""})
    assert wrong.status_code == 422
    assert f"Type {claire.code} to be sure" in wrong.content.decode()

    done = ada.post(place, {"code": claire.code.lower(), "reason": "Asked on Nov 22"}, follow=True)

    assert done.status_code == 200
    html = done.content.decode()
    assert "Erased customer" in html
    assert "marchetti" not in html.lower()
    assert f"/customers/{claire.pk}/edit/" not in html
    assert ada.get(place).status_code == 200
    assert ada.get(f"/customers/{claire.pk}/edit/").status_code in (200, 404)


def test_what_stands_in_the_way_is_said_before_anything_is_asked(
    ada: Client, claire: Customer
) -> None:
    booked(claire, start=MONDAY_9 + timedelta(days=7))

    page = ada.get(f"/customers/{claire.pk}/erase/").content.decode()
    answer = ada.post(f"/customers/{claire.pk}/erase/", {"code": claire.code, "reason": "Asked"})

    assert "still to come" in page
    assert "Erase for good" not in page
    assert answer.status_code == 422
    claire.refresh_from_db()
    assert claire.erased_at is None


@pytest.mark.parametrize(
    ("role", "exports", "erases"),
    [("Front desk", 403, 403), ("Practitioner", 403, 403), ("Billing", 200, 403),
     ("Manager", 200, 200), ("Administrator", 200, 403)],
)  # fmt: skip
def test_a_role_gets_what_it_needs(claire: Customer, role: str, exports: int, erases: int) -> None:
    browser = signed_in(person(role))

    assert browser.post(f"/customers/{claire.pk}/export/").status_code == exports
    assert browser.get(f"/customers/{claire.pk}/erase/").status_code == erases
