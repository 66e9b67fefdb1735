"""The frozen content of an issued document: everything its PDF and its exports may say.

It is kept as text, byte for byte, beside its SHA-256 (INV-05). Amounts, quantities and rates are
strings of plain decimals, dates are ISO 8601; nothing in it refers to a row that can change.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict

SCHEMA = 1


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DEPOSIT_INVOICE = "deposit_invoice"


class PartySnapshot(TypedDict):
    """``country`` is an ISO 3166 code; ``contact`` is a person at a company."""

    name: str
    contact: str
    street: str
    postal_code: str
    city: str
    country: str
    tax_id: str
    registration: str
    email: str
    phone: str


class BankSnapshot(TypedDict):
    name: str
    iban: str
    bic: str


class TaxSnapshot(TypedDict):
    category: str
    rate: str
    name: str
    compound: bool
    exemption_reason: str


class AdjustmentSnapshot(TypedDict):
    """``base`` and ``amount`` are what was computed; ``percent`` is empty for a fixed amount."""

    reason: str
    reason_code: str
    percent: str
    base: str
    amount: str


class AppointmentSnapshot(TypedDict):
    """``starts_at`` is the local time there and then, without an offset."""

    id: str
    starts_at: str
    staff: str


class LineSnapshot(TypedDict):
    id: str
    description: str
    reason: str
    quantity: str
    unit_price: str
    taxes: list[TaxSnapshot]
    allowances: list[AdjustmentSnapshot]
    charges: list[AdjustmentSnapshot]
    base: str
    amount: str
    net: str
    appointment: AppointmentSnapshot | None


class TaxBucketSnapshot(TaxSnapshot):
    base: str
    tax: str
    gross: str


class ShareSnapshot(TypedDict):
    index: int
    is_charge: bool
    taxes: list[TaxSnapshot]
    amount: str
    net: str


class DeductedTaxSnapshot(TypedDict):
    tax: TaxSnapshot
    amount: str


class DeductionSnapshot(TypedDict):
    """``amount`` is in the price mode, as printed."""

    reference: str
    base: str
    amount: str
    taxes: list[DeductedTaxSnapshot]


class PaymentSnapshot(TypedDict):
    """A payment that was known when the document was issued, such as a deposit on account."""

    date: str
    amount: str


class CorrectionSnapshot(TypedDict):
    """The document that a credit note corrects."""

    number: str
    issue_date: str
    reason: str


class TotalsSnapshot(TypedDict):
    sum_of_lines: str
    allowances: str
    charges: str
    deducted: str
    net_sum_of_lines: str
    net_allowances: str
    net_charges: str
    net_deducted: str
    net: str
    tax: str
    total: str
    paid: str
    rounding: str
    due: str


class HeadingSnapshot(TypedDict):
    kind: str
    number: str
    issued_at: str
    issue_date: str
    due_date: str
    locale: str
    time_zone: str
    seller: PartySnapshot
    buyer: PartySnapshot
    bank: BankSnapshot
    purchase_order: str
    terms: str
    note: str
    logo_sha256: str
    payments: list[PaymentSnapshot]
    corrects: CorrectionSnapshot | None


class Snapshot(HeadingSnapshot):
    schema: int
    currency: str
    price_mode: str
    cash_unit: str
    lines: list[LineSnapshot]
    allowances: list[AdjustmentSnapshot]
    charges: list[AdjustmentSnapshot]
    deductions: list[DeductionSnapshot]
    shares: list[ShareSnapshot]
    taxes: list[TaxBucketSnapshot]
    totals: TotalsSnapshot


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    contact: str = ""
    tax_id: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    name: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class BilledAppointment:
    """``starts_at`` is aware, in the time zone of the place."""

    id: str
    starts_at: datetime
    staff: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    number: str
    issue_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentOnAccount:
    date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Heading:
    """What a document says beside its figures; ``appointments`` is keyed by line id."""

    number: str
    issued_at: datetime
    issue_date: date
    due_date: date
    locale: str
    time_zone: str
    seller: Party
    buyer: Party
    kind: DocumentKind = DocumentKind.INVOICE
    bank: BankAccount = BankAccount()
    purchase_order: str = ""
    terms: str = ""
    note: str = ""
    logo_sha256: str = ""
    payments: tuple[PaymentOnAccount, ...] = ()
    corrects: Correction | None = None
    appointments: Mapping[str, BilledAppointment] = field(default_factory=dict)


def snapshot_text(snapshot: Snapshot) -> str:
    """Write the one canonical text of a snapshot: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def snapshot_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
