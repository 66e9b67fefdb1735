"""The state of an invoice in a word, a color and an icon; dates as people say them."""

from dataclasses import dataclass
from datetime import date, datetime

from billing.models import Invoice
from billing.states import InvoiceStatus, Settlement


@dataclass(frozen=True, slots=True)
class State:
    word: str
    tone: str
    icon: str


DRAFT = State("Draft", "brand", "pencil")
DISCARDED = State("Discarded", "", "trash")
WRITTEN_OFF = State("Written off", "", "ban")
CANCELED = State("Canceled", "", "receipt-refund")
OVERDUE = State("Overdue", "bad", "alert-triangle")
PAID = State("Paid", "ok", "circle-check")
PARTLY_PAID = State("Partly paid", "warn", "progress")
OPEN = State("Open", "info", "clock")

_DOCUMENTS = {
    InvoiceStatus.DRAFT: DRAFT,
    InvoiceStatus.DISCARDED: DISCARDED,
    InvoiceStatus.WRITTEN_OFF: WRITTEN_OFF,
    InvoiceStatus.CANCELED_BY_CREDIT: CANCELED,
}
_SETTLEMENTS = {Settlement.PAID: PAID, Settlement.PART_PAID: PARTLY_PAID}


def state_of(invoice: Invoice, *, at: datetime) -> State:
    """Return the one state to show: what is late comes before how much of it was paid."""
    if document := _DOCUMENTS.get(InvoiceStatus(invoice.status)):
        return document
    if invoice.is_overdue(at=at):
        return OVERDUE
    return _SETTLEMENTS.get(Settlement(invoice.settlement), OPEN)


def due_in_words(due: date, *, today: date) -> str:
    """“Due in 20 days”, “Due today”, “3 days overdue”."""
    days = (due - today).days
    if days == 0:
        return "Due today"
    if days > 0:
        return f"Due in {_days(days)}"
    return f"{_days(-days)} overdue"


def short_date(day: date) -> str:
    """“Nov 12, 2026”."""
    return f"{day:%b} {day.day}, {day.year}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
