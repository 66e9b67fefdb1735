"""People, roles and keys, as an administrator manages them."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from hub.accounts.models import RoleGrant, User
from hub.models import ApiKey
from tests.factories.clients import ApiClient, signed_in
from tests.factories.people import PASSWORD, person
from tests.factories.scheduling import location

pytestmark = pytest.mark.django_db


@pytest.fixture
def ida() -> Client:
    return signed_in(person("Administrator"))


def add(browser: Client, **values: str) -> Any:
    form = {"name": "Cleo Outside", "email": "cleo@hub.example"} | values
    return browser.post("/settings/people/new/", form)


def test_the_list_shows_everybody_with_roles_and_last_sign_in(ida: Client) -> None:
    person("Front desk")

    page = ida.get("/settings/people/").content.decode()

    assert "Ben Desk" in page
    assert "Front desk" in page
    assert "Never" in page


def test_the_list_costs_the_same_with_one_and_with_three_people(
    ida: Client, django_assert_max_num_queries: Any
) -> None:
    person("Front desk")
    person("Manager")
    person("Billing")

    with django_assert_max_num_queries(12):
        ida.get("/settings/people/")


def test_a_person_is_added_with_a_role_at_one_place(ida: Client) -> None:
    place = location()

    made = add(ida, role="Front desk", location=str(place.pk), password=PASSWORD)

    grant = RoleGrant.objects.get(user__email="cleo@hub.example")
    assert made["Location"] == f"/settings/people/{grant.user_id}/"
    assert (grant.role.name, grant.location_id) == ("Front desk", place.pk)
    assert Client().login(email="cleo@hub.example", password=PASSWORD)


def test_without_a_password_a_link_is_sent_that_lets_them_choose_one(ida: Client) -> None:
    add(ida)

    assert [sent.to for sent in mail.outbox] == [["cleo@hub.example"]]
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link is not None
    browser = Client()
    form = browser.get(link[1], follow=True)
    new = "staple battery horse"
    browser.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert Client().login(email="cleo@hub.example", password=new)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ida@hub.example"),
        ("email", "IDA@hub.example"),
        ("email", "nobody"),
        ("name", ""),
        ("name", "x" * 121),
        ("role", "Emperor"),
        ("location", "0"),
        ("password", "short"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field_and_nobody_is_added(
    ida: Client, field: str, value: str
) -> None:
    refused = add(ida, **{field: value})

    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {field}
    assert User.objects.count() == 1


def test_a_role_is_given_and_taken_away(ida: Client) -> None:
    ben = person("Front desk")
    page = f"/settings/people/{ben.pk}/"

    ida.post(f"{page}roles/", {"role": "Billing"})
    desk = RoleGrant.objects.get(user=ben, role__name="Front desk")
    ida.post(f"{page}roles/{desk.pk}/revoke/")

    live = RoleGrant.objects.filter(user=ben, revoked_at=None)
    shown = ida.get(page).content.decode()
    assert [grant.role.name for grant in live] == ["Billing"]
    assert "Role taken away" in shown
    assert "Ida Admin" in shown


def test_the_same_role_twice_is_refused_at_the_field(ida: Client) -> None:
    ben = person("Front desk")

    refused = ida.post(f"/settings/people/{ben.pk}/roles/", {"role": "Front desk"})

    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"role"}


def test_the_last_administrator_keeps_the_role(ida: Client) -> None:
    grant = RoleGrant.objects.get()

    answer = ida.post(f"/settings/people/{grant.user_id}/roles/{grant.pk}/revoke/", follow=True)

    assert b"Somebody must stay" in answer.content
    assert RoleGrant.objects.get().revoked_at is None


def test_a_role_of_somebody_else_cannot_be_taken_by_mixing_addresses(ida: Client) -> None:
    ben, bo = person("Front desk"), person("Billing")
    grant = RoleGrant.objects.get(user=bo)

    answer = ida.post(f"/settings/people/{ben.pk}/roles/{grant.pk}/revoke/")

    assert answer.status_code == 404


def test_deactivation_ends_every_session_at_once(ida: Client) -> None:
    ben = person("Front desk")
    desk = Client()
    desk.post("/accounts/login/", {"login": ben.email, "password": PASSWORD})
    before = desk.get("/customers/").status_code

    ida.post(f"/settings/people/{ben.pk}/deactivate/")

    assert (before, desk.get("/customers/").status_code) == (200, 302)
    assert not Client().login(email=ben.email, password=PASSWORD)


def test_a_deactivated_person_cannot_use_the_reset_link(ida: Client) -> None:
    ben = person("Front desk")
    ida.post(f"/settings/people/{ben.pk}/deactivate/")

    Client().post("/accounts/password/reset/", {"email": ben.email})

    assert not [sent for sent in mail.outbox if "/reset/key/" in sent.body]


def test_the_matrix_of_roles_is_shown_in_words(ida: Client) -> None:
    page = ida.get("/settings/roles/").content.decode()

    assert "Book, move and cancel appointments" in page
    assert "Practitioner: no" in page


def test_a_key_is_shown_once_and_works(ida: Client) -> None:
    made = ida.post(
        "/settings/keys/new/", {"name": "Web shop", "scopes": ["customers.view_customer"]}
    )

    token = re.search(r"hub_live_[0-9a-z]{8}_[\w-]{43}", made.content.decode())
    assert token is not None
    assert made["Cache-Control"] == "no-store"
    assert token[0] not in ida.get("/settings/keys/").content.decode()
    used = ApiClient({"Authorization": f"Bearer {token[0]}"}).get("/api/v1/nowhere")
    assert used.status_code == 404


def test_a_key_is_revoked_once(ida: Client) -> None:
    ida.post("/settings/keys/new/", {"name": "Shop", "scopes": ["customers.view_customer"]})
    key = ApiKey.objects.get()

    first = ida.post(f"/settings/keys/{key.pk}/revoke/", follow=True)
    again = ida.post(f"/settings/keys/{key.pk}/revoke/", follow=True)

    assert b"works no more" in first.content
    assert b"was revoked already" in again.content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("scopes", []),
        ("scopes", ["accounts.manage_people"]),
        ("scopes", ["nonsense"]),
        ("expires_on", "2020-01-01"),
        ("expires_on", "soon"),
        ("expires_on", "9999-12-31x"),
    ],
)
def test_a_wrong_key_form_is_refused(ida: Client, field: str, value: Any) -> None:
    form = {"name": "Shop", "scopes": ["customers.view_customer"]} | {field: value}

    refused = ida.post("/settings/keys/new/", form)

    assert refused.status_code == 422
    assert not ApiKey.objects.exists()


def test_a_person_page_of_nobody_is_not_found(ida: Client) -> None:
    assert ida.get("/settings/people/01980000-0000-7000-8000-000000000000/").status_code == 404
