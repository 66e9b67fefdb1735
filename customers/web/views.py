"""The page of one customer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from customers.details import home_zone
from customers.edits import edits_of
from customers.models import Customer
from customers.selecting import SEES
from customers.web.panels import audience, identity_rows, questions_about
from hub import access
from hub.access import Capability, requires

EDITS_SHOWN = 50


@require_safe
@requires(*SEES)
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
