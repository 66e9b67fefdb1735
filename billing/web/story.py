"""The history of an invoice as people tell it: drafted, edited, issued, paid."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any

from billing.freezing import plain
from billing.models import Allocation, Invoice, InvoiceLine, Payment
from billing.standing import short_date
from billing.states import InvoiceStatus
from billing.web.lines import price_text
from hub.history_reading import Entry, FieldChange, entries
from hub.money import format_amount

LOCALE = "en_US"
# Rows of one act are written within one transaction, a moment apart.
ONE_ACT = timedelta(seconds=5)
COLUMNS = {
    "description": "text",
    "quantity": "quantity",
    "unit_price": "unit price",
    "discount_percent": "discount, %",
    "discount_reason": "reason for the discount",
    "tax_class": "tax",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One act, in words. ``kind`` tells acts apart whose parts may be put together."""

    at: datetime
    kind: str
    icon: str
    title: str
    actor_name: str = ""
    source: str = ""
    request_id: str = ""
    tone: str = ""
    note: str = ""
    card: str = ""
    changes: tuple[FieldChange, ...] = ()
    is_todo: bool = False


def tell(invoice: Invoice, *, zone: tzinfo, at: datetime) -> list[Told]:
    """Return what happened to ``invoice``, newest first, below what is to come."""
    acts = [told for entry in entries(invoice, zone=zone) if (told := _of_entry(invoice, entry))]
    for edit in _line_edits(invoice):
        _join(acts, edit)
    acts = [act for act in acts if act.kind != "figures"]
    acts.extend(_payments(invoice, zone))
    newest_first = sorted(acts, key=lambda act: act.at, reverse=True)
    return [*_coming(invoice, at=at), *map(_titled, newest_first)]


def _of_entry(invoice: Invoice, entry: Entry) -> Told | None:
    """Tell one version of the invoice by what changed; what payments change is told by them."""
    if entry.is_first:
        return _act(entry, "draft", "pencil", "Drafted", tone="brand")
    changed = {change.name for change in entry.changes}
    for name, told in _TELLERS.items():
        if name in changed:
            return told(invoice, entry)
    return None


def _of_number(invoice: Invoice, entry: Entry) -> Told:
    title = f"Issued and numbered {invoice.number}"
    card = "Corrections go through a credit note."
    return _act(entry, "issue", "lock", title, tone="brand", card=card)


def _of_pdf(_invoice: Invoice, entry: Entry) -> Told:
    return _act(entry, "pdf", "file-type-pdf", "PDF made and stored")


def _of_lateness(_invoice: Invoice, entry: Entry) -> Told | None:
    late = any(change.name == "overdue_since" and change.after for change in entry.changes)
    return _act(entry, "overdue", "alert-triangle", "Overdue", tone="bad") if late else None


def _of_figures(_invoice: Invoice, entry: Entry) -> Told:
    return _act(entry, "figures", "pencil", "Lines changed")


def _of_status(invoice: Invoice, entry: Entry) -> Told:
    after = {change.name: change.after for change in entry.changes}
    if after["status"] == InvoiceStatus.WRITTEN_OFF.label:
        amount = format_amount(invoice.written_off, invoice.currency, LOCALE)
        note = f"Reason: {after.get('write_off_reason', '')}"
        return _act(entry, "status", "ban", f"{amount} written off", tone="warn", note=note)
    icon = "trash" if after["status"] == InvoiceStatus.DISCARDED.label else "receipt-refund"
    return _act(entry, "status", icon, after["status"])


def _act(  # noqa: PLR0913  (the words of one act)
    entry: Entry,
    kind: str,
    icon: str,
    title: str,
    *,
    tone: str = "",
    note: str = "",
    card: str = "",
) -> Told:
    return Told(
        at=entry.at,
        kind=kind,
        icon=icon,
        title=title,
        actor_name=entry.actor_name,
        source=entry.source,
        request_id=entry.request_id,
        tone=tone,
        note=note,
        card=card,
    )


