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


class TaxTable:
    """All rates of one location, read once."""

    def __init__(self, location_id: UUID) -> None:
        rates = TaxRate.objects.filter(location_id=location_id)
        self._rates = list(rates.order_by("tax_class", "name", "pk"))

    def on(self, tax_class: str, day: date) -> list[TaxDecision]:
        """Return the taxes in force on ``day``, none when nothing was set up for the class."""
        return [_decision(rate) for rate in self._rates_on(day) if rate.tax_class == tax_class]

    def classes(self, day: date) -> dict[str, str]:
        """Return the classes with rates in force on ``day``, each with its rates in words."""
        named: dict[str, list[str]] = {}
        for rate in self._rates_on(day):
            named.setdefault(rate.tax_class, []).append(str(rate))
        return {
            tax_class: f"{tax_class.capitalize()}: {' + '.join(names)}"
            for tax_class, names in named.items()
        }

    def _rates_on(self, day: date) -> list[TaxRate]:
        return [rate for rate in self._rates if day in rate.valid]


def as_tax(decision: TaxDecision) -> Tax:
    return Tax(
        category=TaxCategory(decision["category"]),
        rate=Decimal(decision["rate"]),
        name=decision["name"],
        exemption_reason=decision["exemption_reason"],
    )


def _decision(rate: TaxRate) -> TaxDecision:
    return TaxDecision(
        category=rate.category,
        rate=str(rate.rate),
        name=rate.name,
        exemption_reason=rate.exemption_reason,
        rule=f"{rate.pk}/{rate.version}",
    )
