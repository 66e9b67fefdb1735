"""How the salon of ``tests.factories.scheduling`` bills: 19 % inside its prices."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.range import DateRange

from billing.document import PriceMode, TaxCategory
from billing.drafting import draft_invoice, set_lines
from billing.issuing import issue_invoice
from billing.models import Invoice, LegalEntity, LocationBilling, TaxRate
from billing.planning import LineInput
from customers.models import Customer
from hub import history
from scheduling.attendance import complete_appointment
from scheduling.models import Appointment, Location
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location

LATER = MONDAY_9 + timedelta(hours=2)


def entity(name: str = "Harbor Hair GmbH", **values: Any) -> LegalEntity:
    """Return the legal entity of this name, made at the first call."""
    known = LegalEntity.objects.filter(name=name).first()
    defaults = {
        "street": "Harbor Street 1",
        "postal_code": "10115",
        "city": "Berlin",
        "country": "DE",
        "tax_id": "DE123456789",
        "time_zone": "Europe/Berlin",
    }
    return known or history.create(LegalEntity(name=name, **(defaults | values)), by=SETUP)


def billing(
    place: Location | None = None,
    *,
    mode: PriceMode = PriceMode.INCLUSIVE,
    rate: str = "19",
    seller: LegalEntity | None = None,
) -> LocationBilling:
    """Let ``place`` bill, with one tax on everything since 2020; what is there is kept."""
    place = place or location()
    known = LocationBilling.objects.filter(pk=place.pk).first()
    if known is not None:
        return known
    standard = TaxRate(
        location=place,
        tax_class="standard",
        name="VAT",
        category=TaxCategory.STANDARD.value,
        rate=Decimal(rate),
        valid=DateRange(date(2020, 1, 1), None),
    )
    history.create(standard, by=SETUP)
    bills = LocationBilling(location=place, legal_entity=seller or entity(), price_mode=mode.value)
    return history.create(bills, by=SETUP)


def draft(
    *prices: str, customer: Customer | None = None, place: Location | None = None
) -> Invoice:
    """Return a draft with one line for each price."""
    bills = billing(place)
    begun = draft_invoice((customer or client()).pk, location_id=bills.location_id, by=SETUP)
    lines = [
        LineInput(description=f"Work {place}", quantity=Decimal(1), unit_price=Decimal(price))
        for place, price in enumerate(prices or ("49.00",), start=1)
    ]
    return set_lines(begun.pk, lines, on=LATER.date(), by=SETUP)


def issued(*prices: str, at: datetime = LATER, **values: Any) -> Invoice:
    return issue_invoice(draft(*prices, **values).pk, at=at, by=SETUP)


def completed(**values: Any) -> Appointment:
    """Return a visit that took place, at a location that bills: its draft is there."""
    billing()
    visit = booked(**values)
    return complete_appointment(visit.pk, at=visit.end_at, by=SETUP)
