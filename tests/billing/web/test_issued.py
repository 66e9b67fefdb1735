"""The page of an issued invoice: balance, payments, writing off, history, arithmetic."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.drafting import set_lines
from billing.issuing import issue_invoice
from billing.models import Invoice, Payment
from billing.payments import record_payment
from billing.planning import LineInput
from billing.rendering import render_document
from billing.settling import note_overdue, write_off_invoice
from billing.standing import due_in_words
from billing.states import PaymentMethod
from hub.actors import Actor
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import client as customer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = timezone.now()
# Where the seller is: around midnight it is another day than in UTC.
THERE = NOW.astimezone(ZoneInfo("Europe/Berlin")).date()
TODAY = f"{THERE:%Y-%m-%d}"


@pytest.fixture
def bo() -> Client:
    return signed_in(person("Billing"))


@pytest.fixture
def invoice() -> Invoice:
    return make.issued(
        "100.00", at=NOW - timedelta(hours=1), customer=customer("Claire Marchetti")
    )


def shown(browser: Client, invoice: Invoice, query: str = "") -> str:
    response = browser.get(f"{invoice.get_absolute_url()}{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def said(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def send(browser: Client, invoice: Invoice, act: str = "pay", **values: str) -> Any:
    usual = {"method": "card", "received_on": TODAY, "version": str(invoice.version)}
    return browser.post(f"/invoices/{invoice.pk}/{act}/", usual | values)


def pay(invoice: Invoice, amount: str, **values: Any) -> None:
    usual: dict[str, Any] = {"received_at": NOW, "at": NOW, "by": SETUP}
    usual |= {"method": PaymentMethod.CARD}
    record_payment(invoice.pk, amount=Decimal(amount), **(usual | values))


def test_the_page_says_what_is_owed_and_until_when(bo: Client, invoice: Invoice) -> None:
    html = shown(bo, invoice)
    assert invoice.due_date

    for text in (
        f"Invoice {invoice.number}",
        "Claire Marchetti",
        f"Due in {(invoice.due_date - THERE).days} days · 0 % paid",
        "of which VAT 19 %",
        "€15.97",
        "locked",
    ):
        assert text in html
    assert f'hx-get="/sync/of/invoice/{invoice.pk}/"' in html


def test_a_payment_takes_two_clicks_and_moves_the_balance(bo: Client, invoice: Invoice) -> None:
    dialog = bo.get(f"/invoices/{invoice.pk}/pay/", headers=HTMX).content.decode()
    assert 'value="100.00"' in dialog
    assert "<html" not in dialog

    response = send(bo, invoice, amount="30.00", reference="Terminal 4711")

    page = bo.get(response["Location"])
    assert said(page) == [f"€30.00 recorded for {invoice.number}."]
    html = shown(bo, invoice)
    for text in ("€70.00", "30 % paid", "Partly paid", "€30.00 of €100.00", "Terminal 4711"):
        assert text in html
    payment = Payment.objects.get()
    assert (payment.method, payment.amount) == ("card", Decimal(30))
    assert payment.received_at > NOW
    assert Payment.history.get().actor_name == "Bo Billing"


def test_a_dialog_is_left_by_loading_the_page_anew(bo: Client, invoice: Invoice) -> None:
    body = {"amount": "1", "method": "cash", "received_on": TODAY, "version": invoice.version}

    response = bo.post(f"/invoices/{invoice.pk}/pay/", body, headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, invoice.get_absolute_url())


HOSTILE = [
    ({"amount": ""}, "This field is required."),
    ({"amount": "1e9"}, "Write a number such as 1234.50."),
    ({"amount": "NaN"}, "Write a number such as 1234.50."),
    ({"amount": "-5"}, "This may not be negative."),
    ({"amount": "0"}, "Enter an amount above zero."),
    ({"amount": "5.001"}, "EUR has 2 decimals."),
    ({"amount": "100.01"}, "Only 100.00 EUR is open."),
    ({"amount": "99999999999.9999"}, "Only 100.00 EUR is open."),
    ({"amount": "9" * 300}, "at most 40 characters"),
    ({"amount": "5", "method": "shells"}, "Select a valid choice"),
    ({"amount": "5", "received_on": "2999-01-01"}, "The day of payment lies in the future."),
    ({"amount": "5", "received_on": "9999-12-31"}, "The day of payment lies in the future."),
    ({"amount": "5", "received_on": "0001-01-01"}, "This is too long ago."),
    ({"amount": "5", "received_on": "soon"}, "Enter a valid date."),
    ({"amount": "5", "reference": "x" * 121}, "at most 120 characters"),
    ({"amount": "5", "reference": "a\x00b"}, "Null characters are not allowed"),
    ({"amount": "5", "version": ""}, "This field is required."),
]


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "dialog"])
@pytest.mark.parametrize(("values", "message"), HOSTILE)
def test_a_wrong_payment_is_answered_at_its_field(
    bo: Client, invoice: Invoice, values: dict[str, str], message: str, headers: dict[str, str]
) -> None:
    usual = {"method": "card", "received_on": TODAY, "version": str(invoice.version)}

    response = bo.post(f"/invoices/{invoice.pk}/pay/", usual | values, headers=headers)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Payment.objects.exists()


def test_the_same_payment_sent_twice_is_recorded_once(bo: Client, invoice: Invoice) -> None:
    first = send(bo, invoice, amount="30.00")
    again = send(bo, invoice, amount="30.00")

    html = again.content.decode()
    assert (first.status_code, again.status_code) == (302, 412)
    assert "Changed meanwhile" in html
    assert "Open is now €70.00." in html
    assert Payment.objects.count() == 1


def test_a_day_in_the_past_means_its_noon_where_the_seller_is(
    bo: Client, invoice: Invoice
) -> None:
    send(bo, invoice, amount="5", received_on="2026-01-15")

    assert Payment.objects.get().received_at.isoformat() == "2026-01-15T11:00:00+00:00"


@pytest.mark.parametrize("act", ["pay", "write-off"])
def test_on_a_settled_invoice_nothing_more_is_recorded(invoice: Invoice, act: str) -> None:
    browser = signed_in(person("Billing" if act == "pay" else "Manager"))
    pay(invoice, "100.00")

    response = send(browser, invoice, act, amount="5", reason="Moved away")

    assert said(browser.get(response["Location"])) == [f"Nothing is open on {invoice.number}."]
    assert Payment.objects.count() == 1


def test_managers_write_off_with_a_reason(invoice: Invoice) -> None:
    ada = signed_in(person("Manager"))

    nothing, long = (send(ada, invoice, "write-off", reason=text) for text in (" ", "x" * 201))
    done = send(ada, invoice, "write-off", reason="Moved away")

    assert (nothing.status_code, long.status_code, done.status_code) == (422, 422, 302)
    html = shown(ada, invoice)
    for text in ("€100.00 written off", "Reason: Moved away", "−€100.00", "Written off"):
        assert text in html
    assert f"/invoices/{invoice.pk}/pay/" not in html


def test_an_older_version_is_not_written_off(invoice: Invoice) -> None:
    ada = signed_in(person("Manager"))
    pay(invoice, "10.00")

    response = send(ada, invoice, "write-off", reason="Moved away")

    assert response.status_code == 412
    assert Invoice.objects.get().status == "issued"


@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014:ResourceWarning")
def test_the_history_tells_every_step_with_its_actor(bo: Client) -> None:
    ada, draft = person("Manager"), make.draft("49.00")
    line = draft.lines.get()
    wanted = LineInput("Work 1", Decimal(2), Decimal(49), id=line.pk)
    set_lines(draft.pk, [wanted], on=make.LATER.date(), by=actor(ada))
    issued = issue_invoice(draft.pk, at=NOW - timedelta(days=30), by=actor(ada))
    render_document(issued.pk, by=Actor.job("render documents"))
    pay(issued, "8.00", method=PaymentMethod.CASH)
    note_overdue(at=NOW, by=Actor.job("note overdue invoices"))
    write_off_invoice(issued.pk, reason="Moved away", by=actor(ada))

    html = shown(bo, issued)

    titles = [
        "€90.00 written off",
        "Overdue",
        "€8.00 by cash",
        "PDF made and stored",
        f"Issued and numbered {issued.number}",
        "Line 1 quantity 1 → 2",
        "Line 1 added: Work 1, 1 × 49.00",
        "Drafted",
    ]
    places = [html.index(f'<div class="t">{title}</div>') for title in titles]
    assert places == sorted(places)
    for text in ("Ada Manager · browser", "Test set-up · import", "render documents · job"):
        assert text in html
    assert "Content is now fixed." in html


def test_what_several_edits_changed_stands_side_by_side(bo: Client) -> None:
    draft = make.draft("10.00", "20.00")
    wanted = [LineInput("Tea", Decimal(3), Decimal("4.5"))]
    set_lines(draft.pk, wanted, on=make.LATER.date(), by=actor(person("Manager")))

    html = shown(bo, draft)

    assert "changes of the lines" in html
    for text in ("<del>Work 1, 1 × 10.00</del>", "<ins>Tea, 3 × 4.50</ins>"):
        assert text in html


def test_who_may_not_see_histories_sees_none(invoice: Invoice, monkeypatch: Any) -> None:
    bo = person("Billing")
    browser = signed_in(bo)
    role = bo.grants.get().role
    role.permissions.remove(role.permissions.get(codename="view_history"))

    assert "What happened, newest first" not in shown(browser, invoice)


def test_the_lines_are_those_that_were_frozen(bo: Client, invoice: Invoice) -> None:
    html = shown(bo, invoice, "?view=lines")

    assert '<b class="fw6">Work 1</b>' in html
    assert f'hx-get="/invoices/{invoice.pk}/arithmetic/"' in html


@pytest.mark.parametrize("is_issued", [True, False])
def test_the_arithmetic_is_derived_again(bo: Client, *, is_issued: bool) -> None:
    prices = ("33.335", "8.50")
    invoice = make.issued(*prices) if is_issued else make.draft(*prices)

    html = bo.get(f"/invoices/{invoice.pk}/arithmetic/").content.decode()

    assert "all of them agree" in html
    for text in ("1 × 33.335", "33.34", "41.84 − 35.16, 19% in it", "6.68", "35.16 + 6.68"):
        assert text in html


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 12, 12), "Due in 20 days"),
        (date(2026, 11, 23), "Due in 1 day"),
        (date(2026, 11, 22), "Due today"),
        (date(2026, 11, 21), "1 day overdue"),
        (date(2026, 11, 1), "21 days overdue"),
    ],
)
def test_due_dates_are_said_in_words(due: date, words: str) -> None:
    assert due_in_words(due, today=date(2026, 11, 22)) == words


def test_a_long_history_costs_no_more_queries(bo: Client) -> None:
    def count(shown_one: Invoice) -> int:
        with CaptureQueriesContext(connection) as asked:
            shown(bo, shown_one)
        return len(asked)

    short, long = make.draft("10.00"), make.draft(*["10.00"] * 30)
    assert count(short) == count(long)
    issued, paid = make.issued("100.00", at=NOW), make.issued("100.00", at=NOW)
    pay(issued, "1.00", received_at=NOW)
    for _ in range(10):
        pay(paid, "1.00", received_at=NOW)

    assert count(issued) == count(paid)
