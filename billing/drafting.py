"""Drafts: proposed from completed work, edited until they are issued or discarded."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from billing.assembling import compute, decide_taxes, lines_of, save_totals, today_of
from billing.models import Invoice, InvoiceLine, LocationBilling
from billing.planning import EDITED, LineInput, plan_lines
from billing.states import TRANSITIONS, InvoiceStatus
from customers.holding import hold
from customers.models import Customer
from hub import access, history, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition, require_transition
from hub.models import Change
from scheduling.models import Appointment


class AlreadyInvoiced(DomainError):
    code = "already_invoiced"


class NotBillable(DomainError):
    code = "location_not_billable"


@transaction.atomic
def draft_invoice(customer_id: UUID, *, location_id: UUID, by: Actor) -> Invoice:
    """Begin an empty draft for a customer.

    :raises AccessDenied: ``by`` may not draft invoices.
    :raises NotBillable: nobody set up how this location bills.
    """
    access.require(by, Capability.DRAFT_INVOICE)
    hold(customer_id)
    customer = Customer.objects.select_related("canonical").get(pk=customer_id, erased_at=None)
    billing = _billing_of(location_id)
    if billing is None:
        raise NotBillable("This location has no billing settings yet.", field="location")
    return _begin(customer.canonical or customer, billing, by=by)


@transaction.atomic
def draft_with_lines(
    customer_id: UUID, *, location_id: UUID, lines: Sequence[LineInput], at: datetime, by: Actor
) -> Invoice:
    """Begin a draft with ``lines``, or nothing at all; raises what its two steps raise."""
    draft = draft_invoice(customer_id, location_id=location_id, by=by)
    if not lines:
        return draft
    return set_lines(draft.pk, lines, on=today_of(draft, at=at), by=by)


@transaction.atomic
def set_lines(
    invoice_id: UUID,
    lines: Sequence[LineInput],
    *,
    on: date,
    by: Actor,
    expected_version: int | None = None,
) -> Invoice:
    """Make ``lines`` the lines of a draft; taxes are those in force on ``on``.

    Lines that stay as they are get no new version; without any difference nothing is written.

    :raises AccessDenied: ``by`` may not draft invoices.
    :raises StaleVersion: it was changed meanwhile.
    :raises IllegalTransition: it is no draft any more.
    :raises InvalidInput: a figure cannot be right; the field names line and column.
    """
    access.require(by, Capability.DRAFT_INVOICE)
    invoice = _locked_draft(invoice_id, expected_version)
    plan = plan_lines(invoice, lines, on=on)
    if plan.is_empty:
        return invoice
    for line in plan.removed:
        history.delete(line, by=by)
    for line in plan.changed:
        history.save(line, fields=EDITED, by=by)
    for line in plan.added:
        history.create(line, by=by)
    save_totals(invoice, by=by)
    before = len(plan.lines) - len(plan.added) + len(plan.removed)
    counts = {"lines": [before, len(plan.lines)]}
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
    _propose(visit, visit.service_name, visit.price, by=by)


def propose_late_fee(change: Change, by: Actor) -> None:
    """A customer canceled too late or did not come: draft the fee that was promised, if any.

    It takes effect when somebody issues the draft, never by itself.
    """
    visit = Appointment.objects.select_related("customer__canonical", "location").get(
        pk=change.local_id
    )
    if visit.is_fee_due:
        what = "No-show" if visit.no_show_at else "Late cancellation"
        _propose(visit, f"{what}: {visit.service_name}", visit.late_fee, by=by)


def _propose(visit: Appointment, description: str, price: Decimal, *, by: Actor) -> None:
    billing = _billing_of(visit.location_id)
    if billing is None or not price or _lines_of(visit).exists():
        return
    if visit.currency != billing.location.currency:  # promised in another one: a person decides
        return
    invoice = _begin(visit.customer.canonical or visit.customer, billing, by=by)
    line = InvoiceLine(
        invoice=invoice,
        position=1,
        description=description,
        quantity=Decimal(1),
        unit_price=price,
        tax_class=visit.tax_class,
        appointment=visit,
    )
    decide_taxes(invoice, [line], on=visit.start_at.astimezone(visit.time_zone).date())
    compute(invoice, [line])
    history.create(line, by=by)
    save_totals(invoice, by=by)


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


def _lines_of(visit: Appointment) -> QuerySet[InvoiceLine]:
    lines = InvoiceLine.objects.filter(appointment=visit)
    return lines.exclude(invoice__status=InvoiceStatus.DISCARDED)


def _drop(line: InvoiceLine, *, by: Actor) -> None:
    invoice = Invoice.objects.select_for_update().get(pk=line.invoice_id)
    if invoice.number:  # issued while we waited for the lock
        raise AlreadyInvoiced("This visit was invoiced. Correct it by a credit note.")
    history.delete(line, by=by)
    remaining = lines_of(invoice)
    if not remaining:
        _discard(invoice, by=by)
        return
    compute(invoice, remaining)
    save_totals(invoice, by=by)


def _discard(invoice: Invoice, *, by: Actor) -> None:
    require_transition(
        TRANSITIONS, current=InvoiceStatus(invoice.status), target=InvoiceStatus.DISCARDED
    )
    invoice.status = InvoiceStatus.DISCARDED
    history.save(invoice, fields=["status"], by=by)
    outbox.record(EventName.INVOICE_DISCARDED, subject=invoice, by=by)
