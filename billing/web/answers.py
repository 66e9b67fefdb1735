"""What dialogs and whole pages have in common: how an act begins and how it ends."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from billing.models import Invoice


def done(request: HttpRequest, invoice: Invoice, text: str) -> HttpResponse:
    messages.success(request, text)
    return to_page(request, invoice)


def refused(request: HttpRequest, invoice: Invoice, text: str) -> HttpResponse:
    messages.error(request, text)
    return to_page(request, invoice)


def to_page(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Load the page of the invoice anew, from a dialog as well."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": invoice.get_absolute_url()})
    return redirect(invoice)


def stale_status(request: HttpRequest) -> int:
    """412 for a page; in a dialog the status with which htmx shows what it gets."""
    return 422 if "HX-Request" in request.headers else 412


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the fields that were sent, even none, or nothing when reading."""
    return request.POST if request.method == "POST" else None
