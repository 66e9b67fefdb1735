"""Find invoices: by state, by what people type, page by page, with what is open among them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from billing.models import Invoice
from billing.models.invoices import past_due
from billing.states import InvoiceStatus, Settlement
from customers.models import Customer
from customers.normalizing import without_unseen
from customers.searching import TEXT_LIMIT, narrowed, survivors_called
from hub.access import Access

PAGE = 50
LARGEST = 2**31 - 1
_BARE_NUMBER = re.compile(r"\d{1,10}")
_DRAFT = re.compile(r"(?:draft-?)?([0-9a-f]{8})", re.IGNORECASE)


class Selection(StrEnum):
    """What a list can be narrowed to; the values stand in the address of the page."""

    ALL = ""
    DRAFTS = "drafts"
    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    WRITTEN_OFF = "written-off"


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """``before`` and ``after`` are the ids to page on from, where there is more."""

    rows: Sequence[Invoice]
    before: UUID | None
    after: UUID | None


@dataclass(frozen=True, slots=True)
class OpenSum:
    """What is still to be paid in one currency, and how much of it is late."""

    currency: str
    amount: Decimal
    count: int
    overdue_amount: Decimal
    overdue_count: int


@dataclass(frozen=True, slots=True)
class DraftSum:
    currency: str
    amount: Decimal
    count: int


def chosen(
    invoices: QuerySet[Invoice], selection: Selection, *, at: datetime
) -> QuerySet[Invoice]:
    """Keep what ``selection`` names; discarded drafts are in none of them."""
    if selection is Selection.OVERDUE:
        return invoices.filter(_OPEN & past_due(at=at))
    return invoices.filter(_SELECTIONS[selection])


def matching(invoices: QuerySet[Invoice], text: str, *, access: Access) -> QuerySet[Invoice]:
    """Keep the invoices whose number or customer ``text`` may mean."""
    text = without_unseen(text[:TEXT_LIMIT]).strip()
    if not text:
        return invoices
    customers = narrowed(Customer.objects.visible_to(access), text)
    own = Q(customer__in=customers.values("pk")) | Q(customer__in=survivors_called(text))
    return invoices.filter(_numbered(text) | own)


def page(
    invoices: QuerySet[Invoice], *, after: UUID | None = None, before: UUID | None = None
) -> InvoicePage:
    """Cut one page out of ``invoices``, newest first, that starts beside a given row.

    Keyset pages cost the same wherever they are; a row that is gone starts from the top.
    """
    if before is not None and (place := _place(before)):
        newer = invoices.filter(_beyond(place, "gt")).order_by("created_at", "pk")
        rows = list(newer[: PAGE + 1])
        shown = rows[:PAGE][::-1]
        return InvoicePage(shown, _id(shown, 0) if len(rows) > PAGE else None, _id(shown, -1))
    place = _place(after) if after else None
    older = invoices.filter(_beyond(place, "lt")) if place else invoices
    rows = list(older.order_by("-created_at", "-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    more = _id(shown, -1) if len(rows) > PAGE else None
    return InvoicePage(shown, _id(shown, 0) if place else None, more)


def open_sums(invoices: QuerySet[Invoice], *, at: datetime) -> list[OpenSum]:
    """Add up what is open in ``invoices``, by currency."""
    late = past_due(at=at)
    rows = (
        invoices.filter(_OPEN)
        .order_by()
        .values("currency")
        .annotate(
            amount=Sum("balance"),
            count=Count("pk"),
            overdue_amount=Sum("balance", filter=late, default=Decimal(0)),
            overdue_count=Count("pk", filter=late),
        )
        .order_by("currency")
    )
    return [OpenSum(**row) for row in rows]


def draft_sums(invoices: QuerySet[Invoice]) -> list[DraftSum]:
    """Add up the drafts in ``invoices``, by currency: what is not issued yet."""
    drafts = invoices.filter(status=InvoiceStatus.DRAFT).order_by().values("currency")
    rows = drafts.annotate(amount=Sum("total"), count=Count("pk")).order_by("currency")
    return [DraftSum(**row) for row in rows]


def _numbered(text: str) -> Q:
    """A whole number, its start, its bare count, or the label of a draft."""
    found = Q(number__istartswith=text)
    if _BARE_NUMBER.fullmatch(text) and int(text) <= LARGEST:
        found |= Q(series_number=int(text))
    if draft := _DRAFT.fullmatch(text):
        labeled = Invoice.objects.filter(status=InvoiceStatus.DRAFT).annotate(
            text=Cast("pk", TextField())
        )
        found |= Q(pk__in=labeled.filter(text__endswith=draft[1].lower()).values("pk"))
    return found


def _place(invoice_id: UUID) -> tuple[datetime, UUID] | None:
    return Invoice.objects.filter(pk=invoice_id).values_list("created_at", "pk").first()


def _beyond(place: tuple[datetime, UUID], side: str) -> Q:
    created_at, pk = place
    beyond = Q(**{f"created_at__{side}": created_at})
    return beyond | Q(created_at=created_at, **{f"pk__{side}": pk})


def _id(rows: Sequence[Invoice], index: int) -> UUID | None:
    return rows[index].pk if rows else None


_OPEN = Q(status=InvoiceStatus.ISSUED, balance__gt=0)
_SELECTIONS = {
    Selection.ALL: ~Q(status=InvoiceStatus.DISCARDED),
    Selection.DRAFTS: Q(status=InvoiceStatus.DRAFT),
    Selection.OPEN: _OPEN,
    Selection.PAID: Q(status=InvoiceStatus.ISSUED, settlement=Settlement.PAID),
    Selection.WRITTEN_OFF: Q(status=InvoiceStatus.WRITTEN_OFF),
}
