"""Snapshots of issued documents for tests."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.document import Document, Line, PriceMode, Tax, TaxCategory
from billing.freezing import freeze
from billing.snapshot import BankAccount, BilledAppointment, Heading, Party, Snapshot
from billing.totals import calculate

D = Decimal
VAT_20 = Tax(TaxCategory.STANDARD, D(20), "VAT")
VAT_5_5 = Tax(TaxCategory.STANDARD, D("5.5"), "VAT")

SELLER = Party(
    "Atelier Lumen SAS",
    "14 rue des Tanneurs",
    "69005",
    "Lyon",
    "FR",
    tax_id="FR40303265045",
    registration="SIRET 812 345 678 00019",
)
BUYER = Party(
    "Marchetti Interiors SARL",
    "8 quai Saint-Antoine",
    "69002",
    "Lyon",
    "FR",
    contact="Claire Marchetti",
)
VISIT = BilledAppointment(
    "apt_1", datetime(2026, 11, 9, 10, 0, tzinfo=ZoneInfo("Europe/Paris")), "Inès Moreau"
)
HEADING: Mapping[str, Any] = {
    "number": "2026-0184",
    "issued_at": datetime(2026, 11, 12, 8, 14, tzinfo=UTC),
    "issue_date": date(2026, 11, 12),
    "due_date": date(2026, 12, 12),
    "locale": "en_GB",
    "time_zone": "Europe/Paris",
    "seller": SELLER,
    "buyer": BUYER,
    "bank": BankAccount("Crédit Agricole", "FR7630006000011234567890189", "AGRIFRPP"),
    "purchase_order": "PO 7741",
    "terms": "30 days net",
    "appointments": {"1": VISIT},
}
LINES = (
    Line("1", "Color consultation", D(1), D(90), (VAT_20,)),
    Line("2", "On-site styling, half day", D(2), D(310), (VAT_20,)),
    Line("3", "Training manual, printed", D(3), D(24), (VAT_5_5,)),
)
DOCUMENT = Document("EUR", PriceMode.EXCLUSIVE, LINES)


def issued(document: Document = DOCUMENT, **heading: object) -> Snapshot:
    return freeze(Heading(**{**HEADING, **heading}), document, calculate(document))
