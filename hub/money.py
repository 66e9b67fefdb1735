"""Amounts of money: a Decimal that fits its currency, and the few things one may do with it."""

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import lru_cache, total_ordering
from typing import Self

from babel import Locale
from babel.numbers import NumberPattern, list_currencies

from hub.errors import InvalidInput

Weight = Decimal | Fraction | int

# ISO 4217. The CLDR's digits are those of everyday prices and differ (IQD 0 there, 3 here).
# fmt: off
WITHOUT_DIGITS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
})
# fmt: on
WITH_THREE_DIGITS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
# Accounting units with four digits, and the codes for "no currency" and "test".
UNSUPPORTED = frozenset({"CLF", "UYW", "XXX", "XTS"})

# 15 digits of quantity times 15 of price exceed the 28 digits of Decimal's default context.
EXACT = Context(prec=60, rounding=ROUND_HALF_UP)

# The CLDR sets a space between a code and a digit; Babel's patterns leave it out.
CODE_TOUCHES_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)")


class UnknownCurrency(InvalidInput):
    """The code is not one of ISO 4217, or has more than three decimal digits."""

    code = "unknown_currency"


class MixedCurrencies(InvalidInput):
    """Amounts of different currencies were put together."""

    code = "mixed_currencies"


class TooPrecise(InvalidInput):
    """The amount has more decimal digits than its currency."""

    code = "too_precise"


@lru_cache
def known_currencies() -> frozenset[str]:
    return frozenset(list_currencies()) - UNSUPPORTED


def digits_of(currency: str) -> int:
    """Return how many decimal digits the currency has: 0, 2 or 3.

    :raises UnknownCurrency: it is no ISO 4217 code this product supports.
    """
    if currency not in known_currencies():
        raise UnknownCurrency(f"“{currency}” is not a currency code.", field="currency")
    if currency in WITHOUT_DIGITS:
        return 0
    return 3 if currency in WITH_THREE_DIGITS else 2


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round half away from zero to the currency's digits, the same for both signs."""
    return round_half_up(amount, digits_of(currency))


def round_half_up(amount: Decimal, digits: int) -> Decimal:
    # `plus` turns a rounded -0.00 into 0.00.
    return EXACT.plus(amount.quantize(Decimal(1).scaleb(-digits), context=EXACT))


def allocate_minor(total: int, weights: Sequence[Weight]) -> list[int]:
    """Split ``total`` in proportion to ``weights`` by largest remainder.

    The parts add up to ``total`` and none is a whole unit off its exact share. Equal
    remainders favor the larger weight, then the earlier place. A negative total is the
    mirror image of the positive one.

    :raises ValueError: a weight is negative, or all are zero.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if whole <= 0 or min(exact) < 0:
        raise ValueError("weights must not be negative, nor all zero")
    shares = [abs(total) * weight / whole for weight in exact]
    parts = [int(share) for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], -exact[i], i))
    for i in by_remainder[: abs(total) - sum(parts)]:
        parts[i] += 1
    return [part if total >= 0 else -part for part in parts]


@total_ordering
@dataclass(frozen=True, slots=True, init=False)
class Money:
    """A payable amount; two amounts meet only in the same currency."""

    amount: Decimal
    currency: str

    def __init__(self, amount: Decimal | int | str, currency: str) -> None:
        """:raises TooPrecise: the amount has more digits than the currency, or is not finite."""
        exact = Decimal(amount)
        digits = digits_of(currency)
        if not exact.is_finite() or exact != round_half_up(exact, digits):
            raise TooPrecise(f"{currency} has {digits} decimal digits.", field="amount")
        object.__setattr__(self, "amount", round_half_up(exact, digits))
        object.__setattr__(self, "currency", currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        return cls(quantize(amount, currency), currency)

    @classmethod
    def from_minor(cls, amount_minor: int, currency: str) -> Self:
        return cls(Decimal(amount_minor).scaleb(-digits_of(currency), EXACT), currency)

    def to_minor(self) -> int:
        """Return cents, yen, fils: the integer that payment services expect."""
        return int(self.amount.scaleb(digits_of(self.currency), EXACT))

    def allocate(self, weights: Sequence[Weight]) -> tuple[Self, ...]:
        """Split without losing a cent; see ``allocate_minor``."""
        parts = allocate_minor(self.to_minor(), weights)
        return tuple(self.from_minor(part, self.currency) for part in parts)

    def format(self, locale: str) -> str:
        return format_amount(self.amount, self.currency, locale)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} do not mix.")
        return other.amount

    def __add__(self, other: "Money") -> Self:
        return type(self)(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> Self:
        return type(self)(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> Self:
        return type(self)(self.amount * times, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.amount, self.currency)

    def __abs__(self) -> Self:
        return type(self)(abs(self.amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total_of(amounts: Iterable[Money], currency: str) -> Money:
    """Add up; the currency is needed because there may be none.

    :raises MixedCurrencies: one of them is in another currency.
    """
    return sum(amounts, start=Money.zero(currency))


def format_amount(amount: Decimal, currency: str, locale: str) -> str:
    """Write an amount with its currency sign the way ``locale`` does: “1.234,50 €”."""
    parsed = parse_locale(locale)
    pattern = _with_digits(parsed.currency_formats["standard"], currency)
    rounded = quantize(amount, currency)
    text: str = pattern.apply(rounded, parsed, currency=currency, currency_digits=False)
    return CODE_TOUCHES_DIGIT.sub("\N{NO-BREAK SPACE}", text)


def format_number(amount: Decimal, currency: str, locale: str) -> str:
    """Write an amount without its currency sign, with all digits of the currency."""
    parsed = parse_locale(locale)
    pattern = _with_digits(parsed.decimal_formats[None], currency)
    text: str = pattern.apply(quantize(amount, currency), parsed)
    return text


def parse_locale(locale: str) -> Locale:
    """Accept “de-AT”, “de_AT” and Django's “de-at”."""
    return Locale.parse(locale.replace("-", "_"))


def _with_digits(pattern: NumberPattern, currency: str) -> NumberPattern:
    fixed = copy(pattern)
    fixed.frac_prec = (digits_of(currency), digits_of(currency))
    return fixed
