"""Which taxes a line carries: decided by location, tax class and date, then frozen with it."""

from datetime import date
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from billing.document import Tax, TaxCategory
from billing.models import TaxRate


class TaxDecision(TypedDict):
    """One tax of a line as it is stored: amounts as text, ``rule`` names row and version."""

    category: str
    rate: str
    name: str
    exemption_reason: str
    rule: str


def taxes_on(location_id: UUID, tax_class: str, *, on: date) -> list[TaxDecision]:
    """Return the taxes in force on ``on``, empty when none was set up for the class."""
    rows = TaxRate.objects.filter(
        location_id=location_id, tax_class=tax_class, valid__contains=on
    ).order_by("name", "pk")
    return [
        TaxDecision(
            category=row.category,
            rate=str(row.rate),
            name=row.name,
            exemption_reason=row.exemption_reason,
            rule=f"{row.pk}/{row.version}",
        )
        for row in rows
    ]


def as_tax(decision: TaxDecision) -> Tax:
    return Tax(
        category=TaxCategory(decision["category"]),
        rate=Decimal(decision["rate"]),
        name=decision["name"],
        exemption_reason=decision["exemption_reason"],
    )
