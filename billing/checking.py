"""What no document may contain, refused with the name of the field before it is computed."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from billing.document import HUNDRED, Adjustment, Deduction, Document, Line, Tax, TaxCategory
from hub.errors import InvalidInput
from hub.money import digits_of

# What NUMERIC(15,3) and NUMERIC(15,4) hold with room for a sum of many lines.
LIMIT = Decimal(10) ** 11
LINE_DIGITS = 4

# In the other categories the rate is zero by law (BR-Z-05, BR-E-05, BR-AE-05 and so on).
ALWAYS_WITH_RATE = frozenset({TaxCategory.STANDARD})
SOMETIMES_WITH_RATE = frozenset({TaxCategory.CANARY_ISLANDS, TaxCategory.CEUTA_AND_MELILLA})


class InvalidDocument(InvalidInput):
    """The document cannot be computed; ``field`` is a path such as ``lines.0.quantity``."""

    code = "invalid_document"


def refuse_invalid(document: Document) -> None:
    """:raises InvalidDocument: naming the first field that cannot be right."""
    digits = digits_of(document.currency)
    _require_number(document.paid, "paid", digits=digits)
    _require_number(document.cash_unit, "cash_unit", digits=digits)
    for place, line in enumerate(document.lines):
        _check_line(line, f"lines.{place}", document.currency, digits)
    _check_adjustments(document.allowances, "allowances", digits)
    _check_adjustments(document.charges, "charges", digits)
    for place, deduction in enumerate(document.deductions):
        _check_deduction(deduction, f"deductions.{place}", digits)
    _refuse_twice((line.id for line in document.lines), "lines")
    _refuse_twice((deduction.reference for deduction in document.deductions), "deductions")


def require(holds: bool, message: str, *, field: str) -> None:  # noqa: FBT001 - an assertion
    if not holds:
        raise InvalidDocument(message, field=field)


def _check_line(line: Line, field: str, currency: str, digits: int) -> None:
    require(
        line.currency in {"", currency},
        f"The line is in {line.currency}, the document in {currency}.",
        field=f"{field}.currency",
    )
    require(bool(line.description.strip()), "Say what it is.", field=f"{field}.description")
    _require_number(line.unit_price, f"{field}.unit_price", digits=LINE_DIGITS)
    _require_number(abs(line.quantity), f"{field}.quantity", digits=LINE_DIGITS)
    require(
        line.quantity >= 0 or bool(line.reason.strip()),
        "A negative quantity needs a reason.",
        field=f"{field}.quantity",
    )
    _check_adjustments(line.allowances, f"{field}.allowances", digits)
    _check_adjustments(line.charges, f"{field}.charges", digits)
    _check_taxes(line.taxes, f"{field}.taxes")


def _check_adjustments(adjustments: Sequence[Adjustment], field: str, digits: int) -> None:
    for place, adjustment in enumerate(adjustments):
        path = f"{field}.{place}"
        require(
            bool(adjustment.reason.strip() or adjustment.reason_code),
            "Give a reason or a reason code.",  # BR-CO-21 to BR-CO-24
            field=f"{path}.reason",
        )
        require(
            (adjustment.amount is None) != (adjustment.percent is None),
            "Give either an amount or a percentage.",
            field=f"{path}.amount",
        )
        if adjustment.amount is not None:
            _require_number(adjustment.amount, f"{path}.amount", digits=digits)
        if adjustment.percent is not None:
            _require_number(adjustment.percent, f"{path}.percent", digits=LINE_DIGITS)


def _check_taxes(taxes: Sequence[Tax], field: str) -> None:
    for place, tax in enumerate(taxes):
        path = f"{field}.{place}"
        _require_number(tax.rate, f"{path}.rate", digits=LINE_DIGITS)
        require(tax.rate < HUNDRED * 10, "This rate is too high.", field=f"{path}.rate")
        require(
            tax.category in SOMETIMES_WITH_RATE
            or (tax.rate > 0) == (tax.category in ALWAYS_WITH_RATE),
            f"Category {tax.category} and a rate of {tax.rate} % do not go together.",
            field=f"{path}.rate",
        )
        require(
            tax.compound or not any(before.compound for before in taxes[:place]),
            "A compound tax stands after the taxes it is due on.",
            field=f"{path}.compound",
        )
    _refuse_twice((tax.key for tax in taxes), field)


def _check_deduction(deduction: Deduction, field: str, digits: int) -> None:
    require(bool(deduction.reference), "Name the document.", field=f"{field}.reference")
    _require_number(deduction.base, f"{field}.base", digits=digits)
    for place, (_, amount) in enumerate(deduction.taxes):
        _require_number(amount, f"{field}.taxes.{place}", digits=digits)
    _check_taxes([tax for tax, _ in deduction.taxes], f"{field}.taxes")


def _require_number(number: Decimal, field: str, *, digits: int) -> None:
    require(number.is_finite(), "This is not a number.", field=field)
    require(number >= 0, "This may not be negative.", field=field)
    require(number < LIMIT, "This number is too large.", field=field)
    require(
        number == round(number, digits), f"At most {digits} decimal digits, please.", field=field
    )


def _refuse_twice(keys: Iterable[object], field: str) -> None:
    seen: set[object] = set()
    for place, key in enumerate(keys):
        require(key not in seen, "This is here twice.", field=f"{field}.{place}")
        seen.add(key)
