"""Record money that came in, and what it pays."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from billing.models import Allocation, Invoice, Payment
from billing.settling import resettle
from billing.states import InvoiceStatus, PaymentMethod
from hub import access, history, locks, outbox
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from hub.money import digits_of


class NotIssued(DomainError):
    code = "not_issued"


class EventReused(DomainError):
    code = "event_reused"


class MoreThanOpen(DomainError):
    code = "more_than_open"


@transaction.atomic
def record_payment(  # noqa: PLR0913  (what a payment slip says)
    invoice_id: UUID,
    *,
    amount: Decimal,
    method: PaymentMethod,
    received_at: datetime,
    at: datetime,
    by: Actor,
    reference: str = "",
    provider_event_id: str = "",
    expected_version: int | None = None,
) -> Payment:
    """Record a payment of an invoice; a provider's event is recorded once, however often it comes.

    :raises AccessDenied: ``by`` may not record payments.
    :raises StaleVersion: the invoice was changed meanwhile, perhaps by the same payment.
    :raises NotIssued: it is a draft, discarded or written off.
    :raises EventReused: the provider's event stands for another amount or invoice.
    :raises MoreThanOpen: ``amount`` exceeds the balance; no invoice is ever overpaid.
    :raises InvalidInput: not a positive amount of the currency, or a date to come.
    """
    access.require(by, Capability.RECORD_PAYMENT)
    if provider_event_id:
        locks.exclusively([f"provider event {provider_event_id}"])
        known = Payment.objects.filter(provider_event_id=provider_event_id).first()
        if known is not None:
            _require_same(known, invoice_id, amount)
            return known
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    require_version(invoice.version, expected_version)
    _require_payable(invoice, amount, received_at, at=at)
    payment = Payment(
        customer_id=invoice.customer_id,
        amount=amount,
        unapplied=Decimal(0),
        currency=invoice.currency,
        method=method,
        reference=reference,
        provider_event_id=provider_event_id,
        received_at=received_at,
    )
    history.create(payment, by=by)
    history.create(Allocation(payment=payment, invoice=invoice, amount=amount), by=by)
    outbox.record(
        EventName.PAYMENT_RECORDED,
        subject=payment,
        by=by,
        fields={"amount": ["", f"{amount} {invoice.currency}"]},
    )
    resettle(invoice, at=at, by=by)
    return payment


def _require_same(known: Payment, invoice_id: UUID, amount: Decimal) -> None:
    """:raises EventReused: the provider's event was recorded for something else."""
    if known.amount != amount or not known.allocations.filter(invoice_id=invoice_id).exists():
        raise EventReused("This event of the provider was recorded for another payment.")


def _require_payable(
    invoice: Invoice, amount: Decimal, received_at: datetime, *, at: datetime
) -> None:
    if invoice.status != InvoiceStatus.ISSUED:
        raise NotIssued("Only an issued invoice can be paid.")
    if not amount.is_finite() or amount <= 0:
        raise InvalidInput("Enter an amount above zero.", field="amount")
    digits = digits_of(invoice.currency)
    if amount > invoice.balance:
        raise MoreThanOpen(
            f"Only {round(invoice.balance, digits)} {invoice.currency} is open.", field="amount"
        )
    if amount != round(amount, digits):
        raise InvalidInput(f"{invoice.currency} has {digits} decimals.", field="amount")
    if received_at > at:
        raise InvalidInput("The day of payment lies in the future.", field="received_at")
