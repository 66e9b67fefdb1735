"""What the pages of customers and appointments show about invoices."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.models import Invoice, LocationBilling
from billing.searching import open_sums
from billing.standing import state_of
from billing.states import InvoiceStatus
from customers.models import Customer
from hub import access
from hub.access import Capability, requires
from scheduling.models import Appointment

SHOWN = 8


@require_safe
@requires(Capability.VIEW_INVOICE, Capability.FLAG_BALANCE)
def of_customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """The newest invoices with what is open; without the right to amounts, only whether."""
    at, held = timezone.now(), access.of(request)
    customer = get_object_or_404(Customer.objects.visible_to(held), pk=customer_id)
    if not held.can(Capability.VIEW_INVOICE):
        theirs = Invoice.objects.filter(customer=customer)
        if held.locations is not None:
            theirs = theirs.filter(location__in=held.locations)
        return render(request, "billing/_balance_flag.html", {"owes": theirs.open().exists()})
    theirs = Invoice.objects.visible_to(held).filter(customer=customer)
    theirs = theirs.exclude(status=InvoiceStatus.DISCARDED)
    newest = theirs.select_related("legal_entity").order_by("-created_at", "-pk")[: SHOWN + 1]
    context = {
        "customer": customer,
        "rows": [(invoice, state_of(invoice, at=at)) for invoice in newest[:SHOWN]],
        "has_more": len(newest) > SHOWN,
        "sums": open_sums(theirs, at=at),
        "may_draft": customer.erased_at is None and held.can(Capability.DRAFT_INVOICE),
        "asks_where": LocationBilling.objects.open_to(held).count() != 1,
    }
    return render(request, "billing/_of_customer.html", context)


@require_safe
@requires(Capability.VIEW_INVOICE)
def of_appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The invoice that bills an appointment, and its state."""
    at, held = timezone.now(), access.of(request)
    visit = get_object_or_404(Appointment.objects.visible_to(held), pk=appointment_id)
    billed = Invoice.objects.visible_to(held).filter(lines__appointment=visit)
    billed = billed.exclude(status=InvoiceStatus.DISCARDED).select_related("legal_entity")
    rows = [(invoice, state_of(invoice, at=at)) for invoice in billed.order_by("created_at", "pk")]
    return render(request, "billing/_of_appointment.html", {"rows": rows, "appointment": visit})
