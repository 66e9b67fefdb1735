"""Six hundred invoices in every state, issued in the order of their days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from billing.drafting import discard_draft, draft_invoice, set_lines
from billing.issuing import issue_invoice
from billing.models import Invoice
from billing.payments import record_payment
from billing.planning import LineInput
from billing.settling import note_overdue, write_off_invoice
from billing.states import InvoiceStatus, PaymentMethod
from customers.models import Customer
from hub.management.demo.business import BY
from scheduling.models import Location

COUNT = 600
PRODUCTS = (("Shampoo, 250 ml", "24.00"), ("Hair oil", "31.50"), ("Gift card", "50.00"))
METHODS = (PaymentMethod.CARD, PaymentMethod.CARD, PaymentMethod.CASH, PaymentMethod.TRANSFER)


def make_invoices(customers: list[Customer], random: Random, *, at: datetime) -> Iterator[Invoice]:
    """Finish the drafts that completed visits left, and sell products up to six hundred."""
    places = list(Location.objects.order_by("name"))
    missing = COUNT - Invoice.objects.count()
    for number in range(max(0, missing)):
        _sale(random.choice(customers), places[number % len(places)], random, at=at)
    for draft, day in _by_day(at=at):
        _finish(draft, random, day=day, at=at)
        yield draft
    note_overdue(at=at, by=BY)


def _sale(customer: Customer, place: Location, random: Random, *, at: datetime) -> Invoice:
    begun = draft_invoice(customer.pk, location_id=place.pk, by=BY)
    name, price = random.choice(PRODUCTS)
    discounted = random.random() < 0.3  # noqa: PLR2004
    line = LineInput(
        description=name,
        quantity=Decimal(random.choice((1, 1, 2, 3))),
        unit_price=Decimal(price),
        discount_percent=Decimal(10 if discounted else 0),
        discount_reason="Regular customer" if discounted else "",
    )
    return set_lines(begun.pk, [line], on=at.date(), by=BY)


def _by_day(*, at: datetime) -> list[tuple[Invoice, datetime]]:
    """The drafts with the moment their work was done; sales of products were made today."""
    drafts = Invoice.objects.filter(status=InvoiceStatus.DRAFT).prefetch_related(
        "lines__appointment"
    )
    dated = [
        (
            draft,
            max(
                (line.appointment.end_at for line in draft.lines.all() if line.appointment),
                default=at - timedelta(hours=1),
            ),
        )
        for draft in drafts
    ]
    return sorted(dated, key=lambda pair: (pair[1], pair[0].pk))


def _finish(draft: Invoice, random: Random, *, day: datetime, at: datetime) -> None:
    chance = random.random()
    if at - day < timedelta(days=1) and chance < 0.7:  # noqa: PLR2004
        return  # yesterday's and today's work waits for the billing clerk
    if chance < 0.02:  # noqa: PLR2004
        discard_draft(draft.pk, by=BY)
        return
    issued = issue_invoice(draft.pk, at=day, by=BY)
    if chance < 0.04:  # noqa: PLR2004
        write_off_invoice(issued.pk, reason="Moved away, cannot be reached", by=BY)
    elif chance < 0.14:  # noqa: PLR2004
        _pay(issued, (issued.total / 2).quantize(Decimal("0.01")), random, day=day, at=at)
    elif chance < 0.72:  # noqa: PLR2004
        _pay(issued, issued.total, random, day=day, at=at)


def _pay(
    invoice: Invoice, amount: Decimal, random: Random, *, day: datetime, at: datetime
) -> None:
    paid_at = min(at, day + timedelta(days=random.choice((0, 0, 1, 3, 6)), minutes=20))
    method = random.choice(METHODS)
    record_payment(
        invoice.pk,
        amount=amount,
        method=method,
        received_at=paid_at,
        at=paid_at,
        by=BY,
        reference=f"Transfer {invoice.number}" if method == PaymentMethod.TRANSFER else "",
    )
