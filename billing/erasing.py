"""What billing knows about people: issued documents stay as long as the law wants them."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from billing.models import Invoice
from billing.states import InvoiceStatus
from customers.erasure import Kept
from hub.actors import Actor


def obstacle(customer_ids: Iterable[UUID], *, at: datetime) -> str:  # noqa: ARG001
    theirs = Invoice.objects.filter(customer__in=customer_ids)
    drafts = theirs.filter(status=InvoiceStatus.DRAFT).count()
    if drafts:
        return "A draft invoice is not finished: issue or discard it first."
    if theirs.open().exists():
        return "An invoice is still to be paid: settle it or write it off first."
    return ""


def kept(customer_ids: Iterable[UUID], *, at: datetime) -> list[Kept]:  # noqa: ARG001
    issued = Invoice.objects.filter(customer__in=customer_ids).exclude(number="")
    newest = issued.aggregate(day=Max("issue_date"))["day"]
    if newest is None:
        return []
    until = date(newest.year + settings.INVOICE_RETENTION_YEARS, 12, 31)
    count = issued.count()
    invoices = "One invoice" if count == 1 else f"{count} invoices"
    return [
        Kept(
            f"{invoices} with the name and address on them, and the payments.",
            f"Accounting law wants them until {until:%B} {until.day}, {until.year}.",
        )
    ]


def erase(customer_ids: Iterable[UUID], *, by: Actor) -> None:
    """Nothing: what may go was never issued, and what was issued stays."""
