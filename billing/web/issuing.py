"""Issue a draft, after a look at what will be frozen; begin a new one."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing.drafting import draft_invoice
from billing.issuing import issue_invoice
from billing.models import Invoice, LocationBilling
from billing.reviewing import review
from billing.states import InvoiceStatus
from billing.web.answers import done, posted, refused, stale_status
from billing.web.forms import LocationForm, VersionedForm
from billing.web.pages import found
from customers.models import Customer
from customers.searching import TEXT_LIMIT
from customers.suggesting import suggest
from hub import access
from hub.access import Access, Capability, requires
from hub.actors import Actor
from hub.errors import DomainError, StaleVersion

CUSTOMERS_SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.ISSUE_INVOICE)
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoice = found(request, pk)
    if invoice.status != InvoiceStatus.DRAFT:
        return refused(request, invoice, f"{invoice.label} is not a draft any more.")
    form = VersionedForm(posted(request), initial={"version": invoice.version})
    if request.method == "POST" and form.is_valid():
        try:
            issued = issue_invoice(
                pk,
                at=timezone.now(),
                by=Actor.signed_in(request),
                expected_version=form.cleaned_data["version"],
            )
        except StaleVersion as error:
            form = VersionedForm(initial={"version": invoice.version})
            status = stale_status(request)
            return _review(request, invoice, form, problem=str(error), status=status)
        except DomainError as error:
            form.refuse(error)
        else:
            return done(request, issued, f"Issued as {issued.number}.")
    return _review(request, invoice, form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.DRAFT_INVOICE)
def begin(request: HttpRequest) -> HttpResponse:
    """Choose the customer, and the location where several bill; then the draft is there."""
    held = access.of(request)
    places = list(LocationBilling.objects.open_to(held).order_by("location__name", "pk"))
    chosen = request.POST.get("customer") or request.GET.get("customer", "")
    if not chosen:
        return _choose_customer(request, held)
    customer = _customer(chosen, held)
    only = {"location": str(places[0].pk)} if len(places) == 1 else {}
    options = [(str(place.pk), place.location.name) for place in places]
    given = {**only, **request.POST.dict()} if request.method == "POST" else None
    form = LocationForm(given, locations=options)
    if form.is_bound and form.is_valid():
        try:
            draft = draft_invoice(
                customer.pk,
                location_id=UUID(form.cleaned_data["location"]),
                by=Actor.signed_in(request),
            )
        except DomainError as error:
            form.add_error("location" if error.field == "location" else None, str(error))
        else:
            return redirect(draft)
    context = {"form": form, "customer": customer, "places": places}
    return render(request, "billing/new.html", context, status=422 if form.errors else 200)


def _review(
    request: HttpRequest,
    invoice: Invoice,
    form: VersionedForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "invoice": invoice,
        "form": form,
        "problem": problem,
        "review": review(invoice, at=timezone.now()),
        "action": reverse("billing:issue", args=[invoice.pk]),
    }
    return render(request, "billing/issue.html", context, status=status)


def _customer(text: str, held: Access) -> Customer:
    try:
        pk = UUID(text)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(Customer.objects.visible_to(held), pk=pk)


def _choose_customer(request: HttpRequest, held: Access) -> HttpResponse:
    text = request.GET.get("q", "")[:TEXT_LIMIT]
    context: dict[str, Any] = {
        "text": text,
        "customers": suggest(text, access=held, limit=CUSTOMERS_SHOWN),
    }
    return render(request, "billing/new_for.html", context)
