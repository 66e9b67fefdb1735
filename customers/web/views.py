"""The page of one customer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.details import home_zone
from customers.edits import edits_of
from customers.models import Customer
from customers.selecting import SEES
from customers.web.panels import audience, identity_rows, questions_about
from customers.web.timeline import timeline
from hub import access
from hub.access import Capability, requires


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
        "questions": questions_about(customer, held, at=at),
        "audience": audience(),
        "may_edit": held.can(Capability.EDIT_CUSTOMER),
        "may_merge": held.can(Capability.MERGE_CUSTOMER),
        "may_book": held.can(Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT),
        "sees_invoices": held.can(Capability.VIEW_INVOICE, Capability.FLAG_BALANCE),
        "sees_sync": held.can(Capability.VIEW_SYNC),
    }
    return render(request, "customers/customer.html", context)
