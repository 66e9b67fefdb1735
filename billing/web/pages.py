"""The page of an invoice: an editor while it is a draft, the frozen document afterwards."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.assembling import document_of, lines_of, today_of
from billing.freezing import plain
from billing.issuing import buyer_party, seller_party
from billing.models import Allocation, Invoice, InvoiceTax
from billing.picturing import picture_of
from billing.printing import lay_out
from billing.standing import OVERDUE, State, due_in_words, short_date, state_of
from billing.states import InvoiceStatus, Settlement
from billing.taxation import TaxBucket
from billing.taxes import TaxTable
from billing.totals import calculate
from billing.web.lines import LinesForm, saved_rows
from billing.web.story import tell
from hub import access
from hub.access import Access, Capability, requires
from hub.documents import DocumentDamaged
from hub.money import format_amount

LOCALE = "en_US"
STORY_SHOWN = 40

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the stepper; ``progress`` is done, now or todo."""

    progress: str
    title: str
    detail: str = ""


def found(request: HttpRequest, pk: UUID) -> Invoice:
    """Return an invoice that this person may see.

    :raises Http404: there is none, or it is hidden: they look alike.
    """
    visible = Invoice.objects.visible_to(access.of(request))
    parts = visible.select_related("customer", "location", "legal_entity", "pdf")
    return get_object_or_404(parts, pk=pk)


@require_safe
@requires(Capability.VIEW_INVOICE)
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page(request, found(request, pk))


def page(
    request: HttpRequest,
    invoice: Invoice,
    *,
    form: LinesForm | None = None,
    stale: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; with ``form`` the lines as they came back."""
    at, held = timezone.now(), access.of(request)
    context = _common(invoice, held, at=at)
    if invoice.status == InvoiceStatus.DRAFT:
        context |= _draft(invoice, form=form, stale=stale, at=at)
        context["asks_to_issue"] = "issue" in request.GET and context["may_issue"]
    elif invoice.snapshot_text:
        context |= _issued(invoice, at=at) | document_frame(request, invoice)
    else:
        parties = {"buyer": buyer_party(invoice), "seller": seller_party(invoice)}
        context |= {"lines": lines_of(invoice)} | parties
    template = "billing/draft.html" if not invoice.snapshot_text else "billing/invoice.html"
    return render(request, template, context, status=status)


def document_frame(request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    """What the frame of the document shows: its picture, or its lines with their arithmetic."""
    frame: dict[str, Any] = {"invoice": invoice, "shows_lines": request.GET.get("view") == "lines"}
    if frame["shows_lines"]:
        frame["printed"] = lay_out(json.loads(invoice.snapshot_text))
    elif invoice.pdf:
        try:
            frame["picture"] = picture_of(invoice.pdf)
        except DocumentDamaged as error:
            log.exception("document_damaged", invoice=str(invoice.pk))
            frame["damage"] = str(error)
    return frame


def _common(invoice: Invoice, held: Access, *, at: datetime) -> dict[str, Any]:
    zone = invoice.legal_entity.time_zone
    told = tell(invoice, zone=zone, at=at) if held.can(Capability.VIEW_HISTORY) else None
    is_draft = invoice.status == InvoiceStatus.DRAFT
    is_open = invoice.status == InvoiceStatus.ISSUED and invoice.balance > 0
    return {
        "invoice": invoice,
        "zone": zone,
        "state": state_of(invoice, at=at),
        "story": told[:STORY_SHOWN] if told else told,
        "has_older": bool(told and len(told) > STORY_SHOWN),
        "may_edit": is_draft and held.can(Capability.DRAFT_INVOICE),
        "may_issue": is_draft and held.can(Capability.ISSUE_INVOICE),
        "may_pay": is_open and held.can(Capability.RECORD_PAYMENT),
        "may_write_off": is_open and held.can(Capability.WRITE_OFF_INVOICE),
        "sees_sync": held.can(Capability.VIEW_SYNC),
        "sees_customer": held.can(Capability.VIEW_CUSTOMER),
    }


def _draft(
    invoice: Invoice,
    *,
    form: LinesForm | None,
    stale: Mapping[str, Any] | None,
    at: datetime,
) -> dict[str, Any]:
    lines = lines_of(invoice)
    classes = tax_classes(invoice, at=at)
    rows = saved_rows(lines, classes=classes, currency=invoice.currency)
    saved = LinesForm(classes=classes, rows=rows, initial={"version": invoice.version})
    totals = calculate(document_of(invoice, lines))
    return {
        "lines": lines,
        "form": form or saved,
        "stale": stale,
        "totals": None if form else totals,
        "tax_rows": tax_rows(totals.taxes),
        "buyer": buyer_party(invoice),
        "seller": seller_party(invoice),
    }


def tax_rows(taxes: Iterable[TaxBucket | InvoiceTax]) -> list[tuple[str, Decimal]]:
    """“Sales tax 4.5 %” and what it comes to."""
    return [(f"{each.name or 'Tax'} {plain(each.rate)} %", each.tax) for each in taxes]


def tax_classes(invoice: Invoice, *, at: datetime) -> dict[str, str]:
    """Return the tax classes that a line may have, those its lines have already included."""
    today = today_of(invoice, at=at)
    used = invoice.lines.order_by("tax_class").values_list("tax_class", flat=True).distinct()
    without_rate = {name: f"{name.capitalize()}: no rate set up" for name in used}
    return without_rate | TaxTable(invoice.location_id).classes(today)


def _issued(invoice: Invoice, *, at: datetime) -> dict[str, Any]:
    zone = invoice.legal_entity.time_zone
    allocations = Allocation.objects.filter(invoice=invoice).select_related("payment")
    paid = invoice.total - invoice.balance - invoice.written_off
    today = today_of(invoice, at=at)
    assert invoice.due_date is not None  # noqa: S101
    return {
        "allocations": [
            (allocation, short_date(allocation.payment.received_at.astimezone(zone).date()))
            for allocation in allocations.order_by("payment__received_at", "pk")
        ],
        "tax_rows": tax_rows(invoice.taxes.order_by("name", "-rate", "pk")),
        "paid": paid,
        "paid_percent": int(paid * 100 / invoice.total) if invoice.total else 100,
        "due_words": due_in_words(invoice.due_date, today=today) if invoice.balance else "",
        "steps": list(_steps(invoice, paid, state_of(invoice, at=at))),
    }


def _steps(invoice: Invoice, paid: Decimal, state: State) -> Iterator[Step]:
    zone = invoice.legal_entity.time_zone
    assert invoice.issued_at and invoice.issue_date and invoice.due_date  # noqa: PT018, S101
    issued_at = invoice.issued_at.astimezone(zone)
    yield Step("done", "Drafted", short_date(invoice.created_at.astimezone(zone).date()))
    yield Step("done", "Issued", f"{short_date(invoice.issue_date)}, {issued_at:%H:%M}")
    due = f"due {short_date(invoice.due_date)}"
    if invoice.status != InvoiceStatus.ISSUED:
        yield Step("done", state.word)
    elif invoice.settlement == Settlement.PAID:
        moment = invoice.paid_at and short_date(invoice.paid_at.astimezone(zone).date())
        yield Step("done", "Paid", moment or "")
    else:
        total = format_amount(invoice.total, invoice.currency, LOCALE)
        part = f"{format_amount(paid, invoice.currency, LOCALE)} of {total}" if paid else total
        late = f"since {short_date(invoice.due_date)}" if state == OVERDUE else part
        yield Step("now", state.word, late if not paid else part)
        yield Step("todo", "Paid", due)
