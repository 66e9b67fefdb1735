"""Freezing a document and its totals into a snapshot, and reading the document back from it."""

from datetime import UTC
from decimal import Decimal

from billing.document import Adjustment, Deduction, Document, Line, PriceMode, Tax, TaxCategory
from billing.snapshot import (
    SCHEMA,
    AdjustmentSnapshot,
    AppointmentSnapshot,
    BilledAppointment,
    Correction,
    CorrectionSnapshot,
    DeductionSnapshot,
    Heading,
    HeadingSnapshot,
    LineSnapshot,
    Party,
    PartySnapshot,
    ShareSnapshot,
    Snapshot,
    TaxBucketSnapshot,
    TaxSnapshot,
    TotalsSnapshot,
)
from billing.spreading import AppliedAdjustment, Share
from billing.taxation import TaxBucket
from billing.totals import LineTotals, Totals
from hub.money import quantize


def freeze(heading: Heading, document: Document, totals: Totals) -> Snapshot:
    """Return all that is issued; ``thaw`` gives the same document back."""
    currency = document.currency
    return {
        "schema": SCHEMA,
        **_freeze_heading(heading, currency),
        "currency": currency,
        "price_mode": document.price_mode.value,
        "cash_unit": plain(document.cash_unit),
        "lines": [
            _freeze_line(line, computed, heading, currency)
            for line, computed in zip(document.lines, totals.lines, strict=True)
        ],
        "allowances": [_freeze_applied(a, currency) for a in totals.document_allowances],
        "charges": [_freeze_applied(c, currency) for c in totals.document_charges],
        "deductions": [_freeze_deduction(d, document) for d in document.deductions],
        "shares": [_freeze_share(share, currency) for share in totals.shares],
        "taxes": [_freeze_bucket(bucket, currency) for bucket in totals.taxes],
        "totals": _freeze_totals(totals),
    }


def thaw(snapshot: Snapshot) -> Document:
    """Return the document of which the snapshot is, to check or to credit it."""
    return Document(
        currency=snapshot["currency"],
        price_mode=PriceMode(snapshot["price_mode"]),
        lines=tuple(_thaw_line(line) for line in snapshot["lines"]),
        allowances=tuple(_thaw_adjustment(a) for a in snapshot["allowances"]),
        charges=tuple(_thaw_adjustment(c) for c in snapshot["charges"]),
        deductions=tuple(_thaw_deduction(d) for d in snapshot["deductions"]),
        paid=Decimal(snapshot["totals"]["paid"]),
        cash_unit=Decimal(snapshot["cash_unit"]),
    )


def plain(number: Decimal) -> str:
    """Write a quantity, price or rate without an exponent and without trailing zeros."""
    return format(number.normalize(), "f") if number else "0"


def _freeze_heading(heading: Heading, currency: str) -> HeadingSnapshot:
    return {
        "kind": heading.kind.value,
        "number": heading.number,
        "issued_at": heading.issued_at.astimezone(UTC).isoformat(timespec="seconds"),
        "issue_date": heading.issue_date.isoformat(),
        "due_date": heading.due_date.isoformat(),
        "locale": heading.locale,
        "time_zone": heading.time_zone,
        "seller": _freeze_party(heading.seller),
        "buyer": _freeze_party(heading.buyer),
        "bank": {
            "name": heading.bank.name,
            "iban": heading.bank.iban,
            "bic": heading.bank.bic,
        },
        "purchase_order": heading.purchase_order,
        "terms": heading.terms,
        "note": heading.note,
        "logo_sha256": heading.logo_sha256,
        "payments": [
            {"date": payment.date.isoformat(), "amount": _amount(payment.amount, currency)}
            for payment in heading.payments
        ],
        "corrects": _freeze_correction(heading.corrects),
    }


def _freeze_party(party: Party) -> PartySnapshot:
    return {
        "name": party.name,
        "contact": party.contact,
        "street": party.street,
        "postal_code": party.postal_code,
        "city": party.city,
        "country": party.country,
        "tax_id": party.tax_id,
        "registration": party.registration,
        "email": party.email,
        "phone": party.phone,
    }


def _freeze_correction(correction: Correction | None) -> CorrectionSnapshot | None:
    if correction is None:
        return None
    return {
        "number": correction.number,
        "issue_date": correction.issue_date.isoformat(),
        "reason": correction.reason,
    }


def _freeze_line(
    line: Line, computed: LineTotals, heading: Heading, currency: str
) -> LineSnapshot:
    return {
        "id": line.id,
        "description": line.description,
        "reason": line.reason,
        "quantity": plain(line.quantity),
        "unit_price": plain(line.unit_price),
        "taxes": [_freeze_tax(tax) for tax in line.taxes],
        "allowances": [_freeze_applied(a, currency) for a in computed.allowances],
        "charges": [_freeze_applied(c, currency) for c in computed.charges],
        "base": _amount(computed.base, currency),
        "amount": _amount(computed.amount, currency),
        "net": _amount(computed.net, currency),
        "appointment": _freeze_appointment(heading.appointments.get(line.id)),
    }


