"""The page of one customer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.consenting import consents_of
from customers.details import home_zone
from customers.edits import edits_of
from customers.models import Customer
from customers.selecting import SEES
from customers.web.merging import merges_into
from customers.web.panels import audience, identity_rows, questions_about
from customers.web.timeline import timeline
from hub import access
from hub.access import Access, Capability, requires


@require_safe
@requires(*SEES)
def show_customer(request: HttpRequest, pk: UUID) -> HttpResponse:
    held = access.of(request)
    visible = Customer.objects.visible_to(held).select_related("canonical").with_contacts()
    customer = get_object_or_404(visible, pk=pk)
    at, zone = timezone.now(), home_zone()
    context = {
        **timeline(request, customer, held, zone=zone, at=at),
        "zone": zone,
        "customer": customer,
        "rows": identity_rows(customer, edits_of(customer, zone=zone)),
        "consents": consents_of(customer),
        "questions": questions_about(customer, held, at=at),
        "merges": merges_into(customer, held),
        "audience": audience(),
        **_possible(customer, held),
        "sees_invoices": held.can(Capability.VIEW_INVOICE, Capability.FLAG_BALANCE),
        "sees_waiting": held.can(Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR),
        "sees_sync": held.can(Capability.VIEW_SYNC),
    }
    return render(request, "customers/customer.html", context)


def _possible(customer: Customer, held: Access) -> dict[str, bool]:
    """Say what this person may do; nobody changes what was erased, or is part of another."""
    is_there = customer.erased_at is None
    is_own = is_there and customer.canonical_id is None
    books = held.can(Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT)
    return {
        "may_edit": is_own and held.can(Capability.EDIT_CUSTOMER),
        "may_merge": is_own and held.can(Capability.MERGE_CUSTOMER),
        "may_book": is_there and books,
        "may_export": held.can(Capability.EXPORT_CUSTOMER),
        "may_erase": is_own and held.can(Capability.ERASE_CUSTOMER),
    }
