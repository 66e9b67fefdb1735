"""Comparing two records, merging them, and taking it back: the pages."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from customers.erasure import erase_customer
from customers.models import Customer, IdentityReview, Merge, ReviewState
from customers.updating import update_customer
from tests.customers.merged import merge, undo
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Client:
    return signed_in(person("Manager"))


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678", city="Lyon")


@pytest.fixture
def clara() -> Customer:
    return customer("Clara Roux", email="clara@roux.example", company="Roux SARL")


def url(survivor: Customer, absorbed: Customer) -> str:
    return f"/customers/{survivor.pk}/merge/{absorbed.pk}/"


def filled(survivor: Customer, absorbed: Customer, **values: str) -> dict[str, str]:
    versions = {"survivor_version": survivor.version, "absorbed_version": absorbed.version}
    return {name: str(version) for name, version in versions.items()} | values


def shown(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content
    return str(response.content.decode())


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def test_both_stand_side_by_side_with_the_better_one_chosen(
    ada: Client, claire: Customer, clara: Customer
) -> None:
    booked(clara)
    make.issued(customer=clara)

    html = shown(ada.get(url(claire, clara)))

    for text in ("Claire Marchetti", "Clara Roux", "Roux SARL", "clara@roux.example", "Lyon"):
        assert text in html
    for text in ("1 appointment", "1 invoice", "1 address or number"):
        assert f"<li>{text}</li>" in html
    chosen = {name for name in ("name", "company", "address") if _is_chosen(html, f"take_{name}")}
    assert chosen == {"name", "company"}
    assert f"Merge into {claire.code}" in html
    assert not Merge.objects.exists()


def _is_chosen(html: str, name: str) -> bool:
    radios = [part.split(">")[0] for part in html.split("<input")[1:] if f'name="{name}"' in part]
    (theirs,) = [radio for radio in radios if 'value="absorbed"' in radio]
    return "checked" in theirs


def test_merging_takes_what_was_chosen_and_offers_undo(
    ada: Client, claire: Customer, clara: Customer
) -> None:
    wish = filled(claire, clara, take_company="absorbed", take_name="survivor")

    response = ada.post(url(claire, clara), wish, follow=True)

    done = Merge.objects.get()
    html = shown(response)
    claire.refresh_from_db()
    assert (claire.name, claire.company) == ("Claire Marchetti", "Roux SARL")
    assert said(response) == [f"{clara.code} was merged into {claire.code}."]
    assert f'data-extra="undo:/customers/merges/{done.pk}/undo/"' in html
    assert "Merged into this record" in html
    assert "Ada Manager" in html
    assert f'href="/customers/merges/{done.pk}/undo/"' in html


def test_undoing_shows_what_goes_back_and_what_stays(
    ada: Client, claire: Customer, clara: Customer
) -> None:
    booked(clara)
    done = merge(claire, clara, "name")
    late = make.draft(customer=claire)

    html = shown(ada.get(f"/customers/merges/{done.pk}/undo/"))
    response = ada.post(
        f"/customers/merges/{done.pk}/undo/", {"verdict": "different"}, follow=True
    )

    assert "<li>1 appointment</li>" in html
    assert late.label in html
    assert "As before the merge" in html
    assert said(response) == [f"{clara.code} and {claire.code} are two records again."]
    assert "Merged into this record" not in shown(response)
    assert IdentityReview.objects.get().state == ReviewState.DIFFERENT


def test_the_toast_undoes_without_a_form(ada: Client, claire: Customer, clara: Customer) -> None:
    done = merge(claire, clara)

    ada.post(f"/customers/merges/{done.pk}/undo/")

    clara.refresh_from_db()
    assert clara.canonical is None
    assert IdentityReview.objects.get().state == ReviewState.OPEN


def test_a_change_meanwhile_is_shown_before_anything_is_merged(
    ada: Client, claire: Customer, clara: Customer
) -> None:
    wish = filled(claire, clara)
    update_customer(clara.pk, {"city": "Paris"}, by=SETUP)

    html = shown(ada.post(url(claire, clara), wish), 412)

    assert "Changed meanwhile" in html
    assert "Paris" in html
    assert not Merge.objects.exists()


def test_different_tax_ids_ask_for_a_reason(ada: Client) -> None:
    one = customer("Roux SARL", tax_id="FR1")
    other = customer("Roux Conseil", tax_id="FR2")

    html = shown(ada.get(url(one, other)))
    refused = shown(ada.post(url(one, other), filled(one, other)), 422)
    done = ada.post(url(one, other), filled(one, other, reason="Renumbered"), follow=True)

    assert "The tax ids differ: FR1 and FR2." in html
    assert "This field is required." in refused
    assert "Renumbered" in shown(done)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "x" * 301},
        {"reason": "a\u202eb"},
        {"take_name": "both"},
        {"survivor_version": "x"},
    ],
)
def test_hostile_input_is_shown_and_merges_nothing(
    ada: Client, claire: Customer, clara: Customer, wrong: dict[str, str]
) -> None:
    assert "Nothing was saved" in shown(
        ada.post(url(claire, clara), filled(claire, clara) | wrong), 422
    )
    assert not Merge.objects.exists()


def test_what_cannot_be_merged_says_so(ada: Client, claire: Customer, clara: Customer) -> None:
    first = merge(claire, clara)
    zoe = customer("Zoe Perrin")
    second = merge(zoe, claire)

    again = ada.get(url(claire, clara), follow=True)
    too_early = ada.post(f"/customers/merges/{first.pk}/undo/", follow=True)
    undo(second)
    twice = ada.post(f"/customers/merges/{second.pk}/undo/", follow=True)

    assert "already" in said(again)[0]
    assert said(too_early) == [
        f"{claire.code} was merged into {zoe.code} since. Undo that merge first."
    ]
    assert said(twice) == ["This merge was undone already."]


def test_what_is_not_there_is_not_found(ada: Client, claire: Customer) -> None:
    for path in (
        f"/customers/{claire.pk}/merge/{uuid4()}/",
        f"/customers/{uuid4()}/merge/{claire.pk}/",
        f"/customers/merges/{uuid4()}/undo/",
    ):
        assert ada.get(path).status_code == 404


def test_the_front_desk_sees_merges_and_cannot_undo_them(
    claire: Customer, clara: Customer
) -> None:
    done = merge(claire, clara)
    ben = signed_in(person("Front desk"))

    html = shown(ben.get(claire.get_absolute_url()))

    assert "Merged into this record" in html
    assert "Undo merge" not in html
    assert ben.post(f"/customers/merges/{done.pk}/undo/").status_code == 403
    assert ben.get(url(claire, clara)).status_code == 403


def test_text_of_customers_is_never_markup(ada: Client, claire: Customer) -> None:
    name = '"><script>alert(1)</script>'
    hostile = customer(f"{name} Marchetti", notes=name, company=name)

    assert "<script>alert" not in shown(ada.get(url(claire, hostile)))
    done = merge(claire, hostile, "name")
    for path in (f"/customers/merges/{done.pk}/undo/", claire.get_absolute_url()):
        assert "<script>alert" not in shown(ada.get(path))


def test_whoever_edits_a_merged_record_is_led_to_its_survivor(
    ada: Client, claire: Customer, clara: Customer
) -> None:
    """Also when the form was opened before, as the version says."""
    point = clara.contact_points.get()
    merge(claire, clara)
    told = f"{clara.code} was merged into Claire Marchetti, {claire.code}. Change that one."
    asked: list[tuple[str, dict[str, str] | None]] = [
        ("edit/", None),
        ("edit/", {"given_name": "Clara", "family_name": "Roux", "version": "1"}),
        ("consent/", {"channel": "email", "granted": "yes", "source": "Form"}),
        (f"edits/{clara.history.latest().pk}/undo/", {"version": "2"}),
    ]

    for path, values in asked:
        address = f"/customers/{clara.pk}/{path}"
        answer = ada.get(address) if values is None else ada.post(address, values)
        assert answer.status_code == 302, (path, answer.content)
        assert answer["Location"] == f"/customers/{claire.pk}/"
        assert said(ada.get(answer["Location"])) == [told]

    assert ada.post(f"/customers/{clara.pk}/contacts/{point.pk}/remove/").status_code == 404


def test_the_page_of_a_merged_record_leads_to_its_survivor_and_offers_no_change(
    ada: Client, claire: Customer, clara: Customer
) -> None:
    merge(claire, clara)

    html = shown(ada.get(f"/customers/{clara.pk}/"))

    assert (
        f'This record was merged into <a href="/customers/{claire.pk}/">'
        f"Claire Marchetti, {claire.code}</a>." in html
    )
    assert f"/customers/{clara.pk}/edit/" not in html
    assert f"/customers/{clara.pk}/erase/" not in html


def test_a_merge_cannot_be_undone_once_the_customer_was_erased(ada: Client) -> None:
    zoe = customer("Zoe Perrin")
    done = merge(zoe, customer("Zoe Roux"))
    erase_customer(zoe.pk, reason="Asked", at=timezone.now(), by=SETUP)

    answer = ada.get(f"/customers/merges/{done.pk}/undo/", follow=True)

    html = answer.content.decode()
    assert "This customer was erased since." in html
    assert f"/customers/merges/{done.pk}/undo/" not in html
