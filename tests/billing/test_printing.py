"""What stands on the page, in the words and figures of its reader."""

from dataclasses import replace
from datetime import date

import pytest

from billing.document import Adjustment, Deduction, PriceMode, Tax, TaxCategory
from billing.printing import lay_out
from billing.snapshot import BankAccount, Correction, DocumentKind, PaymentOnAccount, Snapshot
from tests.billing.building import EXEMPT, GST, QST, D, line
from tests.billing.issued import BUYER, DOCUMENT, VAT_20, issued


def rows(snapshot: Snapshot) -> list[tuple[str, str]]:
    plain = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\u202f": " ", "\N{MINUS SIGN}": "-"})
    return [
        (r.label.translate(plain), r.amount.translate(plain)) for r in lay_out(snapshot).totals
    ]


def test_an_invoice_adds_the_tax_of_each_rate() -> None:
    assert rows(issued()) == [
        ("Subtotal", "782.00"),
        ("VAT 20% on 710.00", "142.00"),
        ("VAT 5.5% on 72.00", "3.96"),
        ("Total EUR", "€927.96"),
    ]


def test_inclusive_prices_name_their_tax_below_the_total() -> None:
    document = replace(DOCUMENT, price_mode=PriceMode.INCLUSIVE, lines=DOCUMENT.lines[:1])

    assert rows(issued(document, locale="de_DE")) == [
        ("Gesamtbetrag EUR", "90,00 €"),
        ("Nettobetrag", "75,00"),
        ("enthaltene VAT 20 % auf 75,00", "15,00"),
    ]


def test_discounts_charges_and_deposits_stand_between_subtotal_and_net() -> None:
    document = replace(
        DOCUMENT,
        lines=DOCUMENT.lines[:1],
        allowances=(Adjustment("Regular customer", percent=D(10)),),
        charges=(Adjustment("Travel", amount=D(9)),),
        deductions=(Deduction("2026-0003", D(30), ((VAT_20, D(6)),)),),
    )

    assert rows(issued(document)) == [
        ("Subtotal", "90.00"),
        ("Regular customer (10%)", "-9.00"),
        ("Travel", "9.00"),
        ("Less 2026-0003", "-30.00"),
        ("Net amount", "60.00"),
        ("VAT 20% on 60.00", "12.00"),
        ("Total EUR", "€72.00"),
    ]


def test_what_is_paid_and_rounded_leads_to_what_is_due() -> None:
    document = replace(DOCUMENT, paid=D("400.01"), cash_unit=D("0.10"))
    paid_on = (PaymentOnAccount(date(2026, 11, 10), D("400.01")),)

    with_date, without = rows(issued(document, payments=paid_on)), rows(issued(document))

    assert with_date[-3:] == [
        ("Paid 10 November 2026", "-400.01"),
        ("Rounding", "0.05"),
        ("Amount due", "€528.00"),
    ]
    assert without[-3][0] == "Paid"


def test_yen_have_no_digits_behind_the_point() -> None:
    document = replace(DOCUMENT, currency="JPY")

    page = lay_out(issued(document, locale="en_US"))

    assert page.totals[-1].amount == "¥928"
    assert page.lines[0].amount == "90"


def test_a_price_shows_the_digits_it_has_beyond_the_currency() -> None:
    document = replace(DOCUMENT, lines=(line("0.1234", VAT_20, quantity="1.5"),))

    printed = lay_out(issued(document, locale="fr_FR")).lines[0]

    assert (printed.quantity, printed.unit_price, printed.amount) == ("1,5", "0,1234", "0,19")


def test_a_line_says_when_and_by_whom_and_why_it_costs_less() -> None:
    discounted = replace(
        DOCUMENT.lines[0],
        allowances=(Adjustment("Trial", percent=D(50)),),
        charges=(Adjustment("Products", amount=D(5)),),
        reason="Second visit",
    )

    printed = lay_out(issued(replace(DOCUMENT, lines=(discounted,)))).lines[0]

    assert printed.details == [
        "9 Nov 2026, 10:00 · Inès Moreau",
        "Second visit",
        "Trial (50%): \N{MINUS SIGN}45.00",
        "Products: 5.00",
    ]


@pytest.mark.parametrize(
    ("locale", "title", "issue_date"),
    [
        ("en_US", "Invoice", "November 12, 2026"),
        ("de-at", "Rechnung", "12. November 2026"),
        ("fr_FR", "Facture", "12 novembre 2026"),
        ("it_IT", "Invoice", "12 novembre 2026"),
    ],
)
def test_the_page_speaks_the_language_of_the_seller(
    locale: str, title: str, issue_date: str
) -> None:
    page = lay_out(issued(locale=locale))

    assert (page.title, page.facts[0][1]) == (title, issue_date)


def test_a_credit_note_names_what_it_corrects_and_asks_for_no_money() -> None:
    correction = Correction("2026-0150", date(2026, 10, 1), "Session canceled")

    page = lay_out(issued(kind=DocumentKind.CREDIT_NOTE, corrects=correction, purchase_order=""))

    assert page.title == "Credit note"
    assert page.facts[1:] == [
        ("Corrects invoice", "2026-0150 · 1 October 2026"),
        ("Reason", "Session canceled"),
    ]
    assert page.transfer == []


def test_an_account_number_is_written_in_groups_of_four() -> None:
    assert lay_out(issued()).transfer == [
        "IBAN FR76 3000 6000 0112 3456 7890 189",
        "BIC AGRIFRPP · Crédit Agricole",
        "Reference 2026-0184",
    ]
    assert lay_out(issued(bank=BankAccount())).transfer == []


def test_an_address_abroad_names_the_country_and_puts_the_town_where_it_belongs() -> None:
    abroad = replace(
        BUYER,
        street="500 Fifth Ave\nSuite 300",
        city="New York, NY",
        postal_code="10110",
        country="US",
        contact="",
    )

    page = lay_out(issued(buyer=abroad))

    assert page.buyer_lines == [
        "500 Fifth Ave",
        "Suite 300",
        "New York, NY 10110",
        "United States",
    ]
    assert page.seller_lines == ["14 rue des Tanneurs", "69005 Lyon", "France"]


def test_the_tax_column_bears_the_name_that_all_taxes_share() -> None:
    both = replace(DOCUMENT, lines=(line("10", GST, QST),))

    assert lay_out(issued()).tax_label == "VAT"
    assert lay_out(issued(both)).tax_label == "Tax"
    assert lay_out(issued(both)).lines[0].taxes == "5% + 9.975%"


def test_an_exemption_is_explained_and_an_unnamed_tax_gets_a_name() -> None:
    unnamed = Tax(TaxCategory.STANDARD, D(7))
    document = replace(DOCUMENT, lines=(line("10", EXEMPT), replace(line("5", unnamed), id="2")))

    page = lay_out(issued(document, locale="de_DE"))

    assert page.reasons == ["Medical care"]
    assert [row.label.split()[0] for row in page.totals[1:3]] == ["USt.", "VAT"]
