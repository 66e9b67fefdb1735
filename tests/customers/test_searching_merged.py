"""Whatever a record was called before it was merged leads to its survivor, wherever one looks."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.identity import ExternalKey
from customers.models import Customer
from customers.suggesting import suggest
from customers.updating import update_customer
from hub.access import EVERYTHING
from syncs.models import Link
from tests.customers.merged import merge, undo
from tests.factories.billing import issued
from tests.factories.clients import ApiClient, api_key, signed_in
from tests.factories.customers import customer, offered
from tests.factories.people import SETUP, person
from tests.factories.syncs import make_account

pytestmark = pytest.mark.django_db
EMAIL, PHONE = "clara@roux.example", "+33 7 11 22 33 44"
URL = "/api/v1/customers"


@pytest.fixture
def claire() -> Customer:
    customer("Luc Perrin", email="luc@perrin.example", phone="+33 7 55 66 77 88")
    return customer(email="claire@marchetti.example", phone="+33612345678")


@pytest.fixture
def clara() -> Customer:
    """Claire under another name, known to the CRM and the old software, with an invoice."""
    key = ExternalKey("Old salon software", "K-0815")
    made = customer("Clara Roux", email=EMAIL, phone=PHONE, external=key)
    Link.objects.create(
        connection=make_account(),
        kind="customer",
        local_id=made.pk,
        remote_id="90151",
        idem_key="x",
    )
    issued(customer=made)
    return made


@pytest.fixture
def names(claire: Customer, clara: Customer) -> dict[str, str]:
    """Return everything that means Clara, whom a merge has made a part of Claire by now."""
    merge(claire, clara)
    return {
        "code": clara.code,
        "number": str(clara.number),
        "e-mail": EMAIL.upper(),
        "part of an e-mail": "clara@",
        "phone": PHONE,
        "part of a phone": "11 22 33",
        "external id": "K-0815",
        "remote id": "90151",
        "invoice": str(claire.invoices.get().number),
    }


def test_every_old_id_finds_the_survivor_in_list_palette_booking_and_api_ux_2(
    names: dict[str, str], claire: Customer
) -> None:
    ben, tool = signed_in(person("Manager")), api_key()

    for what, text in names.items():
        assert [one.pk for one in suggest(text, access=EVERYTHING, limit=8)] == [claire.pk], what
        assert in_list(ben, text) == [claire], what
        assert in_palette(ben, text) == [claire.name], what
        assert in_booking(ben, text) == [claire.name], what
        assert in_api(tool, q=text) == [claire.name], what


def test_what_both_had_still_finds_the_survivor_when_its_own_was_changed(
    claire: Customer,
) -> None:
    """The address stays behind with the absorbed record, and is the survivor's nowhere else."""
    twin = customer("Zoe Marchetti", email="claire@marchetti.example")
    assert twin != claire
    merge(claire, twin)
    update_customer(claire.pk, {"email": "claire@new.example"}, by=SETUP)

    tool = api_key()

    assert offered("claire@marchetti.example", access=EVERYTHING) == [claire]
    assert in_api(tool, q="claire@marchetti.example") == [claire.name]
    assert in_api(tool, email="claire@marchetti.example") == [claire.name]


def test_an_address_or_number_of_both_finds_the_survivor_over_the_api(
    names: dict[str, str], claire: Customer
) -> None:
    tool = api_key()

    assert in_api(tool, email=names["e-mail"]) == [claire.name]
    assert in_api(tool, phone=names["phone"]) == [claire.name]


def test_after_an_undo_it_is_its_own_customer_again(claire: Customer, clara: Customer) -> None:
    undo(merge(claire, clara))

    for text in (clara.code, EMAIL, "K-0815", "90151"):
        assert offered(text, access=EVERYTHING) == [clara], text


def test_invoices_are_found_by_the_code_of_a_merged_customer(
    names: dict[str, str], claire: Customer
) -> None:
    html = signed_in(person("Billing")).get("/invoices/", {"q": names["code"]}).content.decode()

    assert str(claire.invoices.get().number) in html


def test_a_name_is_looked_for_without_a_look_at_merged_records(claire: Customer) -> None:
    with CaptureQueriesContext(connection) as asked:
        suggest("marchetti", access=EVERYTHING, limit=1)

    assert len(asked) == 1


def in_list(browser: Client, text: str) -> list[Customer]:
    return list(browser.get("/customers/", {"q": text}).context["customers"])


def in_palette(browser: Client, text: str) -> list[str]:
    groups = dict(browser.get("/search/", {"q": text}).context["groups"])
    return [found.title for found in groups.get("Customers", ())]


def in_booking(browser: Client, text: str) -> list[str]:
    found = browser.get("/customers/options/", {"q": text}).json()["results"]
    return [one["name"] for one in found]


def in_api(tool: ApiClient, **asked: Any) -> list[str]:
    return [one["name"] for one in tool.get(URL, **asked).json()["data"]]
