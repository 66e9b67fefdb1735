"""Rooms and equipment."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub import history_reading
from hub.access import requires
from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling.models import Resource
from scheduling.setup.resources import (
    add_resource,
    change_resource,
    put_back_into_use,
    take_out_of_use,
)
from scheduling.web.setup.forms import ResourceForm, initial_of
from scheduling.web.setup.locations import PLANS
from scheduling.web.setup.reach import locations_to_set_up, resources_to_set_up
from scheduling.web.setup.saving import Row, do, late, save


@require_safe
@requires(*PLANS)
def resources(request: HttpRequest) -> HttpResponse:
    shown = resources_to_set_up(request).select_related("location")
    listed = shown.order_by("location__name", "-is_active", "name", "pk")
    return render(request, "scheduling/setup/resources.html", {"resources": listed})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def new_resource(request: HttpRequest) -> HttpResponse:
    form = _form(request, initial={"kind": "room", "capacity": 1})

    def verb() -> Resource:
        values = form.values()
        place = UUID(values.pop("location"))
        return add_resource(place, values, by=Actor.signed_in(request))

    if save(form, verb):
        return redirect("scheduling:resources")
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/setup/resource_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def resource(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(resources_to_set_up(request), pk=pk)
    form = _form(request, found)

    def verb() -> Resource:
        return change_resource(
            pk,
            form.values(),
            at=timezone.now(),
            by=Actor.signed_in(request),
            expected_version=form.expected_version(),
        )

    try:
        if save(form, verb):
            return redirect("scheduling:resources")
    except StaleVersion:
        newest = Resource.objects.get(pk=pk)
        rows = late(form, _saved(newest))
        return _page(request, newest, form, stale=rows, status=409)
    return _page(request, found, form, status=422 if form.is_bound else 200)


@require_POST
@requires(*PLANS)
def take_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(resources_to_set_up(request), pk=pk)
    by = Actor.signed_in(request)
    do(
        request,
        lambda: take_out_of_use(pk, at=timezone.now(), by=by),
        f"{found} is out of use.",
    )
    return redirect("scheduling:resource", pk=pk)


@require_POST
@requires(*PLANS)
def put_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(resources_to_set_up(request), pk=pk)
    by = Actor.signed_in(request)
    do(request, lambda: put_back_into_use(pk, by=by), f"{found} can be booked again.")
    return redirect("scheduling:resource", pk=pk)


def _form(
    request: HttpRequest, of: Resource | None = None, initial: dict[str, object] | None = None
) -> ResourceForm:
    places = locations_to_set_up(request).filter(is_active=True).order_by("name", "pk")
    start = initial_of(of, ResourceForm) if of else initial
    form = ResourceForm(request.POST or None, initial=start, locations=places)
    if of:
        del form.fields["location"]  # what stands somewhere is not carried elsewhere
    return form


def _saved(of: Resource) -> ResourceForm:
    form = ResourceForm(initial=initial_of(of, ResourceForm), locations=())
    del form.fields["location"]
    return form


def _page(
    request: HttpRequest,
    of: Resource,
    form: ResourceForm,
    *,
    stale: list[Row] | None = None,
    status: int,
) -> HttpResponse:
    context = {
        "resource": of,
        "form": form,
        "stale": stale,
        "edits": history_reading.entries(of),
    }
    return render(request, "scheduling/setup/resource.html", context, status=status)
