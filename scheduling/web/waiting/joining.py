"""The forms that put somebody on the waiting list and change what they wait for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hub import access
from hub.access import Access, Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.models import Location, Service, WaitingEntry
from scheduling.reach import bookable_staff, locations_of
from scheduling.rules import rules_at
from scheduling.waiting.changing import change_wish
from scheduling.waiting.joining import join
from scheduling.waiting.wishes import Wished, wished_by
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.booking import customer_of, place_of
from scheduling.web.forms import take_refusal
from scheduling.web.waiting.forms import ChangeForm, JoinForm
from scheduling.web.waiting.looking import found

USUAL = timedelta(days=13)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def add(request: HttpRequest) -> HttpResponse:
    held = access.of(request)
    given = request.POST if request.method == "POST" else request.GET
    places = list(locations_of(held).order_by("name", "pk"))
    asked = given.get("location", "")
    place = place_of(request, asked or str(places[0].pk) if places else "")
    services = _services(held, place)
    form = JoinForm(
        request.POST or None,
        services=services,
        initial=_initial(request, place),
        **_people(held, place),
    )
    if form.is_valid():
        try:
            return _join(request, place, form)
        except DomainError as error:
            take_refusal(form, error)
    context = {
        "form": form,
        "place": place,
        "places": places,
        "services": services,
        "customer": customer_of(request, given.get("customer")),
        "may_add_customer": held.can(Capability.EDIT_CUSTOMER),
    }
    status = 422 if form.errors else 200
    return render(request, "scheduling/waiting/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    entry = found(request, pk)
    form = ChangeForm(
        request.POST or None,
        initial={
            "staff": str(entry.staff_id or ""),
            "first_date": entry.first_date,
            "last_date": entry.last_date,
            "earliest_time": entry.earliest_time,
            "latest_time": entry.latest_time,
            "note": entry.note,
            "version": entry.version,
        },
        **_people(access.of(request), entry.location),
    )
    if form.is_valid():
        try:
            changed = _change(request, entry, form)
        except DomainError as error:
            take_refusal(form, error)
        else:
            messages.success(request, f"{entry.customer} keeps their place on the list.")
            return redirect(changed)
    context = {"entry": entry, "form": form, "action": request.path}
    status = 422 if form.errors else 200
    return render(request, "scheduling/waiting/change.html", context, status=status)


def _join(request: HttpRequest, place: Location, form: JoinForm) -> HttpResponse:
    values = form.cleaned_data
    wished = Wished(
        customer_id=values["customer"],
        service_id=UUID(values["service"]),
        location_id=place.pk,
        **form.wish(),
    )
    entry = join(wished, at=timezone.now(), by=Actor.signed_in(request))
    messages.success(request, f"{entry.customer} is on the waiting list.")
    return redirect(entry)


def _change(request: HttpRequest, entry: WaitingEntry, form: ChangeForm) -> WaitingEntry:
    return change_wish(
        entry.pk,
        replace(wished_by(entry), **form.wish()),
        at=timezone.now(),
        by=Actor.signed_in(request),
        expected_version=form.cleaned_data["version"],
    )


def _people(held: Access, place: Location) -> dict[str, Any]:
    """Whom one can wait for, as ``held`` may keep the list; see ``waiting.entries.may_keep``."""
    return {
        "people": list(bookable_staff(held, place)),
        "may_be_anybody": held.can(Capability.BOOK_APPOINTMENT),
    }


def _services(held: Access, place: Location) -> list[Service]:
    people = bookable_staff(held, place)
    offered = Service.objects.filter(is_active=True, staff__in=people).distinct()
    listed = list(offered.order_by("category", "name", "pk"))
    rules = rules_at(place, listed)
    return [one for one in listed if rules[one.pk].is_offered]


def _initial(request: HttpRequest, place: Location) -> dict[str, Any]:
    """Fill in what a link such as /waiting/new/?customer=…&date=… says; else from today on."""
    today = timezone.now().astimezone(place.time_zone).date()
    try:
        first = max(today, date.fromisoformat(request.GET.get("date", "")))
        last = first + USUAL
    except (ValueError, OverflowError):
        first, last = today, today + USUAL
    return request.GET.dict() | {"first_date": first, "last_date": last}
