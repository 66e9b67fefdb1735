"""Totals: golden figures from standards and from other products' mistakes."""

from dataclasses import replace

import pytest

from billing.document import Adjustment, Deduction, PriceMode, Tax, TaxCategory
from billing.totals import calculate
from tests.billing.building import (
    EXEMPT,
    GST,
    QST,
    VAT_7,
    VAT_19,
    VAT_25,
    D,
    document,
    line,
    off,
    off_amount,
)


@pytest.mark.parametrize(
    ("price", "taxes", "total"),
    [
        ("138.66", (VAT_19,), "165.01"),
        ("140", (GST, QST), "160.97"),
        ("1140", (GST, QST), "1310.72"),
    ],
)
def test_a_total_is_the_net_plus_the_rounded_tax_of_each_rate(
    price: str, taxes: tuple[Tax, ...], total: str
) -> None:
    assert calculate(document(line(price, *taxes))).total == D(total)


def test_two_taxes_on_one_base_are_rounded_each_on_their_own() -> None:
    totals = calculate(document(line("140", GST, QST)))

    assert [(t.name, t.base, t.tax) for t in totals.taxes] == [
        ("GST", D("140.00"), D("7.00")),
        ("QST", D("140.00"), D("13.97")),
    ]


def test_a_document_discount_lowers_the_base_before_tax() -> None:
    totals = calculate(document(line("8500"), allowances=(off_amount("7500"),)))

    assert (totals.net, totals.tax, totals.total) == (D(1000), D(190), D("1190.00"))


def test_a_discount_of_a_hundred_percent_leaves_exactly_nothing() -> None:
    totals = calculate(document(line("33.335", quantity="3", allowances=(off("100"),))))

    assert (totals.lines[0].base, totals.total, totals.due) == (D("100.01"), D(0), D(0))
    assert str(totals.total) == "0.00"


def test_the_line_is_rounded_before_its_discount() -> None:
    totals = calculate(document(line("82.50", quantity="10", allowances=(off("15"),))))

    assert totals.net == D("701.25")


def test_inclusive_prices_keep_the_gross_and_take_the_tax_out_of_it() -> None:
    totals = calculate(document(line("100", quantity="5"), price_mode=PriceMode.INCLUSIVE))

    assert (totals.total, totals.net, totals.tax) == (D("500.00"), D("420.17"), D("79.83"))


def test_the_standards_negative_example_rounds_away_from_zero() -> None:
    totals = calculate(document(line("6491.34", VAT_25, quantity="-1", reason="Returned")))

    assert totals.tax == D("-1622.84")


@pytest.mark.parametrize(
    ("total", "deposit", "rest"),
    [("145.05", "43.52", "101.53"), ("12870.59", "6435.30", "6435.29")],
)
def test_a_final_invoice_is_the_whole_less_the_recorded_deposit(
    total: str, deposit: str, rest: str
) -> None:
    recorded = calculate(document(line(deposit), price_mode=PriceMode.INCLUSIVE))
    deduction = Deduction("2026-0003", recorded.net, ((VAT_19, recorded.tax),))

    totals = calculate(
        document(line(total), deductions=(deduction,), price_mode=PriceMode.INCLUSIVE)
    )

    assert totals.total == D(rest)
    assert totals.deducted == D(deposit)


@pytest.mark.parametrize("mode", list(PriceMode))
@pytest.mark.parametrize("price", ["145.05", "12870.59", "0.01", "99.99"])
def test_a_deposit_of_everything_leaves_exactly_zero(price: str, mode: PriceMode) -> None:
    whole = calculate(document(line(price), price_mode=mode))
    deduction = Deduction("2026-0003", whole.net, ((VAT_19, whole.tax),))

    totals = calculate(document(line(price), deductions=(deduction,), price_mode=mode))

    assert (totals.net, totals.tax, totals.total, totals.due) == (D(0),) * 4


def test_a_deposit_at_an_older_rate_stays_a_bucket_of_its_own() -> None:
    vat_16 = Tax(TaxCategory.STANDARD, D(16), "VAT")
    deposit = Deduction("2026-0003", D(100), ((vat_16, D(16)),))

    totals = calculate(document(line("1000"), deductions=(deposit,)))

    assert [(t.rate, t.base, t.tax) for t in totals.taxes] == [
        (D(19), D(1000), D(190)),
        (D(16), D(-100), D(-16)),
    ]
    assert totals.total == D(1074)


def test_a_compound_tax_is_due_on_the_tax_before_it() -> None:
    compound = replace(QST, rate=D(10), compound=True)

    totals = calculate(document(line("100", GST, compound)))

    assert [(t.name, t.base, t.tax) for t in totals.taxes] == [
        ("GST", D(100), D(5)),
        ("QST", D(105), D("10.50")),
    ]


