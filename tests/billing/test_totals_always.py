"""Totals: the rules of EN 16931 hold for whatever can be charged."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from billing.document import (
    Adjustment,
    Deduction,
    Document,
    Line,
    PriceMode,
    Tax,
    TaxCategory,
)
from billing.rechecking import recheck
from billing.totals import Totals, calculate
from hub.money import digits_of

D = Decimal
STANDARD = TaxCategory.STANDARD
GST, QST = Tax(STANDARD, D(5), "GST"), Tax(STANDARD, D("9.975"), "QST")
ONE_TAX: list[tuple[Tax, ...]] = [
    (Tax(STANDARD, D(19), "VAT"),),
    (Tax(STANDARD, D("5.5"), "VAT"),),
    (Tax(STANDARD, D("8.1"), "VAT"),),
    (Tax(TaxCategory.EXEMPT, D(0), "VAT", exemption_reason="Care"),),
]
ANY_TAXES = [
    *ONE_TAX,
    (GST, QST),
    (QST, GST),
    (GST, Tax(STANDARD, D(10), "Luxury", compound=True)),
]
# The suite shares its machine: how long one example takes says nothing.
calm = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


def amounts(digits: int, *, up_to: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(min_value=0, max_value=up_to, places=digits)


def adjustments(digits: int, *, most: int) -> st.SearchStrategy[Adjustment]:
    percent = st.decimals(min_value=0, max_value=most, places=2)
    return st.one_of(
        st.builds(Adjustment, st.just("Discount"), percent=percent),
        st.builds(Adjustment, st.just("Discount"), amount=amounts(digits, up_to=1)),
    )


def lines(digits: int, taxes: list[tuple[Tax, ...]], *, least: int) -> st.SearchStrategy[Line]:
    return st.builds(
        Line,
        id=st.uuids().map(str),
        description=st.just("Haircut"),
        quantity=st.decimals(min_value=least, max_value=99, places=3),
        unit_price=st.decimals(min_value=2, max_value=5000, places=4),
        taxes=st.sampled_from(taxes),
        allowances=st.lists(adjustments(digits, most=40), max_size=2).map(tuple),
        charges=st.lists(adjustments(digits, most=10), max_size=1).map(tuple),
        reason=st.just("As agreed"),
    )


@st.composite
def documents(
    draw: st.DrawFn,
    taxes: list[tuple[Tax, ...]] = ANY_TAXES,
    modes: st.SearchStrategy[PriceMode] = st.sampled_from(PriceMode),  # noqa: B008
) -> Document:
    currency = draw(CURRENCIES)
    digits = digits_of(currency)
    return Document(
        currency=currency,
        price_mode=draw(modes),
        lines=tuple(draw(st.lists(lines(digits, taxes, least=1), min_size=1, max_size=8))),
        allowances=tuple(draw(st.lists(adjustments(digits, most=40), max_size=2))),
        charges=tuple(draw(st.lists(adjustments(digits, most=10), max_size=1))),
        cash_unit=draw(st.sampled_from([D(0), D(1)])),
    )


def payable(document: Document) -> Totals:
    """Leave out the few whose small fixed discounts exceed a still smaller line."""
    smallest = min(line.quantity * line.unit_price for line in document.lines)
    assume(smallest > 4)
    return calculate(document)


@calm
@given(documents())
def test_the_self_check_finds_nothing(document: Document) -> None:
    assert recheck(document, payable(document)) == []


@calm
@given(documents())
def test_the_sums_of_the_standard_hold_exactly(document: Document) -> None:
    t = payable(document)

    assert t.sum_of_lines == sum(line.amount for line in t.lines)  # BR-CO-10
    assert t.net == t.net_sum_of_lines - t.net_allowances + t.net_charges  # BR-CO-13
    assert t.tax == sum(bucket.tax for bucket in t.taxes)  # BR-CO-14
    assert t.total == t.net + t.tax  # BR-CO-15
    assert t.due == t.total - t.paid + t.rounding  # BR-CO-16


@calm
@given(documents(ONE_TAX))
def test_the_bases_make_up_the_net_and_none_is_negative(document: Document) -> None:
    totals = payable(document)

    assert sum(bucket.base for bucket in totals.taxes) == totals.net
    assert all(bucket.base >= 0 for bucket in totals.taxes)


@calm
@given(documents(ONE_TAX, st.just(PriceMode.EXCLUSIVE)))
def test_exclusive_tax_is_the_rounded_product_of_base_and_rate(document: Document) -> None:
    half_unit = Fraction(1, 2 * 10 ** digits_of(document.currency))

    for bucket in payable(document).taxes:
        exact = Fraction(bucket.base) * Fraction(bucket.rate) / 100
        assert abs(Fraction(bucket.tax) - exact) <= half_unit


@calm
@given(documents(modes=st.just(PriceMode.INCLUSIVE)))
def test_an_inclusive_gross_never_moves(document: Document) -> None:
    totals = payable(document)

    assert totals.total == totals.sum_of_lines - totals.allowances + totals.charges


@calm
@given(documents(ONE_TAX, st.just(PriceMode.INCLUSIVE)))
def test_inclusive_tax_is_at_most_one_unit_off_base_times_rate(document: Document) -> None:
    unit = Fraction(1, 10 ** digits_of(document.currency))

    for bucket in payable(document).taxes:
        exact = Fraction(bucket.base) * Fraction(bucket.rate) / 100
        assert abs(Fraction(bucket.tax) - exact) <= unit


@calm
@given(documents(), st.randoms(use_true_random=False))
def test_the_order_of_lines_does_not_matter(document: Document, random: object) -> None:
    shuffled = list(document.lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    there, back = payable(document), calculate(replace(document, lines=tuple(shuffled)))

    assert (there.taxes, there.total, there.due) == (back.taxes, back.total, back.due)


@calm
@given(documents())
def test_taking_everything_back_is_the_mirror_image(document: Document) -> None:
    sold = replace(document, allowances=(), charges=(), cash_unit=D(0))
    back = replace(
        sold, lines=tuple(replace(line, quantity=-line.quantity) for line in sold.lines)
    )
    payable(sold)

    there, here = calculate(sold), calculate(back)

    assert (here.net, here.tax, here.total) == (-there.net, -there.tax, -there.total)
    assert [t.tax for t in here.taxes] == [-t.tax for t in there.taxes]


@calm
@given(documents())
def test_what_the_lines_are_without_tax_adds_up_to_the_net(document: Document) -> None:
    t = payable(document)

    assert t.net_sum_of_lines == sum(line.net for line in t.lines)
    assert t.net_allowances == sum(share.net for share in t.shares if not share.is_charge)


@calm
@given(documents(ONE_TAX), st.data())
def test_a_deposit_and_the_final_invoice_make_up_the_whole(
    document: Document, data: st.DataObject
) -> None:
    document = replace(document, cash_unit=D(0))
    whole = payable(document)
    taken = [data.draw(st.integers(0, 100)) for _ in whole.taxes]
    deductions = tuple(
        _deposit(i, bucket_share, document.currency)
        for i, bucket_share in enumerate(zip(whole.taxes, taken, strict=True))
    )

    final = calculate(replace(document, deductions=deductions))

    assert final.total + sum(d.gross for d in deductions) == whole.total
    assert recheck(replace(document, deductions=deductions), final) == []


def _deposit(place: int, bucket_share: tuple[object, int], currency: str) -> Deduction:
    bucket, percent = bucket_share
    base = calculate(
        Document(
            currency,
            PriceMode.EXCLUSIVE,
            (Line("1", "Deposit", D(percent) / 100, round(bucket.base, 3)),),  # type: ignore[attr-defined]
        )
    ).net
    tax = Tax(bucket.category, bucket.rate, bucket.name)  # type: ignore[attr-defined]
    line = Line("1", "Deposit", D(1), base, (tax,))
    totals = calculate(Document(currency, PriceMode.EXCLUSIVE, (line,)))
    return Deduction(f"2026-{place}", totals.net, ((tax, totals.tax),))
