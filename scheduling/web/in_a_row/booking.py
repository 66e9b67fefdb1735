"""The page that books several services in a row: what, with whom, on which day, and the times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hub.access import requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.in_a_row.booking import book_in_a_row
from scheduling.in_a_row.finding import next_rows, rows_on
from scheduling.models import Location, Service
from scheduling.search import OpenTime
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.booking import customer_of, frame_of, place_of
from scheduling.web.forms import take_refusal
from scheduling.web.in_a_row.forms import InARowForm, said
from scheduling.web.wording import said_times

# Of the booking panel, whose service and person are the first ones here.
FROM_PANEL = {"service": "service_1", "staff": "staff_1"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Times that follow each other: “10:00 – 11:05”, “Wash 10:00 with Jo, …”."""

    value: str
    day: str
    times: str
    parts: Sequence[str]
    is_unconfirmed: bool


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def book(request: HttpRequest) -> HttpResponse:
    """Show when the services could follow each other, and book them when asked to."""
    if request.method == "GET" and request.headers.get("HX-Request"):  # from the booking panel
        return HttpResponse(status=204, headers={"HX-Redirect": request.get_full_path()})
    at, given = timezone.now(), request.POST if request.method == "POST" else request.GET
    place = place_of(request, given.get("location", ""))
    frame = frame_of(request, place)
    is_asked = request.method == "POST"
    form = InARowForm(given, **frame) if is_asked else InARowForm(initial=_first(given), **frame)
    answers: list[Answer] | None = None
    if is_asked and form.is_valid():
        try:
            if "book" in request.POST:
                return _book(request, place, form, at=at)
        except DomainError as error:
            take_refusal(form, error)
        answers = _answers(form, place, frame["people"], at=at)
    context = {
        "form": form,
        "place": place,
        "customer": customer_of(request, form["customer"].value()),
        "answers": answers,
        "is_unconfirmed": any(one.is_unconfirmed for one in answers or ()),
        "chosen": form["row"].value(),
    }
    refused = "book" in request.POST and bool(form.errors)
    status = 422 if refused else 200
    return render(request, "scheduling/in_a_row/book.html", context, status=status)


def _book(
    request: HttpRequest, place: Location, form: InARowForm, *, at: datetime
) -> HttpResponse:
    values = form.cleaned_data
    booked = book_in_a_row(
        values["customer"],
        form.parts(),
        location_id=place.pk,
        notes=values["notes"],
        at=at,
        by=Actor.signed_in(request),
    )
    lines = "; ".join(f"{one.service_name}, {said_times(one)}, with {one.staff}" for one in booked)
    messages.success(
        request, f"{len(booked)} visits are booked for {booked[0].customer}: {lines}."
    )
    day = booked[0].start_at.astimezone(place.time_zone).date()
    return redirect(f"{reverse('scheduling:calendar')}?date={day}&location={place.pk}")


def _answers(
    form: InARowForm, place: Location, people: Sequence[Any], *, at: datetime
) -> list[Answer]:
    """Return the times of the day, or else the next ones after it."""
    steps, day = form.steps(), form.cleaned_data["date"]
    names = {person.pk: person.name for person in people}
    found = rows_on([day], steps, location_id=place.pk, at=at, among=names.keys())
    found = found or next_rows(day, steps, location_id=place.pk, at=at, among=names.keys())
    services = Service.objects.in_bulk([step.service_id for step in steps])
    titles = [services[step.service_id].name for step in steps]
    return [_answer(row, titles, names, place) for row in found]


def _answer(row: Sequence[OpenTime], titles: Sequence[str], names: Any, place: Location) -> Answer:
    local = [time.start_at.astimezone(place.time_zone) for time in row]
    end = row[-1].end_at.astimezone(place.time_zone)
    return Answer(
        said(row),
        f"{local[0]:%a, %b} {local[0].day}",
        f"{local[0]:%H:%M} – {end:%H:%M}",
        [
            f"{start:%H:%M} {title} with {names[time.staff_id]}"
            for start, title, time in zip(local, titles, row, strict=True)
        ],
        any(time.is_unconfirmed for time in row),
    )


def _first(given: QueryDict) -> dict[str, str]:
    return {FROM_PANEL.get(name, name): str(value) for name, value in given.items()}
