"""Drafts: proposed from completed work, edited until they are issued or discarded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from billing.assembling import decide_taxes, retotal
from billing.models import Invoice, InvoiceLine, LocationBilling
from billing.states import TRANSITIONS, InvoiceStatus
from customers.models import Customer
from hub import access, history, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition, require_transition
from hub.models import Change
from scheduling.models import Appointment

MOST_LINES = 500


class AlreadyInvoiced(DomainError):
    code = "already_invoiced"


class NotBillable(DomainError):
    code = "location_not_billable"


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as it is edited. ``id`` keeps an existing line, its appointment with it."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = Decimal(0)
    discount_reason: str = ""
    tax_class: str = "standard"
    id: UUID | None = None


@transaction.atomic
def draft_invoice(customer_id: UUID, *, location_id: UUID, by: Actor) -> Invoice:
    """Begin an empty draft for a customer.

    :raises AccessDenied: ``by`` may not draft invoices.
    :raises NotBillable: nobody set up how this location bills.
    """
    access.require(by, Capability.DRAFT_INVOICE)
    customer = Customer.objects.select_related("canonical").get(pk=customer_id)
    billing = _billing_of(location_id)
    if billing is None:
        raise NotBillable("This location has no billing settings yet.", field="location")
    return _begin(customer.canonical or customer, billing, by=by)


@transaction.atomic
def set_lines(
    invoice_id: UUID,
    lines: Sequence[LineInput],
    *,
    on: date,
    by: Actor,
    expected_version: int | None = None,
) -> Invoice:
    """Replace the lines of a draft by ``lines``; taxes are those in force on ``on``.

    :raises AccessDenied: ``by`` may not draft invoices.
    :raises StaleVersion: it was changed meanwhile.
    :raises IllegalTransition: it is no draft any more.
    :raises InvalidInput: a figure cannot be right; the field names line and column.
    """
    access.require(by, Capability.DRAFT_INVOICE)
    invoice = _locked_draft(invoice_id, expected_version)
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"At most {MOST_LINES} lines fit on an invoice.", field="lines")
    known = {line.pk: line for line in invoice.lines.select_related("appointment")}
    kept = {line.id for line in lines if line.id in known}
    for line in known.values():
        if line.pk not in kept:
            history.delete(line, by=by)
    for position, values in enumerate(lines, start=1):
        _write_line(invoice, known.get(values.id) if values.id else None, values, position, on, by)
    retotal(invoice, by=by)
    counts = {"lines": [len(known), len(lines)]}
    outbox.record(EventName.INVOICE_UPDATED, subject=invoice, by=by, fields=counts)
    return invoice


@transaction.atomic
def discard_draft(invoice_id: UUID, *, by: Actor, expected_version: int | None = None) -> Invoice:
    """Put a draft aside; it never had a number.

    :raises AccessDenied: ``by`` may not draft invoices.
    :raises StaleVersion: it was changed meanwhile.
    :raises IllegalTransition: it is no draft any more.
    """
    access.require(by, Capability.DRAFT_INVOICE)
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    require_version(invoice.version, expected_version)
    _discard(invoice, by=by)
    return invoice


def propose_invoice(change: Change, by: Actor) -> None:
    """A visit was completed: draft what it costs. Whoever completed it, the draft appears."""
    visit = Appointment.objects.select_related("customer__canonical", "location").get(
        pk=change.local_id
    )
    billing = _billing_of(visit.location_id)
    if billing is None or not visit.price or _lines_of(visit).exists():
        return
    invoice = _begin(visit.customer.canonical or visit.customer, billing, by=by)
    line = InvoiceLine(
        invoice=invoice,
        position=1,
        description=visit.service_name,
        quantity=Decimal(1),
        unit_price=visit.price,
        tax_class=visit.tax_class,
        appointment=visit,
    )
    decide_taxes(invoice, line, on=visit.start_at.astimezone(visit.time_zone).date())
    history.create(line, by=by)
    retotal(invoice, by=by)


def drop_lines_of_canceled(change: Change, by: Actor) -> None:
    """A visit will not take place: it leaves the drafts. What is issued stays as it is."""
    for line in _lines_of(Appointment.objects.get(pk=change.local_id)).filter(invoice__number=""):
        _drop(line, by=by)


def refuse_reopening_of_issued(change: Change, by: Actor) -> None:
    """A completed visit is taken back: its draft lines go with it.

    :raises AlreadyInvoiced: the visit stands on an issued invoice.
    """
    lines = _lines_of(Appointment.objects.get(pk=change.local_id))
    if lines.exclude(invoice__number="").exists():
        raise AlreadyInvoiced("This visit was invoiced. Correct it by a credit note.")
    for line in lines:
        _drop(line, by=by)


def _billing_of(location_id: UUID) -> LocationBilling | None:
    return LocationBilling.objects.select_related("location").filter(pk=location_id).first()


def _begin(customer: Customer, billing: LocationBilling, *, by: Actor) -> Invoice:
    invoice = Invoice(
        legal_entity_id=billing.legal_entity_id,
        location_id=billing.location_id,
        customer=customer,
        currency=billing.location.currency,
        price_mode=billing.price_mode,
    )
    history.create(invoice, by=by)
    outbox.record(EventName.INVOICE_DRAFTED, subject=invoice, by=by)
    return invoice


def _locked_draft(invoice_id: UUID, expected_version: int | None) -> Invoice:
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    require_version(invoice.version, expected_version)
    if invoice.status != InvoiceStatus.DRAFT:
        raise IllegalTransition("Only a draft can be edited. Correct it by a credit note.")
    return invoice


def _write_line(
    invoice: Invoice,
    line: InvoiceLine | None,
    values: LineInput,
    position: int,
    on: date,
    by: Actor,
) -> None:
    line = line or InvoiceLine(invoice=invoice)
    is_new = line._state.adding  # noqa: SLF001
    line.position, line.description = position, values.description
    line.quantity, line.unit_price = values.quantity, values.unit_price
    line.discount_percent, line.discount_reason = values.discount_percent, values.discount_reason
    line.tax_class = values.tax_class
    decide_taxes(invoice, line, on=on)
    if is_new:
        history.create(line, by=by)
    else:
        history.save(line, fields=_EDITABLE, by=by)


def _lines_of(visit: Appointment) -> QuerySet[InvoiceLine]:
    lines = InvoiceLine.objects.filter(appointment=visit)
    return lines.exclude(invoice__status=InvoiceStatus.DISCARDED)


def _drop(line: InvoiceLine, *, by: Actor) -> None:
    invoice = Invoice.objects.select_for_update().get(pk=line.invoice_id)
    history.delete(line, by=by)
    if invoice.lines.exists():
        retotal(invoice, by=by)
    else:
        _discard(invoice, by=by)


def _discard(invoice: Invoice, *, by: Actor) -> None:
    require_transition(
        TRANSITIONS, current=InvoiceStatus(invoice.status), target=InvoiceStatus.DISCARDED
    )
    invoice.status = InvoiceStatus.DISCARDED
    history.save(invoice, fields=["status"], by=by)
    outbox.record(EventName.INVOICE_DISCARDED, subject=invoice, by=by)


_EDITABLE = (
    "position",
    "description",
    "quantity",
    "unit_price",
    "discount_percent",
    "discount_reason",
    "tax_class",
    "taxes",
)
