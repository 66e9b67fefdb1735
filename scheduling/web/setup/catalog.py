"""What can be booked, and by which rules."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub import history_reading
from hub.access import requires
from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling.models import Location, Service, ServiceAtLocation
from scheduling.setup.catalog import (
    add_service,
    change_service,
    offer_again,
    set_rules_at,
    stop_offering,
)
from scheduling.web.setup.forms import initial_of
from scheduling.web.setup.locations import PLANS
from scheduling.web.setup.reach import locations_to_set_up, staff_to_set_up
from scheduling.web.setup.saving import Row, do, late, save
from scheduling.web.setup.service_forms import RulesAtForm, ServiceForm


@require_safe
@requires(*PLANS)
def services(request: HttpRequest) -> HttpResponse:
    people = Count("staff", filter=Q(staff__is_active=True))
    listed = Service.objects.annotate(people=people)
    context = {
        "services": listed.order_by("-is_active", "category", "name", "pk"),
        "currency": _currency(),
    }
    return render(request, "scheduling/setup/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def new_service(request: HttpRequest) -> HttpResponse:
    usual = {
        "duration_minutes": 60,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
        "staff_needed": 1,
        "seats": 1,
        "daily_limit": 0,
        "rooms_needed": 0,
        "equipment_needed": 0,
        "minimum_notice_minutes": 0,
        "horizon_days": 365,
        "cancellation_window_minutes": 0,
        "reminder_minutes": 1440,
    }
    form = ServiceForm(request.POST or None, initial=usual)
    made = save(form, lambda: add_service(form.values(), by=Actor.signed_in(request)))
    if made:
        return redirect("scheduling:service", pk=made.pk)
    context = {"form": form, "categories": _categories()}
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/setup/service_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def service(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    form = ServiceForm(request.POST or None, initial=initial_of(found, ServiceForm))

    def verb() -> Service:
        return change_service(
            pk,
            form.values(),
            at=timezone.now(),
            by=Actor.signed_in(request),
            expected_version=form.expected_version(),
        )

    try:
        if save(form, verb):
            return redirect("scheduling:services")
    except StaleVersion:
        newest = Service.objects.get(pk=pk)
        rows = late(form, ServiceForm(initial=initial_of(newest, ServiceForm)))
        return _page(request, newest, form, stale=rows, status=409)
    return _page(request, found, form, status=422 if form.is_bound else 200)


@require_POST
@requires(*PLANS)
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    by = Actor.signed_in(request)
    do(request, lambda: stop_offering(pk, by=by), f"{found} is not offered any more.")
    return redirect("scheduling:service", pk=pk)


@require_POST
@requires(*PLANS)
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    by = Actor.signed_in(request)
    do(request, lambda: offer_again(pk, by=by), f"{found} is offered again.")
    return redirect("scheduling:service", pk=pk)


@require_POST
@requires(*PLANS)
def at_location(request: HttpRequest, pk: UUID, location: UUID) -> HttpResponse:
    found = get_object_or_404(Service, pk=pk)
    place = get_object_or_404(locations_to_set_up(request), pk=location)
    form = RulesAtForm(request.POST, prefix=_prefix(place), usual=found)
    by = Actor.signed_in(request)
    if save(form, lambda: set_rules_at(pk, location, form.cleaned_data, by=by)):
        messages.success(request, f"Saved for {place}.")
        return redirect("scheduling:service", pk=pk)
    usual = ServiceForm(initial=initial_of(found, ServiceForm))
    return _page(request, found, usual, at=At(place, form), status=422)


@dataclass(frozen=True, slots=True)
class At:
    """A location with the form of what is different there."""

    location: Location
    form: RulesAtForm


def _at_locations(request: HttpRequest, of: Service, given: At | None) -> list[At]:
    own = {row.location_id: row for row in of.at_locations.all()}
    places = locations_to_set_up(request).filter(is_active=True).order_by("name", "pk")
    return [
        given
        if given and given.location == place
        else At(place, _rules_form(of, place, own.get(place.pk)))
        for place in places
    ]


def _rules_form(of: Service, place: Location, own: ServiceAtLocation | None) -> RulesAtForm:
    initial = initial_of(own, RulesAtForm) if own else {"is_offered": True}
    return RulesAtForm(prefix=_prefix(place), usual=of, initial=initial)


def _prefix(place: Location) -> str:
    return f"at-{place.pk}"


def _page(
    request: HttpRequest,
    of: Service,
    form: ServiceForm,
    *,
    at: At | None = None,
    stale: list[Row] | None = None,
    status: int,
) -> HttpResponse:
    context = {
        "at_locations": _at_locations(request, of, at),
        "service": of,
        "form": form,
        "stale": stale,
        "people": staff_to_set_up(request)
        .filter(services=of, is_active=True)
        .order_by("name", "pk"),
        "categories": _categories(),
        "edits": history_reading.entries(
            of, *of.at_locations.filter(location__in=locations_to_set_up(request))
        ),
    }
    return render(request, "scheduling/setup/service.html", context, status=status)


def _categories() -> list[str]:
    names = Service.objects.order_by("category").values_list("category", flat=True)
    return list(names.distinct())


def _currency() -> str:
    """The currency of all locations; empty where they differ, as a price then is of each."""
    found = set(Location.objects.filter(is_active=True).values_list("currency", flat=True))
    return found.pop() if len(found) == 1 else ""
