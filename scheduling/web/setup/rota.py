"""When somebody works: their weeks, special days, time off."""

from datetime import date, datetime, time
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from hub.access import requires
from hub.actors import Actor
from hub.errors import StaleVersion
from scheduling.local_times import day_bounds, instant_of
from scheduling.models import SpecialHours, Staff, TimeOff, WorkingHours
from scheduling.setup.rota import (
    add_time_off,
    drop_special_hours,
    drop_time_off,
    set_special_hours,
    set_week,
)
from scheduling.setup.standing import classes_falling_into, falling_into
from scheduling.web.setup.forms import WeekForm
from scheduling.web.setup.locations import PLANS
from scheduling.web.setup.reach import locations_to_set_up, staff_to_set_up
from scheduling.web.setup.saving import do, save
from scheduling.web.setup.staff_forms import SpecialHoursForm, TimeOffForm
from scheduling.web.setup.staff_page import staff_page


@require_POST
@requires(*PLANS)
def week(request: HttpRequest, pk: UUID, location: UUID) -> HttpResponse:
    staff = get_object_or_404(staff_to_set_up(request), pk=pk)
    place = get_object_or_404(locations_to_set_up(request), pk=location)
    form = WeekForm(request.POST, prefix=f"at-{place.pk}")

    def verb() -> WorkingHours:
        by, seen = Actor.signed_in(request), form.expected_version()
        return set_week(pk, location, form.values(), by=by, expected_version=seen)

    try:
        saved = save(form, verb)
    except StaleVersion as error:
        messages.error(request, str(error))
        return redirect("scheduling:staff", pk=pk)
    if saved:
        messages.success(request, f"Hours at {place} are saved.")
        return redirect("scheduling:staff", pk=pk)
    return staff_page(request, staff, week=(place, form), status=422)


@require_POST
@requires(*PLANS)
def special_hours(request: HttpRequest, pk: UUID) -> HttpResponse:
    staff = get_object_or_404(staff_to_set_up(request), pk=pk)
    places = list(locations_to_set_up(request).order_by("name", "pk"))
    form = SpecialHoursForm(request.POST, locations=places)

    def verb() -> SpecialHours:
        values = form.cleaned_data
        place, by = UUID(values["location"]), Actor.signed_in(request)
        return set_special_hours(pk, place, values["work_date"], values["hours"], by=by)

    if save(form, verb):
        return redirect("scheduling:staff", pk=pk)
    return staff_page(request, staff, special=form, status=422)


@require_POST
@requires(*PLANS)
def end_special_hours(request: HttpRequest, pk: UUID, special: UUID) -> HttpResponse:
    get_object_or_404(staff_to_set_up(request), pk=pk)
    found = get_object_or_404(SpecialHours, pk=special, staff=pk)
    by = Actor.signed_in(request)
    do(request, lambda: drop_special_hours(found.pk, by=by), "The ordinary hours hold again.")
    return redirect("scheduling:staff", pk=pk)


@require_POST
@requires(*PLANS)
def time_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    staff = get_object_or_404(staff_to_set_up(request), pk=pk)
    form = TimeOffForm(request.POST)

    def verb() -> TimeOff:
        start_at, end_at = _span(form, staff)
        reason, by = form.cleaned_data["reason"], Actor.signed_in(request)
        return add_time_off(pk, start_at, end_at, reason=reason, by=by)

    made = save(form, verb)
    if made:
        times = made.start_at, made.end_at
        count, classes = (
            found(staff, *times).count() for found in (falling_into, classes_falling_into)
        )
        if count:
            text = "1 appointment is" if count == 1 else f"{count} appointments are"
            messages.warning(request, f"{text} booked then all the same: move or cancel.")
        if classes:
            text = "1 class is" if classes == 1 else f"{classes} classes are"
            messages.warning(request, f"{text} planned then all the same: move or cancel.")
        return redirect("scheduling:staff", pk=pk)
    return staff_page(request, staff, time_off=form, status=422)


@require_POST
@requires(*PLANS)
def end_time_off(request: HttpRequest, pk: UUID, absence: UUID) -> HttpResponse:
    staff = get_object_or_404(staff_to_set_up(request), pk=pk)
    found = get_object_or_404(TimeOff, pk=absence, staff=pk)
    by = Actor.signed_in(request)
    do(request, lambda: drop_time_off(found.pk, by=by), f"{staff} is there after all.")
    return redirect("scheduling:staff", pk=pk)


def _span(form: forms.Form, staff: Staff) -> tuple[datetime, datetime]:
    """Return the instants: whole days where no time was given, on the clock of their location.

    :raises InvalidInput: a time does not exist that day, or exists twice.
    """
    values, zone = form.cleaned_data, staff.location.time_zone
    first: date = values["first_date"]
    last: date = values["last_date"]
    starts: time | None = values["starts"]
    ends: time | None = values["ends"]
    start_at, _ = day_bounds(first, zone)
    _, end_at = day_bounds(last, zone)
    if starts:
        start_at = instant_of(datetime.combine(first, starts), zone, field="starts")
    if ends:
        end_at = instant_of(datetime.combine(last, ends), zone, field="ends")
    return start_at, end_at
