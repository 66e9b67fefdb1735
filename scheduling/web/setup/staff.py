"""Who can be booked, for what; their hours are in ``rota``."""

from functools import partial
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.access import requires
from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling.models import Service, Staff
from scheduling.setup.staff import add_staff, change_staff, let_go, say_what_they_do, take_back
from scheduling.subscribing import add_staff_feed
from scheduling.web.setup.forms import initial_of
from scheduling.web.setup.locations import PLANS
from scheduling.web.setup.reach import locations_to_set_up, sign_ins_for, staff_to_set_up
from scheduling.web.setup.saving import do, late, save
from scheduling.web.setup.staff_forms import SkillsForm, StaffForm
from scheduling.web.setup.staff_page import staff_page
from scheduling.web.subscriptions import FeedForm, add_from, show_address


@require_safe
@requires(*PLANS)
def people(request: HttpRequest) -> HttpResponse:
    offered = Count("services", filter=Q(services__is_active=True))
    listed = staff_to_set_up(request).select_related("location", "user").annotate(offered=offered)
    shown = listed.order_by("-is_active", "location__name", "position", "name", "pk")
    return render(request, "scheduling/setup/people.html", {"people": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def new_person(request: HttpRequest) -> HttpResponse:
    form = _form(request)
    everything = Service.objects.filter(is_active=True).values_list("pk", flat=True)
    made = save(
        form,
        lambda: add_staff(form.values(), service_ids=everything, by=Actor.signed_in(request)),
    )
    if made:
        return redirect("scheduling:staff", pk=made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/setup/person_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*PLANS)
def person(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(staff_to_set_up(request), pk=pk)
    form = _form(request, found)

    def verb() -> Staff:
        return change_staff(
            pk,
            form.values(),
            at=timezone.now(),
            by=Actor.signed_in(request),
            expected_version=form.expected_version(),
        )

    try:
        if save(form, verb):
            return redirect("scheduling:staff", pk=pk)
    except StaleVersion:
        newest = Staff.objects.get(pk=pk)
        rows = late(form, _form(request, newest, bound=False))
        return staff_page(request, newest, form, stale=rows, status=409)
    return staff_page(request, found, form, status=422 if form.is_bound else 200)


@require_POST
@requires(*PLANS)
def skills(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(staff_to_set_up(request), pk=pk)
    form = SkillsForm(request.POST, offered=Service.objects.filter(is_active=True))
    saved = save(form, lambda: say_what_they_do(pk, form.chosen(), by=Actor.signed_in(request)))
    if saved:
        return redirect("scheduling:staff", pk=pk)
    return staff_page(request, found, skills=form, status=422)


@require_POST
@requires(*PLANS)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(staff_to_set_up(request), pk=pk)
    by = Actor.signed_in(request)
    do(request, lambda: let_go(pk, at=timezone.now(), by=by), f"{found} is booked no more.")
    return redirect("scheduling:staff", pk=pk)


@require_POST
@requires(*PLANS)
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(staff_to_set_up(request), pk=pk)
    by = Actor.signed_in(request)
    do(request, lambda: take_back(pk, by=by), f"{found} can be booked again.")
    return redirect("scheduling:staff", pk=pk)


@require_POST
@requires(*PLANS)
def subscribe(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(staff_to_set_up(request), pk=pk)
    form = FeedForm(request.POST)
    made = add_from(request, form, partial(add_staff_feed, pk))
    if made:
        return show_address(request, made)
    return staff_page(request, found, feed=form, status=422)


def _form(request: HttpRequest, of: Staff | None = None, *, bound: bool = True) -> StaffForm:
    places = locations_to_set_up(request)
    current = Q(pk=of.location_id) if of else Q()
    return StaffForm(
        (request.POST or None) if bound else None,
        initial=initial_of(of, StaffForm) if of else {},
        locations=places.filter(Q(is_active=True) | current if of else Q(is_active=True)).order_by(
            "name", "pk"
        ),
        users=sign_ins_for(request, of),
    )
