"""The list of invoices."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.models import Invoice
from billing.searching import Selection, chosen, draft_sums, matching, open_sums, page
from billing.standing import state_of
from customers.searching import TEXT_LIMIT
from hub import access
from hub.access import Capability, requires
from hub.listing import id_in, render_part

CHIPS = (
    (Selection.ALL, "All", ""),
    (Selection.DRAFTS, "Drafts", "pencil"),
    (Selection.OPEN, "Open", "clock"),
    (Selection.OVERDUE, "Overdue", "alert-triangle"),
    (Selection.PAID, "Paid", "circle-check"),
    (Selection.WRITTEN_OFF, "Written off", "ban"),
)


@require_safe
@requires(Capability.VIEW_INVOICE)
def show_list(request: HttpRequest) -> HttpResponse:
    """Answer the page, or only its results when they are asked for while typing."""
    at, held = timezone.now(), access.of(request)
    text = request.GET.get("q", "")[:TEXT_LIMIT]
    selection = _selection(request)
    visible = Invoice.objects.visible_to(held)
    found = chosen(matching(visible, text, access=held), selection, at=at)
    context = {
        "text": text,
        "selection": selection,
        "chips": [
            (label, icon, _link(text, each), each == selection) for each, label, icon in CHIPS
        ],
        "may_draft": held.can(Capability.DRAFT_INVOICE),
        "open_sums": open_sums(found, at=at),
        "draft_sums": draft_sums(found),
        **_rows(request, found, text, selection, at=at),
    }
    return render_part(request, context, page="billing/list.html", part="billing/_results.html")


def _rows(
    request: HttpRequest, found: Any, text: str, selection: Selection, *, at: datetime
) -> dict[str, Any]:
    joined = found.select_related("customer", "legal_entity", "location")
    shown = page(joined, after=id_in(request, "after"), before=id_in(request, "before"))
    return {
        "rows": [(invoice, state_of(invoice, at=at)) for invoice in shown.rows],
        "previous": _link(text, selection, before=shown.before) if shown.before else "",
        "next": _link(text, selection, after=shown.after) if shown.after else "",
        "several_places": len({invoice.location_id for invoice in shown.rows}) > 1,
    }


def _selection(request: HttpRequest) -> Selection:
    try:
        return Selection(request.GET.get("show", ""))
    except ValueError:
        return Selection.ALL


def _link(text: str, selection: Selection, **place: UUID | None) -> str:
    """Return the address of a list, with the search and the choice kept in it."""
    kept = {"q": text, "show": selection.value} | place
    return "?" + urlencode({name: value for name, value in kept.items() if value})
