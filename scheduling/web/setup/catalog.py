"""What can be booked, and by which rules."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub import history_reading
from hub.access import requires
from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling.models import Location, Service
from scheduling.setup.catalog import add_service, change_service, offer_again, stop_offering
from scheduling.web.setup.forms import ServiceForm, initial_of
from scheduling.web.setup.locations import PLANS
from scheduling.web.setup.saving import Row, do, late, save


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
        "minimum_notice_minutes": 0,
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


def _page(
    request: HttpRequest,
    of: Service,
    form: ServiceForm,
    *,
    stale: list[Row] | None = None,
    status: int,
) -> HttpResponse:
    context = {
        "service": of,
        "form": form,
        "stale": stale,
        "people": of.staff.filter(is_active=True).order_by("name", "pk"),
        "categories": _categories(),
        "edits": history_reading.entries(of),
    }
    return render(request, "scheduling/setup/service.html", context, status=status)


def _categories() -> list[str]:
    names = Service.objects.order_by("category").values_list("category", flat=True)
    return list(names.distinct())


def _currency() -> str:
    """The currency of all locations; empty where they differ, as a price then is of each."""
    found = set(Location.objects.filter(is_active=True).values_list("currency", flat=True))
    return found.pop() if len(found) == 1 else ""
