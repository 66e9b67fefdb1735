"""Edit a draft: its lines, with totals while typing; put it aside."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from billing.assembling import lines_of, today_of
from billing.drafting import discard_draft, set_lines
from billing.models import Invoice
from billing.planning import plan_lines
from billing.states import InvoiceStatus
from billing.web.answers import done, refused
from billing.web.lines import LinesForm, price_text, typed_rows
from billing.web.pages import found, page, tax_classes, tax_rows
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, StaleVersion

NO_DRAFT = "Only a draft can be edited. Correct it by a credit note."


@require_POST
@requires(Capability.DRAFT_INVOICE)
def save_lines(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save the rows; ``then=issue`` goes on to the review of what would be issued."""
    at, invoice = timezone.now(), found(request, pk)
    form = LinesForm(request.POST, classes=tax_classes(invoice, at=at))
    if invoice.status != InvoiceStatus.DRAFT:
        return refused(request, invoice, NO_DRAFT)
    if not form.is_valid():
        return page(request, invoice, form=form, status=422)
    try:
        saved = _save(request, invoice, form, at=at)
    except StaleVersion:
        return _stale(request, pk, form)
    except InvalidInput as error:
        form.refuse(error)
        return page(request, invoice, form=form, status=422)
    except DomainError as error:
        return refused(request, invoice, str(error))
    return _saved(request, saved, before=form.cleaned_data["version"])


@require_POST
@requires(Capability.DRAFT_INVOICE)
def preview(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the totals of what is typed, computed as saving would, without saving."""
    at, invoice = timezone.now(), found(request, pk)
    form = LinesForm(request.POST, classes=tax_classes(invoice, at=at))
    context: dict[str, Any] = {"invoice": invoice, "form": form}
    if invoice.status != InvoiceStatus.DRAFT:
        context["problem"] = "This is no draft any more. Load the page again."
    elif not form.is_valid():
        context["problem"] = "The totals follow when every figure can be read."
    else:
        today = today_of(invoice, at=at)
        try:
            plan = plan_lines(invoice, form.values(), on=today)
        except InvalidInput as error:
            context["problem"] = str(error)
        else:
            for row, line in zip(form.rows, plan.lines, strict=True):
                row.amount = line.amount
            context |= {"totals": plan.totals, "tax_rows": tax_rows(plan.totals.taxes)}
    return render(request, "billing/_preview.html", context)


@require_POST
@requires(Capability.DRAFT_INVOICE)
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoice = found(request, pk)
    try:
        discard_draft(pk, by=Actor.signed_in(request), expected_version=_version(request))
    except DomainError as error:
        return refused(request, invoice, str(error))
    messages.success(request, f"{invoice.label} was discarded.")
    return redirect("billing:list")


def _save(request: HttpRequest, invoice: Invoice, form: LinesForm, *, at: datetime) -> Invoice:
    return set_lines(
        invoice.pk,
        form.values(),
        on=today_of(invoice, at=at),
        by=Actor.signed_in(request),
        expected_version=form.cleaned_data["version"],
    )


def _saved(request: HttpRequest, invoice: Invoice, *, before: int) -> HttpResponse:
    if request.POST.get("then") == "issue":
        return redirect(f"{invoice.get_absolute_url()}?issue=1")
    return done(
        request, invoice, "Saved." if invoice.version != before else "Nothing was changed."
    )


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _stale(request: HttpRequest, pk: UUID, form: LinesForm) -> HttpResponse:
    """Show both versions; saving once more is then a decision made on the newest one."""
    invoice = found(request, pk)
    if invoice.status != InvoiceStatus.DRAFT:
        return refused(request, invoice, NO_DRAFT)
    newest = invoice.history.latest()
    known = lines_of(invoice)
    rows = typed_rows(form, known=[line.pk for line in known])
    again = LinesForm(classes=form.classes, rows=rows, initial={"version": invoice.version})
    theirs = [
        _in_words(line.description, line.quantity, price_text(line.unit_price, invoice.currency))
        for line in known
    ]
    mine = [
        _in_words(each.description, each.quantity, price_text(each.unit_price, invoice.currency))
        for each in form.values()
    ]
    stale = {
        "who": newest.actor_name,
        "when": newest.history_date,
        "rows": _side_by_side(theirs, mine),
    }
    return page(request, invoice, form=again, stale=stale, status=412)


def _in_words(description: str, quantity: object, price: str) -> str:
    return f"{description}, {quantity:f} × {price}"


def _side_by_side(theirs: list[str], mine: list[str]) -> list[dict[str, Any]]:
    longest = max(len(theirs), len(mine))
    pairs = zip(
        theirs + [""] * (longest - len(theirs)), mine + [""] * (longest - len(mine)), strict=True
    )
    return [
        {"label": f"Line {place}", "theirs": their, "mine": my, "differs": their != my}
        for place, (their, my) in enumerate(pairs, start=1)
    ]
