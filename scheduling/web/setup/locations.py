"""Locations: where work is done, on which clock, when it is open."""

from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub import history_reading
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import StaleVersion
from hub.models import Business
from scheduling.models import Closure, Location
from scheduling.models.places import nights
from scheduling.setup.locations import (
    add_closure,
    add_location,
    change_location,
    close_down,
    open_again,
    remove_closure,
)
from scheduling.subscribing import add_location_feed
from scheduling.web.setup.forms import ClosureForm, LocationForm, QuietForm, WeekForm, initial_of
from scheduling.web.setup.reach import locations_to_set_up
from scheduling.web.setup.saving import Row, do, late, save
from scheduling.web.subscriptions import FeedForm, add_from, of_calendar, show_address

PLANS = (Capability.SET_UP_SCHEDULE,)


class PlaceForm(LocationForm, WeekForm, QuietForm):
    """A location, its opening hours and its quiet hours."""

    field_order = ("name", "street", "postal_code", "city", "country", "time_zone", "currency")


@require_safe
@requires(*PLANS)
def locations(request: HttpRequest) -> HttpResponse:
    shown = locations_to_set_up(request).order_by("-is_active", "name", "pk")
    return render(request, "scheduling/setup/locations.html", {"locations": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def new_location(request: HttpRequest) -> HttpResponse:
    business = Business.objects.first() or Business(time_zone="UTC", country="US")
    usual = {
        "time_zone": business.time_zone,
        "country": business.country,
        "quiet_hours": nights(),
    }
    form = PlaceForm(request.POST or None, initial=usual)
    made = save(form, lambda: add_location(form.values(), by=Actor.signed_in(request)))
    if made:
        return redirect("scheduling:location", pk=made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/setup/location_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def location(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = get_object_or_404(locations_to_set_up(request), pk=pk)
    form = PlaceForm(request.POST or None, initial=initial_of(place, PlaceForm))
    stale = None
    changed = None
    try:
        changed = save(
            form,
            lambda: change_location(
                pk,
                form.values(),
                at=timezone.now(),
                by=Actor.signed_in(request),
                expected_version=form.expected_version(),
            ),
        )
    except StaleVersion:
        place = Location.objects.get(pk=pk)
        stale = late(form, PlaceForm(initial=initial_of(place, PlaceForm)))
    if changed:
        return redirect("scheduling:location", pk=pk)
    return _page(request, place, form, ClosureForm(), stale)


@require_POST
@requires(*PLANS)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = get_object_or_404(locations_to_set_up(request), pk=pk)
    by = Actor.signed_in(request)
    do(request, lambda: close_down(pk, at=timezone.now(), by=by), f"{place} is closed down.")
    return redirect("scheduling:location", pk=pk)


@require_POST
@requires(*PLANS)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = get_object_or_404(locations_to_set_up(request), pk=pk)
    do(
        request,
        lambda: open_again(pk, by=Actor.signed_in(request)),
        f"{place} takes bookings again.",
    )
    return redirect("scheduling:location", pk=pk)


@require_POST
@requires(*PLANS)
def new_closure(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = get_object_or_404(locations_to_set_up(request), pk=pk)
    form = ClosureForm(request.POST)
    made = save(
        form,
        lambda: add_closure(
            pk,
            first_date=form.cleaned_data["first_date"],
            last_date=form.cleaned_data["last_date"] or form.cleaned_data["first_date"],
            hours=form.cleaned_data["hours"],
            name=form.cleaned_data["name"],
            by=Actor.signed_in(request),
        ),
    )
    if made:
        return redirect("scheduling:location", pk=pk)
    return _page(request, place, PlaceForm(initial=initial_of(place, PlaceForm)), form)


@require_POST
@requires(*PLANS)
def end_closure(request: HttpRequest, pk: UUID, closure: UUID) -> HttpResponse:
    get_object_or_404(locations_to_set_up(request), pk=pk)
    found = get_object_or_404(Closure, pk=closure, location=pk)
    do(
        request,
        lambda: remove_closure(found.pk, by=Actor.signed_in(request)),
        f"Open after all: {found}.",
    )
    return redirect("scheduling:location", pk=pk)


@require_POST
@requires(*PLANS)
def subscribe(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = get_object_or_404(locations_to_set_up(request), pk=pk)
    asked = FeedForm(request.POST)
    made = add_from(request, asked, partial(add_location_feed, pk))
    if made:
        return show_address(request, made)
    form = PlaceForm(initial=initial_of(place, PlaceForm))
    return _page(request, place, form, ClosureForm(), feed_form=asked)


def _page(
    request: HttpRequest,
    place: Location,
    form: forms.Form,
    closing: forms.Form,
    stale: list[Row] | None = None,
    *,
    feed_form: forms.Form | None = None,
) -> HttpResponse:
    today = timezone.now().astimezone(place.time_zone).date()
    context = {
        "location": place,
        "form": form,
        "stale": stale,
        "closure_form": closing,
        "closures": place.closures.filter(last_date__gte=today).order_by("first_date", "pk"),
        "feeds": of_calendar(request, location=place),
        "feed_form": feed_form or FeedForm(),
        "edits": history_reading.entries(place),
    }
    is_filled = form.is_bound or closing.is_bound or feed_form is not None
    status = 409 if stale else 422 if is_filled else 200
    return render(request, "scheduling/setup/location.html", context, status=status)
