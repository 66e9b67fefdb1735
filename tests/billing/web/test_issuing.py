"""From a draft to an issued invoice in the browser, and how a draft is begun."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from billing.drafting import set_lines
from billing.models import Invoice
from billing.web.pages import tax_classes
from hub import history
from tests.billing.web.rows import row, send
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import client as customer
from tests.factories.scheduling import location

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def bo() -> Client:
    return signed_in(person("Billing"))


@pytest.fixture
def draft() -> Invoice:
    return make.draft("49.00", customer=customer("Claire Marchetti"))


def test_issuing_begins_with_saving_and_a_look_at_what_will_be_frozen(
    bo: Client, draft: Invoice
) -> None:
    saved = send(bo, draft, row(0, quantity="2"), then="issue")
    page = bo.get(saved["Location"]).content.decode()
    review = bo.get(f"/invoices/{draft.pk}/issue/", headers=HTMX).content.decode()

    assert saved["Location"] == f"{draft.get_absolute_url()}?issue=1"
    assert f'hx-get="/invoices/{draft.pk}/issue/" hx-trigger="load"' in page
    for text in ("Next number", "-0001", "€98.00", "€15.65", "Nothing of this changes afterwards"):
        assert text in review
    assert "<html" not in review
    assert Invoice.objects.get().number == ""


def test_issuing_leads_to_the_frozen_page(bo: Client, draft: Invoice) -> None:
    response = send(bo, draft, act="issue")

    issued = Invoice.objects.get()
    assert issued.number.endswith("-0001")
    assert response["Location"] == issued.get_absolute_url()
    assert issued.history.latest().actor_name == "Bo Billing"


def test_a_dialog_is_left_by_loading_the_page_anew(bo: Client, draft: Invoice) -> None:
    response = bo.post(f"/invoices/{draft.pk}/issue/", {"version": draft.version}, headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, draft.get_absolute_url())


def test_an_older_version_is_not_issued(bo: Client, draft: Invoice) -> None:
    set_lines(draft.pk, [], on=make.LATER.date(), by=SETUP)

    page = send(bo, draft, act="issue")
    dialog = bo.post(f"/invoices/{draft.pk}/issue/", {"version": draft.version}, headers=HTMX)

    assert (page.status_code, dialog.status_code) == (412, 422)
    assert "Changed meanwhile" in dialog.content.decode()
    assert Invoice.objects.get().number == ""


def test_what_keeps_a_draft_from_being_issued_is_said_before(bo: Client, draft: Invoice) -> None:
    empty = set_lines(draft.pk, [], on=make.LATER.date(), by=SETUP)

    review = bo.get(f"/invoices/{empty.pk}/issue/").content.decode()
    refused = send(bo, empty, act="issue")

    assert "Add at least one line first." in review
    assert (refused.status_code, Invoice.objects.get().number) == (422, "")


def test_a_line_without_a_rate_is_named(bo: Client, draft: Invoice) -> None:
    line = draft.lines.get()
    line.tax_class = "reduced"
    history.save(line, fields=["tax_class"], by=SETUP)

    review = bo.get(f"/invoices/{draft.pk}/issue/").content.decode()

    assert "No tax is set up for “Work 1” here." in review
    draft.refresh_from_db()
    assert tax_classes(draft, at=make.LATER) == {
        "reduced": "Reduced: no rate set up",
        "standard": "Standard: VAT 19 %",
    }


def test_a_draft_is_begun_for_a_customer(bo: Client) -> None:
    make.billing()
    claire = customer("Claire Marchetti")

    response = bo.post("/invoices/new/", {"customer": str(claire.pk)})

    draft = Invoice.objects.get()
    assert (draft.customer, response["Location"]) == (claire, draft.get_absolute_url())
    assert "No lines yet" in bo.get(draft.get_absolute_url()).content.decode()


def test_where_several_locations_bill_one_is_chosen(bo: Client) -> None:
    make.billing()
    other = make.billing(location("Chicago", zone="America/Chicago", currency="USD"))
    url = f"/invoices/new/?customer={customer('Claire Marchetti').pk}"

    asked, missing, wrong = bo.get(url), bo.post(url), bo.post(url, {"location": str(uuid4())})
    assert "Chicago" in asked.content.decode()
    assert (missing.status_code, wrong.status_code) == (422, 422)
    assert not Invoice.objects.exists()

    bo.post(url, {"location": str(other.pk)})
    assert Invoice.objects.get().currency == "USD"


def test_the_customer_of_a_new_invoice_is_searched_for(bo: Client) -> None:
    make.billing()
    claire = customer("Claire Marchetti")

    html = bo.get("/invoices/new/?q=marche").content.decode()

    assert f'href="?customer={claire.pk}"' in html


@pytest.mark.parametrize("wrong", ["x", f"{UUID(int=1)}", "\x00"])
def test_nobody_is_billed_who_is_not_there(bo: Client, wrong: str) -> None:
    make.billing()

    assert bo.post("/invoices/new/", {"customer": wrong}).status_code == 404
    assert bo.get(f"/invoices/{uuid4()}/").status_code == 404
    assert not Invoice.objects.exists()
