"""The list of invoices."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import searching
from billing.drafting import discard_draft
from billing.models import Invoice
from billing.payments import record_payment
from billing.settling import write_off_invoice
from billing.states import PaymentMethod
from customers.models import Customer
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import client as customer

pytestmark = pytest.mark.django_db
URL = "/invoices/"
NOW = timezone.now()


@pytest.fixture
def bo() -> Client:
    return signed_in(person("Billing"))


def page(browser: Client, url: str = URL, **headers: str) -> str:
    response = browser.get(url, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def labels(html: str) -> list[str]:
    return re.findall(r'<a class="num" href="/invoices/[^"]+">([^<]+)</a>', html)


def issued(total: str, *, days_ago: int = 0, name: str = "Mara Winter") -> Invoice:
    at = NOW - timedelta(days=days_ago)
    return make.issued(total, at=at, customer=customer(name))


def pay(invoice: Invoice, amount: str) -> None:
    record_payment(
        invoice.pk,
        amount=Decimal(amount),
        method=PaymentMethod.CARD,
        received_at=NOW,
        at=NOW,
        by=SETUP,
    )


@pytest.fixture
def five() -> dict[str, Invoice]:
    """One invoice for each choice of the list, and one that is in none of them."""
    late = issued("10.00", days_ago=40)
    paid, part, off = issued("20.00"), issued("30.00"), issued("40.00")
    pay(paid, "20.00")
    pay(part, "12.50")
    write_off_invoice(off.pk, reason="Moved away", by=SETUP)
    discard_draft(make.draft("99.00").pk, by=SETUP)
    return {"late": late, "paid": paid, "part": part, "off": off, "draft": make.draft("50.00")}


def test_every_invoice_is_listed_newest_first(bo: Client, five: dict[str, Invoice]) -> None:
    html = page(bo)

    wanted = [five[name].label for name in ("draft", "off", "part", "paid", "late")]
    assert labels(html) == wanted
    for text in ("Mara Winter", "€30.00", "€17.50", "Overdue", "Partly paid", "Written off"):
        assert text in html


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("drafts", ["draft"]),
        ("open", ["part", "late"]),
        ("overdue", ["late"]),
        ("paid", ["paid"]),
        ("written-off", ["off"]),
        ("nonsense", ["draft", "off", "part", "paid", "late"]),
    ],
)
def test_a_choice_narrows_the_list_and_stays_in_its_links(
    bo: Client, five: dict[str, Invoice], choice: str, names: list[str]
) -> None:
    html = page(bo, f"{URL}?show={choice}&q=mara")

    assert labels(html) == [five[name].label for name in names]
    assert 'href="?q=mara&amp;show=paid"' in html
    if choice != "nonsense":
        assert f'<input type="hidden" name="show" value="{choice}">' in html


def test_the_sums_are_those_of_what_is_shown(bo: Client, five: dict[str, Invoice]) -> None:
    def sums(url: str) -> list[str]:
        return re.findall(r'<div class="v[^"]*">\s*([^<\s]+)', page(bo, url))

    assert sums(URL) == ["€27.50", "€10.00", "€50.00"]
    assert sums(f"{URL}?show=overdue") == ["€10.00", "€10.00"]
    assert sums(f"{URL}?show=paid") == []
    assert sums(f"{URL}?show=drafts") == ["€50.00"]


@pytest.mark.parametrize("text", ["claire", "2026", "C-{code}", "{number}", "{count}"])
def test_a_search_finds_numbers_and_customers(bo: Client, text: str) -> None:
    claire = issued("10.00", name="Claire Marchetti")
    make.draft(customer=customer("Noah Klein"))
    year = str(claire.number[:4])
    known = Customer.objects.get(pk=claire.customer_id)
    asked = text.format(code=known.number, number=claire.number, count=claire.series_number)

    assert labels(page(bo, f"{URL}?q={asked.replace('2026', year)}")) == [claire.number]


def test_a_draft_is_found_by_its_label(bo: Client) -> None:
    draft, _other = make.draft(), make.draft()

    assert labels(page(bo, f"{URL}?q={draft.label.lower()}")) == [draft.label]


def test_typing_answers_the_rows_alone(bo: Client) -> None:
    make.issued()

    html = page(bo, f"{URL}?q=mara", **{"HX-Request": "true"})

    assert "<html" not in html
    assert len(labels(html)) == 1
    assert 'hx-swap-oob="innerHTML"' in html


def test_going_back_asks_for_the_whole_page(bo: Client) -> None:
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in page(bo, **back)


def test_an_empty_list_says_what_comes_next(bo: Client) -> None:
    assert "No invoices yet" in page(bo)
    make.draft()

    assert "Nothing is overdue" in page(bo, f"{URL}?show=overdue")
    nothing = page(bo, f"{URL}?show=paid&q=%3Cb%3E")
    assert "No invoice found" in nothing
    assert 'href="?q=%3Cb%3E"' in nothing
    assert "<b>" not in nothing.replace("<b>Nothing", "")


def test_pages_link_to_each_other(bo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE", 2)
    first, second, third = (make.issued() for _ in range(3))

    newest = page(bo, f"{URL}?q=mara&show=open")
    older = page(bo, f"{URL}?q=mara&show=open&after={second.pk}")
    back = page(bo, f"{URL}?q=mara&show=open&before={first.pk}")

    assert labels(newest) == labels(back) == [third.number, second.number]
    assert labels(older) == [first.number]
    assert f"?q=mara&amp;show=open&amp;after={second.pk}" in newest
    assert f"?q=mara&amp;show=open&amp;before={first.pk}" in older


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=00000000-0000-0000-0000-000000000000",
        "before=%00",
        "show=%00",
        "q=%00",
        "q=%E2%80%AE",
        "q=%25",
        "q=%FF",
        "q=99999999999",
        "q=" + "9" * 500,
        "q[]=1",
    ],
)
def test_a_strange_address_is_still_a_page(bo: Client, query: str) -> None:
    make.issued()

    page(bo, f"{URL}?{query}")


def test_fifty_invoices_cost_as_many_queries_as_one(bo: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(bo)
        return len(asked)

    make.issued()
    page(bo)
    one = count()
    for number in range(49):
        make.draft(customer=customer(f"Anna Same{number}"))

    assert count() == one
    assert len(labels(page(bo))) == 50