def _line_edits(invoice: Invoice) -> Iterator[Told]:
    """What happened to the lines, those that were removed included; one query for all."""
    rows = InvoiceLine.history.filter(invoice_id=invoice.pk).order_by("id", "history_id")
    for before, row in pairwise([None, *rows]):
        known = before if before and before.id == row.id else None
        changes = tuple(_line_changes(known, row, invoice.currency))
        if changes:
            yield Told(
                at=row.history_date,
                kind="lines",
                icon="pencil",
                title="",
                actor_name=row.actor_name,
                source=row.source,
                request_id=row.request_id,
                changes=changes,
            )


def _line_changes(before: Any, row: Any, currency: str) -> Iterator[FieldChange]:
    place = f"Line {row.position}"
    if row.history_type == "-":
        yield FieldChange("line", place, _line_text(row, currency), "")
    elif before is None:
        yield FieldChange("line", place, "", _line_text(row, currency))
    else:
        for name, label in COLUMNS.items():
            old, new = getattr(before, name), getattr(row, name)
            if old != new:
                yield FieldChange(name, f"{place} {label}", _text(old), _text(new))


def _line_text(row: Any, currency: str) -> str:
    return f"{row.description}, {plain(row.quantity)} × {price_text(row.unit_price, currency)}"


def _text(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def _join(acts: list[Told], edit: Told) -> None:
    """Add what happened to a line to the act it was part of, or as an act of its own."""
    for place, act in enumerate(acts):
        same = act.request_id == edit.request_id and abs(act.at - edit.at) < ONE_ACT
        if same and act.kind in {"draft", "figures", "lines"}:
            kind = "lines" if act.kind == "figures" else act.kind
            acts[place] = replace(act, kind=kind, changes=(*act.changes, *edit.changes))
            return
    acts.append(edit)


def _titled(act: Told) -> Told:
    """Name an edit of one thing by that thing: “Line 2 quantity 1 → 2”."""
    if act.kind != "lines":
        return act
    if len(act.changes) > 1:
        return replace(act, title=f"{len(act.changes)} changes of the lines")
    only = act.changes[0]
    if not only.before:
        return replace(act, title=f"{only.label} added: {only.after}", changes=())
    if not only.after:
        return replace(act, title=f"{only.label} removed: {only.before}", changes=())
    return replace(act, title=f"{only.label} {only.before} → {only.after}", changes=())


def _payments(invoice: Invoice, zone: tzinfo) -> Iterator[Told]:
    allocations = Allocation.objects.filter(invoice=invoice).select_related("payment")
    paid = list(allocations.order_by("created_at", "pk"))
    recorded = Payment.history.filter(id__in=[one.payment_id for one in paid], history_type="+")
    first = {row.id: row for row in recorded}
    for allocation in paid:
        yield _payment(allocation, first[allocation.payment_id], invoice.currency, zone)


def _payment(allocation: Allocation, row: Any, currency: str, zone: tzinfo) -> Told:
    payment = allocation.payment
    amount = format_amount(allocation.amount, currency, LOCALE)
    received = payment.received_at.astimezone(zone)
    parts = [f"Received {short_date(received.date())}", payment.reference]
    return Told(
        at=row.history_date,
        kind="payment",
        icon="cash" if payment.method == "cash" else "credit-card",
        title=f"{amount} by {payment.get_method_display().lower()}",
        tone="ok",
        actor_name=row.actor_name,
        source=row.source,
        request_id=row.request_id,
        note=" · ".join(part for part in parts if part),
    )


def _coming(invoice: Invoice, *, at: datetime) -> Iterable[Told]:
    if not invoice.balance or not invoice.due_date or invoice.is_overdue(at=at):
        return []
    title = f"Due {short_date(invoice.due_date)}"
    return [Told(at, "due", "clock", title, note="If still unpaid by then", is_todo=True)]


# The first field of a version that says what the act was.
_TELLERS: dict[str, Callable[[Invoice, Entry], Told | None]] = {
    "number": _of_number,
    "status": _of_status,
    "pdf": _of_pdf,
    "overdue_since": _of_lateness,
    "net": _of_figures,
    "tax": _of_figures,
    "total": _of_figures,
}
