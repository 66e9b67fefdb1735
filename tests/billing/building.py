"""Short ways to write documents in tests."""

from dataclasses import replace
from decimal import Decimal

from billing.document import Adjustment, Document, Line, PriceMode, Tax, TaxCategory

D = Decimal
VAT_19 = Tax(TaxCategory.STANDARD, D(19), "VAT")
VAT_7 = Tax(TaxCategory.STANDARD, D(7), "VAT")
VAT_25 = Tax(TaxCategory.STANDARD, D(25), "VAT")
GST = Tax(TaxCategory.STANDARD, D(5), "GST")
QST = Tax(TaxCategory.STANDARD, D("9.975"), "QST")
EXEMPT = Tax(TaxCategory.EXEMPT, D(0), "VAT", exemption_reason="Medical care")


def line(price: str, *taxes: Tax, quantity: str = "1", **more: object) -> Line:
    return Line(
        id=str(more.pop("id", "1")),
        description="Haircut",
        quantity=D(quantity),
        unit_price=D(price),
        taxes=taxes or (VAT_19,),
        **more,  # type: ignore[arg-type]
    )


def document(*lines: Line, **more: object) -> Document:
    more.setdefault("currency", "EUR")
    more.setdefault("price_mode", PriceMode.EXCLUSIVE)
    numbered = tuple(replace(item, id=str(i)) for i, item in enumerate(lines))
    return Document(lines=numbered, **more)  # type: ignore[arg-type]


def off(percent: str) -> Adjustment:
    return Adjustment("Discount", percent=D(percent))


def off_amount(amount: str) -> Adjustment:
    return Adjustment("Discount", amount=D(amount))