def test_an_inclusive_compound_tax_is_taken_out_together_with_the_tax_it_is_due_on() -> None:
    compound = replace(QST, rate=D(10), compound=True)
    deposit = Deduction("2026-0003", D(20), ((GST, D(1)), (compound, D("2.10"))))

    totals = calculate(
        document(
            line("115.50", GST, compound), price_mode=PriceMode.INCLUSIVE, deductions=(deposit,)
        )
    )

    assert [(t.name, t.base, t.tax) for t in totals.taxes] == [
        ("GST", D(80), D(4)),
        ("QST", D(84), D("8.40")),
    ]
    assert (totals.net, totals.total) == (D(80), D("92.40"))


def test_several_inclusive_taxes_share_what_is_taken_out_of_the_gross() -> None:
    totals = calculate(document(line("160.97", GST, QST), price_mode=PriceMode.INCLUSIVE))

    assert (totals.net, totals.tax, totals.total) == (D("140.00"), D("20.97"), D("160.97"))
    assert [t.tax for t in totals.taxes] == [D("7.00"), D("13.97")]


def test_a_document_discount_is_shared_by_the_rates_to_the_cent() -> None:
    totals = calculate(document(line("10"), line("10", VAT_7), allowances=(off_amount("0.01"),)))

    assert [(t.rate, t.base) for t in totals.taxes] == [(D(19), D("10.00")), (D(7), D("9.99"))]
    assert [(s.amount, s.taxes) for s in totals.shares] == [(D("0.01"), (VAT_7,))]


def test_several_discounts_never_take_a_rate_below_zero() -> None:
    cent = off_amount("0.01")

    totals = calculate(document(line("0.01"), line("0.01", VAT_7), allowances=(cent, cent)))

    assert [t.base for t in totals.taxes] == [0, 0]


def test_a_document_charge_is_taxed_like_the_lines() -> None:
    fee = Adjustment("Travel", amount=D(10))

    totals = calculate(document(line("100"), line("100", VAT_7), charges=(fee,)))

    assert [t.base for t in totals.taxes] == [D(105), D(105)]


def test_a_charge_on_free_lines_is_shared_evenly() -> None:
    fee = Adjustment("Travel", amount=D(10))

    totals = calculate(document(line("0"), line("0", VAT_7), charges=(fee,)))

    assert [t.base for t in totals.taxes] == [D(5), D(5)]


def test_one_breakdown_per_rate_names_every_exemption() -> None:
    other = replace(EXEMPT, exemption_reason="Teaching")

    totals = calculate(document(line("10", EXEMPT), line("5", other)))

    assert [(t.base, t.tax, t.exemption_reason) for t in totals.taxes] == [
        (D(15), D(0), "Medical care; Teaching")
    ]


@pytest.mark.parametrize(
    ("currency", "price", "net", "tax"),
    [
        ("JPY", "1234.5", "1235", "235"),
        ("KWD", "1.2345", "1.235", "0.235"),
        ("HUF", "9.995", "10.00", "1.90"),
    ],
)
def test_amounts_have_the_digits_of_their_currency(
    currency: str, price: str, net: str, tax: str
) -> None:
    totals = calculate(document(line(price), currency=currency))

    assert (str(totals.net), str(totals.tax)) == (net, tax)


@pytest.mark.parametrize(
    ("price", "rounding", "due"),
    [("10.02", "-0.02", "10.00"), ("10.03", "0.02", "10.05"), ("10.05", "0.00", "10.05")],
)
def test_cash_is_rounded_to_the_smallest_coin_beside_the_total(
    price: str, rounding: str, due: str
) -> None:
    totals = calculate(document(line(price, EXEMPT), currency="CHF", cash_unit=D("0.05")))

    assert (totals.total, totals.rounding, totals.due) == (D(price), D(rounding), D(due))


def test_what_is_paid_lowers_what_is_due() -> None:
    totals = calculate(document(line("100"), paid=D("19.01")))

    assert (totals.total, totals.paid, totals.due) == (D(119), D("19.01"), D("99.99"))


def test_a_returned_item_takes_back_its_discount_too() -> None:
    sold = calculate(document(line("100", allowances=(off("15"), off_amount("5")))))
    back = calculate(
        document(
            line("100", quantity="-1", reason="Faulty", allowances=(off("15"), off_amount("5")))
        )
    )

    assert (sold.net, back.net, back.total) == (D(80), D(-80), -sold.total)


def test_ten_thousand_lines_are_computed() -> None:
    totals = calculate(document(*[line("3.33", quantity="1.5")] * 10_000))

    assert (totals.net, totals.tax) == (D(50_000), D(9_500))


def test_a_document_without_lines_comes_to_nothing() -> None:
    totals = calculate(document())

    assert (totals.net, totals.total, totals.due, totals.taxes) == (D(0), D(0), D(0), ())