def _freeze_appointment(appointment: BilledAppointment | None) -> AppointmentSnapshot | None:
    if appointment is None:
        return None
    local = appointment.starts_at.replace(tzinfo=None)
    return {
        "id": appointment.id,
        "starts_at": local.isoformat(timespec="minutes"),
        "staff": appointment.staff,
    }


def _freeze_tax(tax: Tax) -> TaxSnapshot:
    return {
        "category": tax.category.value,
        "rate": plain(tax.rate),
        "name": tax.name,
        "compound": tax.compound,
        "exemption_reason": tax.exemption_reason,
    }


def _freeze_bucket(bucket: TaxBucket, currency: str) -> TaxBucketSnapshot:
    return {
        "category": bucket.category.value,
        "rate": plain(bucket.rate),
        "name": bucket.name,
        "compound": bucket.compound,
        "exemption_reason": bucket.exemption_reason,
        "base": _amount(bucket.base, currency),
        "tax": _amount(bucket.tax, currency),
        "gross": _amount(bucket.gross, currency),
    }


def _freeze_applied(applied: AppliedAdjustment, currency: str) -> AdjustmentSnapshot:
    return {
        "reason": applied.reason,
        "reason_code": applied.reason_code,
        "percent": "" if applied.percent is None else plain(applied.percent),
        "base": _amount(applied.base, currency),
        "amount": _amount(applied.amount, currency),
    }


def _freeze_share(share: Share, currency: str) -> ShareSnapshot:
    return {
        "index": share.index,
        "is_charge": share.is_charge,
        "taxes": [_freeze_tax(tax) for tax in share.taxes],
        "amount": _amount(share.amount, currency),
        "net": _amount(share.net, currency),
    }


def _freeze_deduction(deduction: Deduction, document: Document) -> DeductionSnapshot:
    currency = document.currency
    return {
        "reference": deduction.reference,
        "base": _amount(deduction.base, currency),
        "amount": _amount(deduction.amount_in(document), currency),
        "taxes": [
            {"tax": _freeze_tax(tax), "amount": _amount(amount, currency)}
            for tax, amount in deduction.taxes
        ],
    }


def _freeze_totals(totals: Totals) -> TotalsSnapshot:
    def amount(figure: Decimal) -> str:
        return _amount(figure, totals.currency)

    return {
        "sum_of_lines": amount(totals.sum_of_lines),
        "allowances": amount(totals.allowances),
        "charges": amount(totals.charges),
        "deducted": amount(totals.deducted),
        "net_sum_of_lines": amount(totals.net_sum_of_lines),
        "net_allowances": amount(totals.net_allowances),
        "net_charges": amount(totals.net_charges),
        "net_deducted": amount(totals.net_deducted),
        "net": amount(totals.net),
        "tax": amount(totals.tax),
        "total": amount(totals.total),
        "paid": amount(totals.paid),
        "rounding": amount(totals.rounding),
        "due": amount(totals.due),
    }


def _amount(amount: Decimal, currency: str) -> str:
    return str(quantize(amount, currency))


def _thaw_line(line: LineSnapshot) -> Line:
    return Line(
        id=line["id"],
        description=line["description"],
        quantity=Decimal(line["quantity"]),
        unit_price=Decimal(line["unit_price"]),
        taxes=tuple(_thaw_tax(tax) for tax in line["taxes"]),
        allowances=tuple(_thaw_adjustment(a) for a in line["allowances"]),
        charges=tuple(_thaw_adjustment(c) for c in line["charges"]),
        reason=line["reason"],
    )


def _thaw_tax(tax: TaxSnapshot) -> Tax:
    return Tax(
        category=TaxCategory(tax["category"]),
        rate=Decimal(tax["rate"]),
        name=tax["name"],
        compound=tax["compound"],
        exemption_reason=tax["exemption_reason"],
    )


def _thaw_adjustment(adjustment: AdjustmentSnapshot) -> Adjustment:
    percent = adjustment["percent"]
    return Adjustment(
        reason=adjustment["reason"],
        reason_code=adjustment["reason_code"],
        percent=Decimal(percent) if percent else None,
        amount=None if percent else abs(Decimal(adjustment["amount"])),
    )


def _thaw_deduction(deduction: DeductionSnapshot) -> Deduction:
    return Deduction(
        reference=deduction["reference"],
        base=Decimal(deduction["base"]),
        taxes=tuple(
            (_thaw_tax(part["tax"]), Decimal(part["amount"])) for part in deduction["taxes"]
        ),
    )
