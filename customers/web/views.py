"""The list of customers, and the page of one."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from customers.details import home_zone
from customers.edits import edits_of
from customers.models import Customer
from customers.searching import TEXT_LIMIT, findable, page, sounding_like
from customers.web.panels import audience, identity_rows, questions_about
from hub import access
from hub.access import Capability, requires

SEES_CUSTOMERS = (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER)
EDITS_SHOWN = 50
GUESSES_SHOWN = 20


@require_safe
@requires(*SEES_CUSTOMERS)
def show_list(request: HttpRequest) -> HttpResponse:
    """Answer the page, or only its results when they are asked for while typing."""
    held = access.of(request)
    text = request.GET.get("q", "")[:TEXT_LIMIT]
    visible = Customer.objects.visible_to(held).current().with_contacts()
    shown = page(
        findable(visible, text, access=held),
        after=_id(request, "after"),
        before=_id(request, "before"),
    )
    context = {
        "text": text,
        "customers": shown.rows or list(sounding_like(visible, text)[:GUESSES_SHOWN]),
        "is_guess": not shown.rows,
        "previous": _link(text, before=shown.before),
        "next": _link(text, after=shown.after),
        "may_add": held.can(Capability.EDIT_CUSTOMER),
        "sees_all": held.can(Capability.VIEW_CUSTOMER),
    }
    fragment = _wants_results(request)
    template = "customers/_results.html" if fragment else "customers/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@requires(*SEES_CUSTOMERS)
def show_customer(request: HttpRequest, pk: UUID) -> HttpResponse:
    held = access.of(request)
    visible = Customer.objects.visible_to(held).select_related("canonical").with_contacts()
    customer = get_object_or_404(visible, pk=pk)
    zone = home_zone()
    told = edits_of(customer, zone=zone)
    context = {
        "zone": zone,
        "customer": customer,
        "rows": identity_rows(customer, told),
        "edits": told[:EDITS_SHOWN] if held.can(Capability.VIEW_HISTORY) else None,
        "has_older": len(told) > EDITS_SHOWN,
        "questions": questions_about(customer, held),
        "audience": audience(),
        "may_edit": held.can(Capability.EDIT_CUSTOMER),
        "may_book": held.can(Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT),
        "sees_appointments": held.can(Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR),
        "sees_invoices": held.can(Capability.VIEW_INVOICE, Capability.FLAG_BALANCE),
        "sees_sync": held.can(Capability.VIEW_SYNC),
    }
    return render(request, "customers/customer.html", context)


def _wants_results(request: HttpRequest) -> bool:
    """Say whether the list asked for its rows alone; going back asks for a whole page."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _link(text: str, **place: UUID | None) -> str:
    """Return the address of the page beside ``place``, or nothing where there is none."""
    if not any(place.values()):
        return ""
    return "?" + urlencode(({"q": text} if text else {}) | place)
