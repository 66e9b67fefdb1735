"""Add a customer, and change one."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from customers.changing import MergedAway
from customers.details import home_region
from customers.identity import Match, find_or_create, match
from customers.models import Customer
from customers.updating import remove_contact, update_customer
from customers.web.forms import CustomerForm, guess, initial_of
from customers.wording import evidence_in_words, said
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT_CUSTOMER)
def add(request: HttpRequest) -> HttpResponse:
    """Add a customer; where somebody may be meant who is known, ask before adding."""
    if request.method != "POST":
        start = {"language": "en", "country": home_region()} | guess(request.GET.get("q", ""))
        form = CustomerForm(initial=start)
        form.fields["given_name"].widget.attrs["autofocus"] = True
        return _new_page(request, form)
    form = CustomerForm(request.POST)
    if not form.is_valid():
        return _new_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    claim = form.claim()
    alike = _alike(request, match(claim))
    if alike and not form.cleaned_data["confirmed"]:
        return _new_page(request, form, alike=alike, status=HTTPStatus.CONFLICT)
    try:
        found = find_or_create(claim, at=timezone.now(), by=Actor.signed_in(request))
    except InvalidInput as error:
        form.refuse(error)
        return _new_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    tell = messages.success if found.created else messages.info
    tell(request, said(found))
    return redirect(found.customer)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EDIT_CUSTOMER)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    visible = Customer.objects.visible_to(access.of(request)).with_contacts()
    customer = get_object_or_404(visible, pk=pk)
    if customer.canonical:
        return to_survivor(request, MergedAway(customer, customer.canonical))
    if request.method != "POST":
        return _edit_page(request, customer, CustomerForm(initial=initial_of(customer)))
    form = CustomerForm(request.POST, initial=initial_of(customer))
    if not form.is_valid():
        return _edit_page(request, customer, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(request, customer, form)


def _save(request: HttpRequest, customer: Customer, form: CustomerForm) -> HttpResponse:
    try:
        changed = update_customer(
            customer.pk,
            form.values(),
            by=Actor.signed_in(request),
            expected_version=form.cleaned_data["version"] or 0,
        )
    except MergedAway as refusal:
        return to_survivor(request, refusal)
    except StaleVersion:
        return _stale_page(request, customer.pk, form)
    except InvalidInput as error:
        form.refuse(error)
        return _edit_page(request, customer, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if changed.version == customer.version:
        messages.info(request, "Nothing was changed.")
    else:
        messages.success(request, f"{changed.name} was saved.")
    return redirect(changed)


@require_POST
@requires(Capability.EDIT_CUSTOMER)
def remove(request: HttpRequest, pk: UUID, point: UUID) -> HttpResponse:
    """Take an additional address or number away."""
    try:
        customer = remove_contact(pk, point, by=Actor.signed_in(request))
    except ObjectDoesNotExist:
        raise Http404 from None
    except MergedAway as refusal:
        return to_survivor(request, refusal)
    messages.success(request, "Removed. The history keeps it.")
    return redirect(customer)


def to_survivor(request: HttpRequest, refusal: MergedAway) -> HttpResponse:
    """Say that the record is part of another one, and show that one."""
    messages.error(request, str(refusal))
    return redirect("customers:detail", refusal.survivor_id)


def newest_edit(customer: Customer, rows: object) -> dict[str, Any]:
    """Return what the notice of a stale form shows: who was faster, when, and what differs."""
    newest = customer.history.latest()
    return {"who": newest.actor_name, "when": newest.history_date, "rows": rows}


def _alike(request: HttpRequest, found: Match) -> list[tuple[Customer, list[tuple[str, str]]]]:
    """Return known customers that people should look at first; none where one is certain."""
    if found.customer is not None:
        return []
    visible = Customer.objects.visible_to(access.of(request)).with_contacts()
    shown = visible.filter(pk__in=[candidate.pk for candidate in found.candidates])
    ordered = shown.order_by("search_name", "pk")
    return [(customer, evidence_in_words(found.evidence[customer.pk])) for customer in ordered]


def _new_page(
    request: HttpRequest, form: CustomerForm, *, alike: object = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "customers/new.html", {"form": form, "alike": alike}, status=status)


def _edit_page(
    request: HttpRequest, customer: Customer, form: CustomerForm, *, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, "customer": customer}
    return render(request, "customers/edit.html", context, status=status)


def _stale_page(request: HttpRequest, pk: UUID, form: CustomerForm) -> HttpResponse:
    """Show both versions; saving once more is then a decision made on the newest one."""
    customer = Customer.objects.visible_to(access.of(request)).with_contacts().get(pk=pk)
    again = CustomerForm(initial=form.values() | {"version": customer.version})
    stale = newest_edit(customer, form.differences(customer))
    context = {"form": again, "customer": customer, "stale": stale}
    return render(request, "customers/edit.html", context, status=HTTPStatus.PRECONDITION_FAILED)
