"""Turn a draft into a numbered, immutable invoice."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from billing.assembling import decide_taxes, document_of, lines_of, today_of
from billing.document import Document
from billing.freezing import freeze
from billing.models import Invoice, InvoiceLine, InvoiceTax
from billing.numbering import next_number
from billing.rechecking import recheck
from billing.settling import settlement_of
from billing.snapshot import (
    BankAccount,
    BilledAppointment,
    Heading,
    Party,
    snapshot_sha256,
    snapshot_text,
)
from billing.states import TRANSITIONS, InvoiceStatus
from billing.totals import Totals, calculate
from hub import access, history, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import require_transition

RENDER_TASK = "billing.render_documents"


class Incomplete(DomainError):
    """Something that must stand on an invoice is missing; ``field`` says what."""

    code = "invoice_incomplete"


@transaction.atomic
def issue_invoice(
    invoice_id: UUID, *, at: datetime, by: Actor, expected_version: int | None = None
) -> Invoice:
    """Freeze the content, give it its number and announce it; the PDF follows after the commit.

    The legal entity's own calendar day at ``at`` is the issue date.

    :raises AccessDenied: ``by`` may not issue invoices.
    :raises StaleVersion: it was changed meanwhile.
    :raises IllegalTransition: it is not a draft.
    :raises Incomplete: no lines, no tax decision, or seller or buyer are not complete.
    :raises DateOutOfOrder: a later date was issued in the series already.
    """
    access.require(by, Capability.ISSUE_INVOICE)
    invoice = _locked(invoice_id, expected_version)
    require_transition(
        TRANSITIONS, current=InvoiceStatus(invoice.status), target=InvoiceStatus.ISSUED
    )
    issue_date = today_of(invoice, at=at)
    lines = _decided_lines(invoice, issue_date, by=by)
    document = document_of(invoice, lines)
    totals = calculate(document)
    for missing in what_is_missing(invoice, document, totals):
        raise missing
    _write_taxes(invoice, totals)
    _freeze(invoice, lines, document, totals, at=at, issue_date=issue_date)
    history.save(invoice, fields=_FROZEN, by=by)
    outbox.record(
        EventName.INVOICE_ISSUED,
        subject=invoice,
        by=by,
        fields={"number": ["", invoice.number], "total": ["", str(invoice.total)]},
    )
    outbox.ring_after_commit(RENDER_TASK)
    return invoice


def _locked(invoice_id: UUID, expected_version: int | None) -> Invoice:
    invoice = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("legal_entity", "customer", "location")
        .get(pk=invoice_id)
    )
    require_version(invoice.version, expected_version)
    return invoice


def _decided_lines(invoice: Invoice, issue_date: date, *, by: Actor) -> list[InvoiceLine]:
    """The lines with the taxes in force now; a draft may have waited past a change of rates."""
    lines = lines_of(invoice)
    for line in decide_taxes(invoice, lines, on=issue_date):
        history.save(line, fields=["taxes"], by=by)
    return lines


def what_is_missing(invoice: Invoice, document: Document, totals: Totals) -> Iterator[Incomplete]:
    """Yield what keeps a draft from being issued, each with its field."""
    seller = invoice.legal_entity
    if not document.lines:
        yield Incomplete("Add at least one line first.", field="lines")
    if not (seller.name and seller.street and seller.city):
        yield Incomplete("The seller's name and address are not complete.", field="seller")
    if not invoice.customer.name:
        yield Incomplete("The customer has no name to put on the invoice.", field="customer")
    untaxed = [line for line in document.lines if not line.taxes]
    for line in untaxed:
        yield Incomplete(f"No tax is set up for “{line.description}” here.", field="lines")
    if not untaxed:
        for found in recheck(document, totals):
            yield Incomplete(f"The arithmetic does not add up: {found}", field="lines")


def _write_taxes(invoice: Invoice, totals: Totals) -> None:
    InvoiceTax.objects.bulk_create(
        InvoiceTax(
            invoice=invoice,
            category=bucket.category.value,
            rate=bucket.rate,
            name=bucket.name,
            base=bucket.base,
            tax=bucket.tax,
            gross=bucket.gross,
        )
        for bucket in totals.taxes
    )


def _freeze(
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    document: Document,
    totals: Totals,
    *,
    at: datetime,
    issue_date: date,
) -> None:
    invoice.status = InvoiceStatus.ISSUED
    invoice.issued_at, invoice.issue_date = at, issue_date
    invoice.due_date = due_date_of(invoice, issue_date)
    invoice.net, invoice.tax, invoice.total = totals.net, totals.tax, totals.total
    invoice.balance = totals.total
    invoice.settlement = settlement_of(total=totals.total, balance=totals.total)
    invoice.series, invoice.series_number, invoice.number = next_number(
        invoice.legal_entity, document_type="invoice", issue_date=issue_date
    )
    text = snapshot_text(freeze(_heading(invoice, lines), document, totals))
    invoice.snapshot_text, invoice.snapshot_sha256 = text, snapshot_sha256(text)


def due_date_of(invoice: Invoice, issue_date: date) -> date:
    return issue_date + timedelta(days=invoice.legal_entity.payment_term_days)


def _heading(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Heading:
    entity = invoice.legal_entity
    assert invoice.issued_at and invoice.issue_date and invoice.due_date  # noqa: PT018, S101
    return Heading(
        number=invoice.number,
        issued_at=invoice.issued_at,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        locale=entity.locale,
        time_zone=str(entity.time_zone),
        seller=seller_party(invoice),
        buyer=buyer_party(invoice),
        bank=BankAccount(entity.bank_name, entity.iban, entity.bic),
        note=invoice.note,
        appointments={
            str(line.pk): BilledAppointment(
                line.appointment.code,
                line.appointment.start_at.astimezone(line.appointment.time_zone),
                line.appointment.staff.name,
            )
            for line in lines
            if line.appointment is not None
        },
    )


def seller_party(invoice: Invoice) -> Party:
    entity = invoice.legal_entity
    return Party(
        name=entity.name,
        street=entity.street,
        postal_code=entity.postal_code,
        city=entity.city,
        country=entity.country,
        tax_id=entity.tax_id,
        registration=entity.registration,
        email=entity.email,
        phone=entity.phone,
    )


def buyer_party(invoice: Invoice) -> Party:
    customer = invoice.customer
    return Party(
        name=customer.company or customer.name,
        contact=customer.name if customer.company else "",
        street=customer.street,
        postal_code=customer.postal_code,
        city=customer.city,
        country=customer.country,
        tax_id=customer.tax_id,
    )


_FROZEN = (
    "status",
    "issued_at",
    "issue_date",
    "due_date",
    "net",
    "tax",
    "total",
    "balance",
    "settlement",
    "series",
    "series_number",
    "number",
    "snapshot_text",
    "snapshot_sha256",
)
