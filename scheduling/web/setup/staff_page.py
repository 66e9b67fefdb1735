"""The page of one staff member: details, services, hours, special days, time off, history."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hub import access, history_reading
from scheduling.models import Appointment, Location, Service, Staff, TimeOff, WorkingHours
from scheduling.setup.standing import to_come
from scheduling.web.setup.forms import WeekForm, initial_of
from scheduling.web.setup.reach import locations_to_set_up, sign_ins_for
from scheduling.web.setup.saving import Row
from scheduling.web.setup.staff_forms import (
    SkillsForm,
    SpecialHoursForm,
    StaffForm,
    TimeOffForm,
)
from scheduling.web.subscriptions import FeedForm, of_calendar


@dataclass(frozen=True, slots=True)
class WeekAt:
    """The hours at one location, with the form that sets them."""

    location: Location
    form: forms.Form


@dataclass(frozen=True, slots=True)
class Absence:
    """A time off, and what is booked then all the same."""

    time_off: TimeOff
    booked: list[Appointment]


def staff_page(  # noqa: PLR0913  (each form comes back with its own mistakes)
    request: HttpRequest,
    staff: Staff,
    form: forms.Form | None = None,
    *,
    skills: forms.Form | None = None,
    week: tuple[Location, forms.Form] | None = None,
    special: forms.Form | None = None,
    time_off: forms.Form | None = None,
    feed: forms.Form | None = None,
    stale: list[Row] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page; forms that are given come back as they were filled in."""
    today = timezone.now().astimezone(staff.location.time_zone).date()
    places = list(locations_to_set_up(request).filter(is_active=True).order_by("name", "pk"))
    weeks = list(staff.working_hours.select_related("location").order_by("location__name", "pk"))
    specials = staff.special_hours.filter(work_date__gte=today).select_related("location")
    absences = list(staff.time_off.filter(end_at__gt=timezone.now()).order_by("start_at", "pk"))
    context: dict[str, Any] = {
        "staff": staff,
        "form": form or _details(request, staff),
        "skills": skills or _skills(staff),
        "weeks": _weeks(request, staff, weeks, places, week),
        "other_places": _others(staff, weeks, places),
        "specials": specials.order_by("work_date", "pk"),
        "special_form": special or SpecialHoursForm(locations=places, initial=_home(staff)),
        "absences": _with_bookings(request, staff, absences),
        "time_off_form": time_off or TimeOffForm(),
        "feeds": of_calendar(request, staff=staff),
        "feed_form": feed or FeedForm(),
        "stale": stale,
        "edits": history_reading.entries(staff, *weeks)[:50],
    }
    return render(request, "scheduling/setup/person.html", context, status=status)


def _home(staff: Staff) -> dict[str, str]:
    return {"location": str(staff.location_id)}


def _details(request: HttpRequest, staff: Staff) -> StaffForm:
    return StaffForm(
        initial=initial_of(staff, StaffForm),
        locations=locations_to_set_up(request).order_by("name", "pk"),
        users=sign_ins_for(request, staff),
    )


def _skills(staff: Staff) -> SkillsForm:
    chosen = [str(pk) for pk in staff.services.values_list("pk", flat=True)]
    offered = Service.objects.filter(is_active=True).order_by("category", "name", "pk")
    return SkillsForm(initial={"services": chosen}, offered=offered)


def _weeks(
    request: HttpRequest,
    staff: Staff,
    weeks: list[WorkingHours],
    places: list[Location],
    given: tuple[Location, forms.Form] | None,
) -> list[WeekAt]:
    """One form for the home, for each location with hours, and for one that is to be added."""
    known = {week.location_id: week for week in weeks}
    asked = request.GET.get("at", "")
    shown = {staff.location} | {week.location for week in weeks if week.location in places}
    shown |= {place for place in places if str(place.pk) == asked}
    if given:
        shown.add(given[0])
    return [
        WeekAt(
            place,
            given[1]
            if given and given[0] == place
            else WeekForm(
                prefix=f"at-{place.pk}", initial=WeekForm.initial_of(known.get(place.pk))
            ),
        )
        for place in sorted(shown, key=lambda place: (place != staff.location, place.name))
    ]


def _others(staff: Staff, weeks: list[WorkingHours], places: list[Location]) -> list[Location]:
    shown = {staff.location_id} | {week.location_id for week in weeks}
    return [place for place in places if place.pk not in shown]


def _with_bookings(request: HttpRequest, staff: Staff, absences: list[TimeOff]) -> list[Absence]:
    if not absences:
        return []
    visible = Appointment.objects.visible_to(access.of(request))
    coming = to_come(timezone.now()).filter(staff=staff, pk__in=visible.values("pk"))
    booked = list(coming.select_related("customer"))
    return [
        Absence(
            absence,
            [
                visit
                for visit in booked
                if visit.start_at < absence.end_at and absence.start_at < visit.end_at
            ],
        )
        for absence in absences
    ]
