"""The page of a customer, adding one, changing one."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Customer, IdentityReview
from customers.updating import update_customer
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db
NEW = "/customers/new/"
HOSTILE: list[tuple[dict[str, str], str]] = [
    ({"given_name": "", "family_name": ""}, "Enter a name or a company."),
    ({"given_name": "x" * 81}, "at most 80 characters"),
    ({"given_name": "a\x00b"}, "Null characters are not allowed"),
    ({"given_name": "a\u202eb"}, "direction marks"),
    ({"city": "a\x1bb"}, "control characters"),
    ({"birth_date": "2999-01-01"}, "This day has not come yet."),
    ({"notes": "n" * 4001}, "at most 4000 characters"),
    ({"email": "nonsense"}, "This is not an e-mail address"),
    ({"email": f"{'a' * 300}@example.com"}, "at most 254 characters"),
    ({"phone": "12"}, "not a phone number"),
    ({"phone": "9" * 5000}, "at most 40 characters"),
    ({"phone": "555 0143"}, "too short or too long"),
    ({"country": "XX"}, "Select a valid choice"),
    ({"language": "tlh"}, "Select a valid choice"),
    ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
]


@pytest.fixture
def ben() -> Client:
    return signed_in(person("Front desk"))


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678", city="Lyon")


def filled(**values: str) -> dict[str, str]:
    return {"given_name": "Claire", "family_name": "Marchetti", "language": "en"} | values


def shown(response: Any, status: int) -> str:
    assert response.status_code == status
    return str(response.content.decode())


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_the_page_says_who_it_is_and_who_said_so(ben: Client, claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Paris"}, by=actor(person("Manager")))

    html = shown(ben.get(claire.get_absolute_url()), 200)

    for text in ("Claire Marchetti", claire.code, "claire@marchetti.example", "+33 6 12 34 56 78"):
        assert text in html
    assert "City changed" in html
    assert re.search(r"<del>Lyon</del>.*<ins>Paris</ins>", html, re.DOTALL)
    assert "Ada Manager" in html


@pytest.mark.parametrize(
    ("role", "invoices", "edits"),
    [("Front desk", True, True), ("Billing", True, False), ("Administrator", False, False)],
)
def test_the_page_shows_what_the_role_allows(
    claire: Customer, role: str, *, invoices: bool, edits: bool
) -> None:
    html = shown(signed_in(person(role)).get(claire.get_absolute_url()), 200)

    assert ("/invoices/of-customer/" in html) is invoices
    assert ("/edit/" in html) is edits


def test_text_of_customers_is_never_markup(ben: Client) -> None:
    name = '"><script>alert(1)</script>'
    hostile = customer(f"{name} Marchetti", notes=name, company=name, street=name)

    for url in (hostile.get_absolute_url(), f"{hostile.get_absolute_url()}edit/", "/customers/"):
        assert "<script>alert" not in shown(ben.get(url), 200)


def test_a_question_about_identity_stands_on_both_pages(ben: Client, claire: Customer) -> None:
    luc = customer("Luc Marchetti", phone="+33612345678")

    for one, other in ((claire, luc), (luc, claire)):
        html = shown(ben.get(one.get_absolute_url()), 200)
        assert f"the same person as {other.name} ({other.code})" in html
        assert "Same phone" in html
        assert "Another given name" in html


def test_a_merged_customer_points_to_its_survivor(ben: Client, claire: Customer) -> None:
    twin = customer("Clara Roux")
    Customer.objects.filter(pk=twin.pk).update(canonical=claire)

    assert f"{claire.name}, {claire.code}" in shown(ben.get(twin.get_absolute_url()), 200)


def test_an_unknown_customer_is_not_found(ben: Client) -> None:
    for url in (f"/customers/{uuid4()}/", f"/customers/{uuid4()}/edit/", "/customers/1/"):
        assert ben.get(url).status_code == 404


def test_adding_leads_to_the_new_page(ben: Client) -> None:
    response = ben.post(
        NEW, filled(email="claire@marchetti.example", time_zone="Europe/Paris"), follow=True
    )

    claire = Customer.objects.get()
    assert response.redirect_chain == [(claire.get_absolute_url(), 302)]
    assert said(response) == [f"Claire Marchetti was added as {claire.code}."]
    assert str(claire.time_zone) == "Europe/Paris"
    assert claire.history.get().actor_name == "Ben Desk"


def test_adding_a_known_person_says_who_it_is(ben: Client, claire: Customer) -> None:
    response = ben.post(NEW, filled(email="CLAIRE@marchetti.example"), follow=True)

    assert response.redirect_chain == [(claire.get_absolute_url(), 302)]
    assert said(response) == [f"This is Claire Marchetti, {claire.code} — matched by e-mail."]
    assert Customer.objects.count() == 1


def test_somebody_alike_is_shown_before_anything_is_saved(ben: Client, claire: Customer) -> None:
    asked = shown(ben.post(NEW, filled(given_name="Luc", phone="+33612345678")), 409)

    assert claire.code in asked
    assert "Same phone" in asked
    assert Customer.objects.count() == 1

    ben.post(NEW, filled(given_name="Luc", phone="+33612345678", confirmed="1"))

    assert Customer.objects.count() == 2
    assert IdentityReview.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("Anna%20Bell", "family_name", "Bell"),
        ("anna@bell.example", "email", "anna@bell.example"),
        ("%2B33%206%2012", "phone", "+33 6 12"),
        ("%00" + "x" * 5000, "given_name", "x"),
    ],
)
def test_what_found_nobody_fills_the_form(ben: Client, query: str, field: str, value: str) -> None:
    response = ben.get(f"{NEW}?q={query}")

    assert response.context["form"].initial[field].startswith(value)


@pytest.mark.parametrize(("wrong", "message"), HOSTILE)
def test_a_wrong_value_is_refused_at_its_field(
    ben: Client, claire: Customer, wrong: dict[str, str], message: str
) -> None:
    field = next(iter(wrong))

    new = ben.post(NEW, filled(**wrong))
    edited = ben.post(f"{claire.get_absolute_url()}edit/", filled(version="1", **wrong))

    for response in (new, edited):
        shown(response, 422)
        assert message in str(response.context["form"].errors[field])
    claire.refresh_from_db()
    assert (Customer.objects.count(), claire.version, claire.city) == (1, 1, "Lyon")


def test_every_fault_is_shown_at_once(ben: Client) -> None:
    response = ben.post(NEW, filled(email="x", phone="y", city="a\x1bb"))

    assert set(response.context["form"].errors) == {"email", "phone", "city"}


def test_saving_changes_the_customer(ben: Client, claire: Customer) -> None:
    response = ben.post(
        f"{claire.get_absolute_url()}edit/",
        filled(family_name="Roux", email="claire@roux.example", phone="", version="1"),
        follow=True,
    )

    claire.refresh_from_db()
    assert said(response) == ["Claire Roux was saved."]
    assert (claire.name, claire.email(), claire.phone(), claire.city) == (
        "Claire Roux",
        "claire@roux.example",
        "",
        "",
    )


def test_saving_the_form_as_it_came_changes_nothing(ben: Client, claire: Customer) -> None:
    url = f"{claire.get_absolute_url()}edit/"
    values = {name: value for name, value in ben.get(url).context["form"].initial.items() if value}

    response = ben.post(url, values, follow=True)

    claire.refresh_from_db()
    assert said(response) == ["Nothing was changed."]
    assert claire.version == 1


def test_a_stale_form_shows_both_versions_and_can_be_saved_again(
    ben: Client, claire: Customer
) -> None:
    url = f"{claire.get_absolute_url()}edit/"
    update_customer(claire.pk, {"city": "Paris"}, by=SETUP)
    mine = filled(city="Nice", email="claire@marchetti.example", version="1")

    response = ben.post(url, mine)

    html = shown(response, 412)
    assert "Test set-up changed this while you were editing" in html
    assert re.search(r"<del>Paris</del>.*<ins>Nice</ins>", html, re.DOTALL)
    assert response.context["form"].initial["version"] == 2
    claire.refresh_from_db()
    assert claire.city == "Paris"

    ben.post(url, mine | {"version": "2"})

    claire.refresh_from_db()
    assert claire.city == "Nice"


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30])
def test_a_form_without_a_right_version_saves_nothing(
    ben: Client, claire: Customer, version: str
) -> None:
    response = ben.post(f"{claire.get_absolute_url()}edit/", filled(version=version, city="Nice"))

    claire.refresh_from_db()
    assert response.status_code in (412, 422)
    assert claire.city == "Lyon"


def test_an_additional_address_can_be_removed(ben: Client, claire: Customer) -> None:
    customer(phone="+33612345678", email="claire@work.example")
    spare = claire.contact_points.get(is_primary=False)
    url = f"{claire.get_absolute_url()}contacts/{spare.pk}/remove/"
    assert f'action="{url}"' in shown(ben.get(claire.get_absolute_url()), 200)

    response = ben.post(url, follow=True)

    assert said(response) == ["Removed. The history keeps it."]
    assert not claire.contact_points.filter(pk=spare.pk).exists()
    assert "E-mail removed" in shown(response, 200)
    assert ben.post(url).status_code == 404


def test_pages_are_read_by_get_and_written_by_post(ben: Client, claire: Customer) -> None:
    assert ben.post(claire.get_absolute_url()).status_code == 405
    assert ben.put(NEW).status_code == 405
    assert ben.get("/customers/quick/").status_code == 405
