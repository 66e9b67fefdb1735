"""Writing figures and dates the way a reader of the document expects them."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

from billing.document import HUNDRED
from hub.money import format_amount, format_number, parse_locale, quantize

MINUS = "\N{MINUS SIGN}"


class Writer:
    """Takes the strings of a snapshot; ``sign`` -1 writes what is taken off."""

    def __init__(self, locale: str, currency: str) -> None:
        self.locale = parse_locale(locale)
        self.currency = currency

    def amount(self, amount: str, sign: int = 1) -> str:
        return _signed(format_number(sign * Decimal(amount), self.currency, str(self.locale)))

    def money(self, amount: str) -> str:
        return _signed(format_amount(Decimal(amount), self.currency, str(self.locale)))

    def price(self, price: str) -> str:
        """Write a unit price with the digits of its currency, or all it has if those are more."""
        exact = Decimal(price)
        if exact == quantize(exact, self.currency):
            return self.amount(price)
        return self.quantity(price)

    def quantity(self, quantity: str) -> str:
        return _signed(
            format_decimal(Decimal(quantity), locale=self.locale, decimal_quantization=False)
        )

    def rate(self, percent: str) -> str:
        return format_percent(
            Decimal(percent) / HUNDRED, locale=self.locale, decimal_quantization=False
        )

    def date(self, iso_date: str) -> str:
        return format_date(date.fromisoformat(iso_date), "long", locale=self.locale)

    def moment(self, iso_local: str) -> str:
        local = datetime.fromisoformat(iso_local)
        day = format_date(local.date(), "medium", locale=self.locale)
        return f"{day}, {format_time(local.time(), 'short', locale=self.locale)}"

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))


def _signed(text: str) -> str:
    return text.replace("-", MINUS)
