"""What billing tells on a customer's timeline: invoices, and the payments on them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from billing.models import Invoice, Payment
from billing.standing import state_of
from billing.states import InvoiceStatus
from customers.timeline import Asked, Category, Moment, register_source
from hub.access import Capability
from hub.money import format_amount

LOCALE = "en_US"


def register() -> None:
    register_source(Category.INVOICES, invoices)
    register_source(Category.INVOICES, payments)


def invoices(asked: Asked) -> Iterator[Moment]:
    """By when they were issued; drafts by when they were begun."""
    found = Invoice.objects.visible_to(asked.access).filter(customer=asked.customer)
    found = found.exclude(status=InvoiceStatus.DISCARDED).select_related("legal_entity")
    if asked.before:
        found = found.filter(created_at__lt=asked.before)
    for invoice in found.order_by("-created_at", "-pk")[: asked.limit]:
        state = state_of(invoice, at=asked.at)
        what = f"Invoice {invoice.number} issued" if invoice.number else f"{invoice.label} begun"
        yield Moment(
            at=invoice.issued_at or invoice.created_at,
            zone=asked.zone,
            category=Category.INVOICES,
            icon="file-invoice",
            tone="brand",
            title=f"{what}, {format_amount(invoice.total, invoice.currency, LOCALE)}",
            url=invoice.get_absolute_url(),
            badge=(state.tone, state.icon, state.word),
        )


def payments(asked: Asked) -> Iterator[Moment]:
    if not asked.access.can(Capability.VIEW_INVOICE):
        return
    found = Payment.objects.filter(customer=asked.customer)
    if asked.access.locations is not None:
        found = found.filter(allocations__invoice__location__in=asked.access.locations).distinct()
    if asked.before:
        found = found.filter(received_at__lt=asked.before)
    newest = found.prefetch_related("allocations__invoice").order_by("-received_at", "-pk")
    for payment in newest[: asked.limit]:
        amount = format_amount(payment.amount, payment.currency, LOCALE)
        numbers = {one.invoice.number: one.invoice for one in payment.allocations.all()}
        on = f" on invoice {', '.join(numbers)}" if numbers else ""
        paid = next(iter(numbers.values()), None)
        yield Moment(
            at=payment.received_at,
            zone=asked.zone,
            category=Category.INVOICES,
            icon="credit-card",
            tone="ok",
            title=f"{amount} paid{on}",
            detail=str(payment.get_method_display()),
            url=paid.get_absolute_url() if paid else "",
        )


def told_of(customer_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all invoices as issued, with payments, for the file a person can ask for."""
    found = Invoice.objects.filter(customer__in=customer_ids).order_by("created_at", "pk")
    return [
        {
            "number": invoice.number,
            "status": invoice.status,
            "issued_at": invoice.issued_at,
            "total": str(invoice.total),
            "balance": str(invoice.balance),
            "currency": invoice.currency,
            "document_sha256": invoice.pdf_id,
            "content": json.loads(invoice.snapshot_text) if invoice.snapshot_text else None,
            "payments": [
                {
                    "amount": str(part.amount),
                    "method": part.payment.method,
                    "received_at": part.payment.received_at,
                }
                for part in invoice.allocations.all()
            ],
        }
        for invoice in found.prefetch_related("allocations__payment")
    ]
