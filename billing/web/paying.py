"""Record a payment, and give up what nobody will pay."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing.assembling import today_of
from billing.models import Invoice
from billing.payments import record_payment
from billing.settling import write_off_invoice
from billing.states import InvoiceStatus, PaymentMethod
from billing.web.answers import done, posted, refused, stale_status
from billing.web.forms import PaymentForm, VersionedForm, WriteOffForm
from billing.web.pages import LOCALE, found
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError, StaleVersion
from hub.money import format_amount, quantize


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.RECORD_PAYMENT)
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    at, invoice = timezone.now(), found(request, pk)
    if refusal := _not_open(request, invoice):
        return refusal
    initial = _start(invoice, at=at)
    form = PaymentForm(posted(request), initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _dialog(request, invoice, form, "billing/pay.html")
    given = form.cleaned_data
    try:
        payment = record_payment(
            pk,
            amount=given["amount"],
            method=PaymentMethod(given["method"]),
            received_at=_moment(given["received_on"], invoice, at=at),
            reference=given["reference"],
            expected_version=given["version"],
            at=at,
            by=Actor.signed_in(request),
        )
    except StaleVersion as error:
        again = PaymentForm(initial=given | {"version": invoice.version})
        return _dialog(request, invoice, again, "billing/pay.html", stale=str(error))
    except DomainError as error:
        form.refuse(error)
        return _dialog(request, invoice, form, "billing/pay.html")
    amount = format_amount(payment.amount, payment.currency, LOCALE)
    return done(request, invoice, f"{amount} recorded for {invoice.number}.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.WRITE_OFF_INVOICE)
def write_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    invoice = found(request, pk)
    if refusal := _not_open(request, invoice):
        return refusal
    form = WriteOffForm(posted(request), initial={"version": invoice.version})
    if request.method != "POST" or not form.is_valid():
        return _dialog(request, invoice, form, "billing/write_off.html")
    given = form.cleaned_data
    try:
        write_off_invoice(
            pk,
            reason=given["reason"],
            expected_version=given["version"],
            by=Actor.signed_in(request),
        )
    except StaleVersion as error:
        initial = {"reason": given["reason"], "version": invoice.version}
        again = WriteOffForm(initial=initial)
        return _dialog(request, invoice, again, "billing/write_off.html", stale=str(error))
    except DomainError as error:
        form.refuse(error)
        return _dialog(request, invoice, form, "billing/write_off.html")
    return done(request, invoice, f"{invoice.number} was written off.")


def _not_open(request: HttpRequest, invoice: Invoice) -> HttpResponse | None:
    """Send people back from an invoice on which nothing is open, perhaps since a moment ago."""
    if invoice.status == InvoiceStatus.ISSUED and invoice.balance > 0:
        return None
    return refused(request, invoice, f"Nothing is open on {invoice.label}.")


def _start(invoice: Invoice, *, at: datetime) -> dict[str, Any]:
    """All of it, by card, today where the seller is."""
    return {
        "amount": str(quantize(invoice.balance, invoice.currency)),
        "method": PaymentMethod.CARD.value,
        "received_on": today_of(invoice, at=at),
        "version": invoice.version,
    }


def _moment(day: date, invoice: Invoice, *, at: datetime) -> datetime:
    """The moment for a day: now if it is today, else its noon where the seller is."""
    zone = invoice.legal_entity.time_zone
    if day == at.astimezone(zone).date():
        return at
    return datetime.combine(day, time(12), zone)


def _dialog(
    request: HttpRequest,
    invoice: Invoice,
    form: VersionedForm,
    template: str,
    *,
    stale: str = "",
) -> HttpResponse:
    name = "billing:pay" if isinstance(form, PaymentForm) else "billing:write_off"
    action = reverse(name, args=[invoice.pk])
    context = {"invoice": invoice, "form": form, "action": action, "stale": stale}
    status = stale_status(request) if stale else 422 if form.errors else 200
    return render(request, template, context, status=status)
