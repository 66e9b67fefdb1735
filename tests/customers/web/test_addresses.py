"""Further postal addresses on the customer's page, and the form that adds and changes one."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.addresses import add_address
from customers.erasure import erase_customer
from customers.models import Customer, PostalAddress
from customers.updating import update_customer
from tests.customers.merged import merge
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person

pytestmark = pytest.mark.django_db
WORK = {
    "kind": "work",
    "label": "Second floor",
    "street": "1 rue Royale",
    "postal_code": "75008",
    "city": "Paris",
    "country": "FR",
}
LINE = "1 rue Royale, 75008 Paris, France"


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", street="8 quai Saint-Antoine", country="FR")


@pytest.fixture
def work(claire: Customer) -> PostalAddress:
    return add_address(claire.pk, WORK, by=SETUP)


def new(of: Customer) -> str:
    return f"{of.get_absolute_url()}addresses/new/"


def url(address: PostalAddress) -> str:
    return f"{address.customer.get_absolute_url()}addresses/{address.pk}/"


def shown(response: Any, status: int) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_an_address_is_added_and_stands_on_the_page_with_what_it_is_for(
    ben: Client, claire: Customer
) -> None:
    page = shown(ben.get(new(claire)), 200)
    assert re.search(r'value="FR" selected', page)

    response = ben.post(new(claire), WORK, follow=True)

    html = shown(response, 200)
    assert said(response) == ["The address was saved."]
    assert "Work address · Second floor" in html
    assert LINE in html
    assert "Work address added" in html
    assert f'href="{new(claire)}"' in html


def test_an_address_is_changed_and_taken_away(ben: Client, work: PostalAddress) -> None:
    page = ben.get(url(work))
    assert 'value="1 rue Royale"' in shown(page, 200)
    version = str(page.context["form"].initial["version"])

    changed = ben.post(url(work), WORK | {"city": "Lyon", "version": version}, follow=True)
    removed = ben.post(f"{url(work)}remove/", follow=True)

    assert "75008 Lyon" in shown(changed, 200)
    assert said(removed) == ["Removed. The history keeps it."]
    assert "Work address removed" in shown(removed, 200)
    assert not PostalAddress.objects.exists()
    assert ben.post(f"{url(work)}remove/").status_code == 404
    assert ben.get(url(work)).status_code == 404


@pytest.mark.parametrize(
    ("values", "field", "text"),
    [
        ({"kind": "castle"}, "kind", "Select a valid choice"),
        ({"street": "", "postal_code": "", "city": ""}, "street", "Enter a street"),
        ({"street": "x" * 161}, "street", "at most 160 characters"),
        ({"city": "a\u202eb"}, "city", "direction marks"),
        ({"label": "x" * 61}, "label", "at most 60 characters"),
        ({"country": "XX"}, "country", "Select a valid choice"),
        ({"street": "8 Quai Saint-Antoine", "postal_code": "", "city": ""}, "street", "the main"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    ben: Client, work: PostalAddress, values: dict[str, str], field: str, text: str
) -> None:
    for path in (new(work.customer), url(work)):
        current = Customer.objects.get().version
        response = ben.post(path, WORK | {"street": "New", "version": str(current)} | values)

        assert text in shown(response, 422)
        assert text in str(response.context["form"].errors[field])
    assert str(PostalAddress.objects.get()) == "1 rue Royale, 75008 Paris"


def test_a_stale_form_shows_both_versions_and_can_be_saved_again(
    ben: Client, claire: Customer, work: PostalAddress
) -> None:
    update_customer(claire.pk, {"notes": "Prefers mornings."}, by=SETUP)
    mine = WORK | {"city": "Nice", "version": "2"}

    response = ben.post(url(work), mine)

    html = shown(response, 412)
    assert "Test set-up changed this while you were editing" in html
    assert re.search(r"<del>Paris</del>.*<ins>Nice</ins>", html, re.DOTALL)
    assert response.context["form"].initial["version"] == 3
    ben.post(url(work), mine | {"version": "3"})
    work.refresh_from_db()
    assert work.city == "Nice"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30])
def test_a_form_without_a_right_version_saves_nothing(
    ben: Client, work: PostalAddress, version: str
) -> None:
    response = ben.post(url(work), WORK | {"city": "Nice", "version": version})

    work.refresh_from_db()
    assert response.status_code in (412, 422)
    assert work.city == "Paris"


def test_adding_is_undone_on_the_timeline(ben: Client, claire: Customer) -> None:
    ben.post(new(claire), WORK, follow=True)
    key = claire.history.latest().pk

    response = ben.post(
        f"{claire.get_absolute_url()}edits/{key}/undo/", {"version": "2"}, follow=True
    )

    assert said(response) == ["Put back for Claire Marchetti."]
    assert not PostalAddress.objects.exists()


def test_a_merged_record_leads_to_its_survivor(ben: Client, work: PostalAddress) -> None:
    luc = customer("Luc Perrin")
    claire = work.customer
    merge(luc, claire)

    for response in (ben.get(new(claire)), ben.post(new(claire), WORK), ben.get(url(work))):
        assert response.status_code == 302
        assert response["Location"] == luc.get_absolute_url()
    assert LINE in shown(ben.get(luc.get_absolute_url()), 200)


def test_there_is_no_form_for_whoever_was_erased_or_is_not_there(
    ben: Client, claire: Customer, work: PostalAddress
) -> None:
    erase_customer(claire.pk, reason="Asked", at=claire.created_at, by=SETUP)

    assert ben.get(new(claire)).status_code == 404
    assert ben.post(f"{url(work)}remove/").status_code == 404
    assert ben.get(f"/customers/{uuid4()}/addresses/new/").status_code == 404


def test_who_only_sees_customers_sees_addresses_and_no_way_to_change_them(
    claire: Customer, work: PostalAddress
) -> None:
    html = shown(signed_in(person("Billing")).get(claire.get_absolute_url()), 200)

    assert LINE in html
    assert "/addresses/" not in html
