"""Money: digits of currencies, rounding, splitting and writing."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.money import (
    MixedCurrencies,
    Money,
    TooPrecise,
    UnknownCurrency,
    allocate_minor,
    digits_of,
    format_amount,
    format_number,
    quantize,
    total_of,
)

calm = settings(deadline=None)  # the suite shares its machine
totals = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(
    st.decimals(min_value=0, max_value=10**9, places=4), min_size=1, max_size=40
).filter(any)
amounts = st.decimals(min_value=-(10**11), max_value=10**11, places=6)


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("HUF", 2), ("IQD", 3)]
)
def test_a_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XXX", "XTS", "CLF", "ABC"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        digits_of(code)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("-1622.835", "EUR", "-1622.84"),
        ("0.5", "JPY", "1"),
        ("-0.5", "JPY", "-1"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_a_half_is_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert quantize(Decimal(amount), currency) == Decimal(rounded)


@calm
@given(amounts, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_rounding_is_the_same_for_both_signs(amount: Decimal, currency: str) -> None:
    assert quantize(-amount, currency) == -quantize(amount, currency)


def test_nothing_is_rounded_to_minus_zero() -> None:
    assert str(quantize(Decimal("-0.001"), "EUR")) == "0.00"


def test_thirty_significant_digits_are_rounded_without_losing_one() -> None:
    exact = Decimal("123456789012345678901234567.895")

    assert quantize(exact, "EUR") == Decimal("123456789012345678901234567.90")


@calm
@given(totals, weights)
def test_the_parts_add_up_to_the_whole(total: int, weights: list[Decimal]) -> None:
    assert sum(allocate_minor(total, weights)) == total


@calm
@given(totals, weights)
def test_no_part_is_a_whole_unit_off_its_share(total: int, weights: list[Decimal]) -> None:
    whole = sum(weights)

    parts = allocate_minor(total, weights)

    assert all(
        abs(part * whole - total * weight) < whole
        for part, weight in zip(parts, weights, strict=True)
    )


@calm
@given(totals, weights)
def test_a_negative_total_is_split_as_the_mirror_image(total: int, weights: list[Decimal]) -> None:
    assert allocate_minor(-total, weights) == [-part for part in allocate_minor(total, weights)]


@calm
@given(
    st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=20).filter(any),
    st.fractions(min_value=0, max_value=1),
)
def test_no_part_exceeds_its_base_when_the_total_does_not(bases: list[int], part: object) -> None:
    total = int(sum(bases) * part)  # type: ignore[operator]

    parts = allocate_minor(total, bases)

    assert all(part <= base for part, base in zip(parts, bases, strict=True))


def test_a_weight_of_zero_gets_nothing() -> None:
    assert allocate_minor(100, [1, 0, 1, 1]) == [34, 0, 33, 33]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_say_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate_minor(100, weights)


def test_money_is_split_without_losing_a_cent() -> None:
    parts = Money("100.00", "EUR").allocate([1, 1, 1])

    assert parts == (Money("33.34", "EUR"), Money("33.33", "EUR"), Money("33.33", "EUR"))


def test_money_counts_adds_and_compares() -> None:
    ten, three = Money(10, "EUR"), Money("3.5", "EUR")

    assert ten + three == Money("13.50", "EUR")
    assert ten - three == Money("6.50", "EUR")
    assert three * 3 == Money("10.50", "EUR")
    assert -three == Money("-3.50", "EUR")
    assert abs(-three) == three
    assert three < ten
    assert max(three, ten) == ten
    assert not Money.zero("EUR")
    assert bool(three)
    assert str(three) == "3.50 EUR"
    assert total_of([ten, three], "EUR") == Money("13.50", "EUR")
    assert total_of([], "EUR") == Money.zero("EUR")


def test_money_of_different_currencies_does_not_mix() -> None:
    with pytest.raises(MixedCurrencies):
        Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(MixedCurrencies):
        assert Money(1, "EUR") < Money(1, "USD")


def test_equal_money_is_equal_however_it_was_written() -> None:
    assert Money("1.5", "EUR") == Money("1.50", "EUR")
    assert hash(Money("1.5", "EUR")) == hash(Money("1.50", "EUR"))
    assert Money(1, "EUR") != Money(1, "USD")


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.005", "EUR"), ("0.5", "JPY"), ("NaN", "EUR"), ("Infinity", "EUR")]
)
def test_an_amount_nobody_can_pay_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(TooPrecise):
        Money(amount, currency)


@calm
@given(totals, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_minor_units_come_back_unchanged(amount_minor: int, currency: str) -> None:
    assert Money.from_minor(amount_minor, currency).to_minor() == amount_minor


def test_rounded_money_takes_any_digits() -> None:
    assert Money.rounded(Decimal("1.005"), "EUR") == Money("1.01", "EUR")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("1234.5", "EUR", "en-us", "€1,234.50"),
        ("1234.5", "EUR", "de-de", "1.234,50 €"),
        ("1234.5", "EUR", "fr_FR", "1 234,50 €"),
        ("1234.5", "CHF", "de-ch", "CHF 1\N{RIGHT SINGLE QUOTATION MARK}234.50"),
        ("1234", "JPY", "en-us", "¥1,234"),
        ("1234.5", "KWD", "en-us", "KWD 1,234.500"),
        ("-4", "EUR", "en-us", "-€4.00"),
    ],
)
def test_an_amount_is_written_the_way_of_the_place(
    amount: str, currency: str, locale: str, text: str
) -> None:
    written = Money(amount, currency).format(locale)

    assert written.replace("\N{NO-BREAK SPACE}", " ").replace("\u202f", " ") == text


def test_a_number_in_a_column_has_all_digits_and_no_sign_of_its_currency() -> None:
    assert format_number(Decimal("1234.5"), "EUR", "de") == "1.234,50"
    assert format_number(Decimal(1234), "JPY", "de") == "1.234"
    assert format_amount(Decimal("2.675"), "EUR", "en") == "€2.68"
