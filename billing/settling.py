"""What is paid follows from the allocations; nobody sets it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from billing.models import Allocation, Invoice, LegalEntity
from billing.states import TRANSITIONS, InvoiceStatus, Settlement
from hub import access, history, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from hub.lifecycle import require_transition

LONGEST_REASON = 200


class NothingOpen(DomainError):
    code = "nothing_open"


def settlement_of(*, total: Decimal, balance: Decimal) -> Settlement:
    """Name what a balance means; an invoice over nothing is paid from the start."""
    if balance == 0:
        return Settlement.PAID
    return Settlement.UNPAID if balance == total else Settlement.PART_PAID


def resettle(invoice: Invoice, *, at: datetime, by: Actor) -> None:
    """Derive balance and settlement anew from the allocations of a locked, issued invoice."""
    allocated = Allocation.objects.filter(invoice=invoice).aggregate(sum=Sum("amount"))["sum"]
    before = (str(invoice.settlement), str(invoice.balance))
    invoice.balance = invoice.total - (allocated or Decimal(0)) - invoice.written_off
    invoice.settlement = settlement_of(total=invoice.total, balance=invoice.balance)
    invoice.paid_at = at if invoice.settlement == Settlement.PAID else None
    if invoice.balance == 0:
        invoice.overdue_since = None
    history.save(invoice, fields=["balance", "settlement", "paid_at", "overdue_since"], by=by)
    outbox.record(
        EventName.INVOICE_SETTLEMENT_CHANGED,
        subject=invoice,
        by=by,
        fields={
            "settlement": [before[0], str(invoice.settlement)],
            "balance": [before[1], str(invoice.balance)],
        },
    )


@transaction.atomic
def write_off_invoice(
    invoice_id: UUID, *, reason: str, by: Actor, expected_version: int | None = None
) -> Invoice:
    """Give up what is still open; the invoice and its number stay.

    :raises AccessDenied: ``by`` may not write off.
    :raises InvalidInput: there is no reason, or a very long one.
    :raises StaleVersion: it was changed meanwhile.
    :raises IllegalTransition: it is not issued.
    :raises NothingOpen: it is paid.
    """
    access.require(by, Capability.WRITE_OFF_INVOICE)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput(f"Say why, in at most {LONGEST_REASON} characters.", field="reason")
    invoice = Invoice.objects.select_for_update().get(pk=invoice_id)
    require_version(invoice.version, expected_version)
    require_transition(
        TRANSITIONS, current=InvoiceStatus(invoice.status), target=InvoiceStatus.WRITTEN_OFF
    )
    if not invoice.balance:
        raise NothingOpen("This invoice is paid; there is nothing to write off.")
    invoice.status = InvoiceStatus.WRITTEN_OFF
    invoice.written_off, invoice.balance = invoice.balance, Decimal(0)
    invoice.write_off_reason, invoice.overdue_since = reason, None
    history.save(
        invoice,
        fields=["status", "written_off", "balance", "write_off_reason", "overdue_since"],
        by=by,
    )
    outbox.record(
        EventName.INVOICE_WRITTEN_OFF, subject=invoice, by=by, fields={"reason": ["", reason]}
    )
    return invoice


@transaction.atomic
def note_overdue(*, at: datetime, by: Actor) -> int:
    """Announce each invoice once, on the first local day after its due date."""
    noted = 0
    for entity in LegalEntity.objects.order_by("pk"):
        today = at.astimezone(entity.time_zone).date()
        late = Invoice.objects.select_for_update(skip_locked=True).filter(
            legal_entity=entity, overdue_since=None, due_date__lt=today
        )
        for invoice in late.open().order_by("pk"):
            _note_overdue(invoice, today, by=by)
            noted += 1
    return noted


def _note_overdue(invoice: Invoice, today: date, *, by: Actor) -> None:
    invoice.overdue_since = today
    history.attach(invoice, fields=["overdue_since"], by=by)
    outbox.record(
        EventName.INVOICE_SETTLEMENT_CHANGED,
        subject=invoice,
        by=by,
        fields={"overdue": [False, True]},
    )
