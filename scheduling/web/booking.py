"""The booking panel: its form, the open times in it, and the booking itself."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import Customer
from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.booking import Booking, book_appointment
from scheduling.choosing import somebody_free
from scheduling.models import Appointment, Location, Service
from scheduling.reach import bookable_staff, locations_of
from scheduling.rules import rules_at
from scheduling.tagging import known_tags
from scheduling.web.answers import with_events
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.forms import BookingForm, take_refusal
from scheduling.web.open_times import TimesAsked, offer_times
from scheduling.web.wording import said_times


def booking_panel(
    request: HttpRequest, place: Location, *, day: date, at: datetime
) -> dict[str, Any] | None:
    """Return what an empty panel shows; ``None`` for whoever books nobody at ``place``."""
    people = bookable_staff(access.of(request), place)
    if not people:
        return None
    initial = {"date": day, **_asked_for(request)}
    form = BookingForm(initial=initial, **frame_of(request, place))
    return _panel(request, place, form, initial, at=at)


@require_safe
@requires(*MAY_BOOK)
def show_open_times(request: HttpRequest) -> HttpResponse:
    """Answer the part of the form that shows the open times of a service, person and day."""
    at = timezone.now()
    place = place_of(request, request.GET.get("location", ""))
    times = _times(request, place, request.GET, at=at)
    context = {
        "times": times,
        "form": BookingForm(initial=request.GET.dict(), **frame_of(request, place)),
        "may_override": access.of(request).can(Capability.OVERRIDE_BOOKING_LIMITS),
    }
    return render(request, "scheduling/_open_times.html", context)


@require_http_methods(["GET", "POST"])
@requires(*MAY_BOOK)
def book(request: HttpRequest) -> HttpResponse:
    """Book, and answer with an empty form; a refusal comes back at the field it is about."""
    if request.method == "GET":
        return redirect("scheduling:calendar")
    at = timezone.now()
    place = place_of(request, request.POST.get("location", ""))
    form = BookingForm(request.POST, **frame_of(request, place))
    if form.is_valid():
        try:
            appointment = _book(request, place, form, at=at)
        except DomainError as error:
            take_refusal(form, error)
        else:
            return _booked(request, place, appointment, at=at)
    panel = _panel(request, place, form, request.POST, at=at)
    return render(request, "scheduling/_booking_form.html", {"panel": panel}, status=422)


def _book(
    request: HttpRequest, place: Location, form: BookingForm, *, at: datetime
) -> Appointment:
    held, values = access.of(request), form.cleaned_data
    service, start_at = Service.objects.get(pk=values["service"]), values["start_at"]
    people = bookable_staff(held, place)
    staff_id = (
        UUID(values["staff"])
        if values["staff"]
        else somebody_free(service, list(people), place, start_at, held=held, at=at)
    )
    return book_appointment(
        Booking(
            customer_id=values["customer"],
            service_id=service.pk,
            staff_id=staff_id,
            start_at=start_at,
            notes=values["notes"],
            location_id=place.pk,
            tags=form.listed_tags(),
            color=values["color"],
        ),
        at=at,
        by=Actor.signed_in(request),
        override_reason=values["override_reason"],
    )


def _booked(
    request: HttpRequest, place: Location, appointment: Appointment, *, at: datetime
) -> HttpResponse:
    """Answer with a form that is empty again, and tell the calendar."""
    initial = {"date": appointment.start_at.astimezone(place.time_zone).date()}
    form = BookingForm(initial=initial, **frame_of(request, place))
    panel = _panel(request, place, form, initial, at=at)
    answer = render(request, "scheduling/_booking_form.html", {"panel": panel})
    text = f"{appointment.customer} booked: {said_times(appointment)} with {appointment.staff}."
    event = {"id": str(appointment.pk), "booked": True}
    return with_events(answer, {"toast": {"text": text}, "hub:appointment": event})


def _panel(
    request: HttpRequest,
    place: Location,
    form: BookingForm,
    values: Mapping[str, Any],
    *,
    at: datetime,
) -> dict[str, Any]:
    held = access.of(request)
    return {
        "form": form,
        "place": place,
        "customer": customer_of(request, values.get("customer")),
        "times": _times(request, place, values, at=at),
        "known_tags": known_tags(place, held),
        "may_override": held.can(Capability.OVERRIDE_BOOKING_LIMITS),
        "may_add_customer": held.can(Capability.EDIT_CUSTOMER),
        "open": "new" in request.GET or form.is_bound,
    }


def frame_of(request: HttpRequest, place: Location) -> dict[str, Any]:
    """What the form offers: the people whom this person may book, and what those can do."""
    people = list(bookable_staff(access.of(request), place))
    services = Service.objects.filter(is_active=True, staff__in=people).distinct()
    listed = list(services.order_by("category", "name", "pk"))
    rules = rules_at(place, listed)
    return {
        "zone": place.time_zone,
        "people": people,
        "services": [
            (service, rules[service.pk].duration_minutes)
            for service in listed
            if rules[service.pk].is_offered
        ],
    }


def _times(
    request: HttpRequest, place: Location, values: Mapping[str, Any], *, at: datetime
) -> TimesAsked:
    held = access.of(request)
    customer = customer_of(request, values.get("customer"))
    return offer_times(
        values,
        place,
        people=list(bookable_staff(held, place)),
        customer_zone=customer.time_zone if customer else None,
        held=held,
        at=at,
    )


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """What a link such as /calendar/?new=1&customer=… fills in."""
    names = ("customer", "service", "staff", "time")
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def customer_of(request: HttpRequest, text: object) -> Customer | None:
    try:
        customer_id = UUID(str(text))
    except ValueError:
        return None
    visible = Customer.objects.visible_to(access.of(request))
    return visible.filter(pk=customer_id).first()


def place_of(request: HttpRequest, text: str) -> Location:
    """:raises Http404: there is no such location, or not for this person."""
    try:
        location_id = UUID(text)
    except ValueError:
        raise Http404 from None
    place = locations_of(access.of(request)).filter(pk=location_id).first()
    if place is None:
        raise Http404
    return place
