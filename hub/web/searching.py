"""What the command palette finds: people, invoices, appointments, as far as one may see them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.models import Invoice
from customers.suggesting import suggest
from hub import access
from hub.access import Access
from hub.errors import InvalidInput
from scheduling.models import Appointment

LIMIT = 6
LONGEST = 100
APPOINTMENT = re.compile(r"a?-?0*(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    url: str
    detail: str = ""
    meta: str = ""
    icon: str = ""
    avatar: str = ""


@require_safe
@access.signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Answer the options alone; an empty body when there is nothing to offer."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    if "\x00" in text:
        raise InvalidInput("This cannot be looked for.", field="q")
    groups = find(text, access.of(request)) if text else []
    return render(request, "hub/_found.html", {"groups": groups})


def find(text: str, held: Access) -> list[tuple[str, Sequence[Found]]]:
    """Return the groups that have something, each with its label."""
    found = (
        ("Customers", list(_customers(text, held))),
        ("Invoices", list(_invoices(text, held))),
        ("Appointments", list(_appointments(text, held))),
    )
    return [(label, options) for label, options in found if options]


def _customers(text: str, held: Access) -> Iterable[Found]:
    for customer in suggest(text, access=held, limit=LIMIT):
        yield Found(
            customer.name,
            customer.url,
            detail=customer.email or customer.phone,
            meta=customer.code,
            avatar=customer.name,
        )


def _invoices(text: str, held: Access) -> Iterable[Found]:
    known = Invoice.objects.visible_to(held).filter(number__icontains=text)
    for invoice in known.select_related("customer").order_by("-created_at", "-pk")[:LIMIT]:
        yield Found(
            invoice.label,
            invoice.get_absolute_url(),
            detail=invoice.customer.name,
            meta=invoice.get_status_display(),
            icon="file-invoice",
        )


def _appointments(text: str, held: Access) -> Iterable[Found]:
    match = APPOINTMENT.fullmatch(text)
    if match is None:
        return
    known = Appointment.objects.visible_to(held).filter(Q(number=int(match[1])))
    for appointment in known.select_related("customer", "staff"):
        local = appointment.start_at.astimezone(appointment.time_zone)
        yield Found(
            f"{appointment.service_name}, {appointment.customer.name}",
            f"/appointments/{appointment.pk}/",
            detail=f"{local:%b %d, %Y, %H:%M} with {appointment.staff.name}",
            meta=f"A-{appointment.number:06d}",
            icon="calendar-event",
        )
