"""The page that starts a series: its rule, all dates with what stands against them, and Book."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.booking import Booking
from scheduling.models import Location
from scheduling.recurrence import Rule
from scheduling.repeating.foreseeing import Foresight, foresee
from scheduling.repeating.starting import VisitsRefused, start_series
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.booking import customer_of, frame_of, place_of
from scheduling.web.forms import OTHER, take_refusal
from scheduling.web.series.forms import NewSeriesForm


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole question: what to book, by which rule, without which dates."""

    booking: Booking
    rule: Rule
    leave_out: Collection[date]
    override_reason: str


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def start(request: HttpRequest) -> HttpResponse:
    """Show the dates of a rule, and book them when asked to."""
    if request.method == "GET" and request.headers.get("HX-Request"):  # from the booking panel
        return HttpResponse(status=204, headers={"HX-Redirect": request.get_full_path()})
    at, given = timezone.now(), request.POST if request.method == "POST" else request.GET
    place = place_of(request, given.get("location", ""))
    form = NewSeriesForm(_filled(given), **frame_of(request, place))
    asked = _asked(place, form)
    if asked is None and request.method != "POST":  # the panel asked for less: say nothing yet
        form = NewSeriesForm(initial=_filled(given).dict(), **frame_of(request, place))
    foresight = None
    if asked:
        try:
            if "book" in request.POST:
                return _start(request, asked, at=at)
            foresight = _foresee(request, asked, at=at)
            if "leave_refused" in request.POST:
                refused = {visit.day for visit in foresight.refused}
                asked = replace(asked, leave_out=refused.union(asked.leave_out))
        except VisitsRefused as error:
            take_refusal(form, error)
            foresight = _foresee(request, asked, at=at)
        except DomainError as error:
            take_refusal(form, error)
    return _page(request, place, form, asked, foresight)


def _asked(place: Location, form: NewSeriesForm) -> Asked | None:
    """Return what the form asks for; ``None`` when it says at its fields what is wrong."""
    if not form.is_valid():
        return None
    try:
        rule = form.rule()
    except DomainError as error:
        take_refusal(form, error)
        return None
    reason = form.cleaned_data["override_reason"]
    return Asked(_booking(place, form), rule, form.left_out(), reason)


def _start(request: HttpRequest, asked: Asked, *, at: datetime) -> HttpResponse:
    series = start_series(
        asked.booking,
        asked.rule,
        leave_out=asked.leave_out,
        override_reason=asked.override_reason,
        at=at,
        by=Actor.signed_in(request),
    )
    count = series.visits.count()
    visits = "One visit is" if count == 1 else f"{count} visits are"
    messages.success(request, f"{visits} booked for {series.customer}.")
    return redirect(series)


def _foresee(request: HttpRequest, asked: Asked, *, at: datetime) -> Foresight:
    return foresee(asked.booking, asked.rule, held=access.of(request), at=at)


def _page(
    request: HttpRequest,
    place: Location,
    form: NewSeriesForm,
    asked: Asked | None,
    foresight: Foresight | None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "place": place,
        "customer": customer_of(request, form["customer"].value()),
        "foresight": foresight,
        "may_override": access.of(request).can(Capability.OVERRIDE_BOOKING_LIMITS),
    }
    if asked and foresight:
        out = {visit.day for visit in foresight.visits} & set(asked.leave_out)
        standing = [visit for visit in foresight.refused if visit.day not in out]
        context |= {
            "rule": asked.rule.in_words,
            "left_out": out,
            "count": len(foresight.visits) - len(out),
            "standing": standing,
            "can_be_set_aside": all(visit.can_be_set_aside for visit in standing) and standing,
        }
    refused = request.method == "POST" and bool(form.errors)
    return render(request, "scheduling/series/new.html", context, status=422 if refused else 200)


def _booking(place: Location, form: NewSeriesForm) -> Booking:
    values = form.cleaned_data
    return Booking(
        customer_id=values["customer"],
        service_id=UUID(values["service"]),
        staff_id=UUID(values["staff"]),
        start_at=values["start_at"],
        notes=values["notes"],
        location_id=place.pk,
    )


def _filled(given: QueryDict) -> QueryDict:
    """Add what the booking panel did not ask: a rule to begin with, and its other time."""
    filled = given.copy()
    for name in ("interval", "unit", "monthly", "ends", "count"):
        if name not in filled:
            filled[name] = str(NewSeriesForm.base_fields[name].initial)
    if filled.get("time", "") in ("", OTHER):
        filled["time"] = str(filled.get("other_time") or "")
    return filled
