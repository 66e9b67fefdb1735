"""What the pages of customers and appointments show about invoices."""

from uuid import uuid4

import pytest

from billing.issuing import issue_invoice
from billing.models import Invoice
from billing.settling import write_off_invoice
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, location
from tests.factories.scheduling import client as customer

pytestmark = pytest.mark.django_db


def of_customer(role: str | None, pk: object) -> str:
    return signed_in(person(role)).get(f"/invoices/of-customer/{pk}/").content.decode()


def test_billing_sees_the_invoices_and_what_is_open() -> None:
    invoice = make.issued("100.00")
    draft = make.draft("7.00", customer=invoice.customer)
    make.issued("999.00")

    html = of_customer("Billing", invoice.customer_id)

    for text in (invoice.number, draft.label, "€100.00", "€7.00", "Open"):
        assert text in html
    assert "999.00" not in html
    assert f'action="/invoices/new/?customer={invoice.customer_id}"' in html


def test_where_several_locations_bill_the_draft_asks_which() -> None:
    invoice = make.issued("100.00")
    make.billing(location("Chicago", zone="America/Chicago", currency="USD"))

    html = of_customer("Billing", invoice.customer_id)

    assert f'href="/invoices/new/?customer={invoice.customer_id}"' in html


def test_the_front_desk_sees_that_something_is_open_but_not_how_much() -> None:
    invoice = make.issued("100.00")

    html = of_customer("Front desk", invoice.customer_id)

    assert "Owes money" in html
    for text in ("100", invoice.number, str(invoice.pk)):
        assert text not in html


def test_the_flag_goes_when_nothing_is_open() -> None:
    invoice = make.issued("100.00")
    write_off_invoice(invoice.pk, reason="Moved away", by=SETUP)

    assert "Nothing open" in of_customer("Front desk", invoice.customer_id)


@pytest.mark.parametrize("role", ["Practitioner", "Administrator", None])
def test_others_see_nothing_of_it(role: str | None) -> None:
    browser = signed_in(person(role))

    answer = browser.get(f"/invoices/of-customer/{make.issued().customer_id}/")

    assert answer.status_code == 403


def test_only_the_newest_are_shown_with_a_way_to_all() -> None:
    claire = customer("Claire Marchetti")
    drafts = [make.draft(customer=claire) for _ in range(9)]

    html = of_customer("Manager", claire.pk)

    assert f"/invoices/?q={claire.code}" in html
    assert drafts[0].label not in html
    assert drafts[-1].label in html


def test_nobody_and_nothing_are_empty_or_not_found() -> None:
    bo = signed_in(person("Billing"))

    assert "No invoices yet" in bo.get(f"/invoices/of-customer/{customer().pk}/").content.decode()
    assert bo.get(f"/invoices/of-customer/{uuid4()}/").status_code == 404
    assert bo.get(f"/invoices/of-appointment/{uuid4()}/").status_code == 404


def test_an_appointment_names_the_invoice_that_bills_it() -> None:
    visit, other = make.completed(), booked()
    draft = Invoice.objects.get()
    bo = signed_in(person("Billing"))

    def shown(pk: object) -> str:
        return bo.get(f"/invoices/of-appointment/{pk}/").content.decode()

    assert draft.label in shown(visit.pk)
    issued = issue_invoice(draft.pk, at=make.LATER, by=SETUP)
    assert issued.number in shown(visit.pk)
    assert "Its draft appears when it is completed." in shown(other.pk)


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Administrator", None])
def test_who_sees_no_invoices_does_not_see_them_there_either(role: str | None) -> None:
    visit = make.completed()

    answer = signed_in(person(role)).get(f"/invoices/of-appointment/{visit.pk}/")

    assert answer.status_code == 403
