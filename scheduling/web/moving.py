"""Move an appointment: dropped in the calendar by a script, or typed into the dialog."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from scheduling.booking import reschedule_appointment
from scheduling.limits import LIMITS
from scheduling.local_times import instant_of
from scheduling.models import Appointment
from scheduling.reach import bookable_staff
from scheduling.web.answers import done, problem, refused
from scheduling.web.appointments import MAY_BOOK, found
from scheduling.web.forms import MoveForm, take_refusal
from scheduling.web.wording import alternatives_of, fold_choices, said_times

LONGEST_BODY = 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """Where an appointment shall be; ``end_at`` None keeps its length."""

    start_at: datetime
    end_at: datetime | None
    staff_id: UUID | None
    version: int | None
    override_reason: str = ""
    beside_ids: tuple[UUID, ...] | None = None


@require_safe
@requires(*MAY_BOOK)
def ask_where_to(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    local = appointment.start_at.astimezone(appointment.time_zone)
    form = MoveForm(
        initial={
            "date": local.date(),
            "time": f"{local:%H:%M}",
            "staff": str(appointment.staff_id),
            "beside": [str(one.pk) for one in appointment.beside],
            "version": appointment.version,
        },
        **_form_frame(request, appointment),
    )
    return _dialog(request, appointment, form)


@require_POST
@requires(*MAY_BOOK)
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Move by the dialog's form, or by JSON: start, end, staff, version; local times."""
    appointment = found(request, pk)
    if request.content_type != "application/json":
        return _drop_form(request, appointment)
    try:
        wish = _wish(_posted(request), appointment)
        moved = _move(request, appointment, wish)
    except DomainError as error:
        return problem(error)
    return JsonResponse(
        {
            "id": str(moved.pk),
            "version": moved.version,
            "text": _told(moved),
            "undo": _back(appointment, moved),
        }
    )


@require_POST
@requires(*MAY_BOOK)
def move_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a move back; what to go back to stands in the address, for a toast posts no body."""
    appointment = found(request, pk)
    try:
        wish = _wish(request.GET.dict(), appointment)
        moved = _move(request, appointment, wish)
    except DomainError as error:
        return refused(request, appointment, error)
    return done(request, moved, f"Moved back to {said_times(moved)}.")


def _drop_form(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    form = MoveForm(request.POST, **_form_frame(request, appointment))
    refusal: DomainError | None = None
    if form.is_valid():
        values = form.cleaned_data
        staff_id = UUID(values["staff"]) if values["staff"] else None
        wish = Wish(
            values["start_at"],
            None,
            staff_id,
            values["version"],
            values["override_reason"],
            tuple(map(UUID, values["beside"])) if _asks_who_else(request, appointment) else None,
        )
        try:
            moved = _move(request, appointment, wish)
        except DomainError as error:
            take_refusal(form, error)
            refusal = error
        else:
            undo = reverse("scheduling:move_back", args=[moved.pk])
            address = f"{undo}?{urlencode(_back(appointment, moved))}"
            return done(request, moved, _told(moved), undo=address)
    return _dialog(request, appointment, form, refusal, status=422)


def _move(request: HttpRequest, appointment: Appointment, wish: Wish) -> Appointment:
    return reschedule_appointment(
        appointment.pk,
        start_at=wish.start_at,
        end_at=wish.end_at,
        staff_id=wish.staff_id,
        expected_version=wish.version,
        override_reason=wish.override_reason,
        beside_ids=wish.beside_ids,
        at=timezone.now(),
        by=Actor.signed_in(request),
    )


def _posted(request: HttpRequest) -> Mapping[str, Any]:
    """:raises InvalidInput: it is no JSON object, or far too long."""
    try:
        values = orjson.loads(request.body[:LONGEST_BODY])
    except orjson.JSONDecodeError:
        raise InvalidInput("Send a JSON object.") from None
    if not isinstance(values, dict):
        raise InvalidInput("Send a JSON object.")
    return values


def _wish(values: Mapping[str, Any], appointment: Appointment) -> Wish:
    """:raises InvalidInput: a value is missing or cannot be right."""
    zone = appointment.time_zone
    end = values.get("end")
    return Wish(
        instant_of(_local(values.get("start"), "start"), zone, field="start"),
        instant_of(_local(end, "end"), zone, field="end") if end else None,
        _staff(values.get("staff")),
        _version(values.get("version")),
        beside_ids=_people(values["beside"]) if "beside" in values else None,
    )


def _local(text: object, field: str) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise InvalidInput("Give a local time such as 2027-03-01T09:00.", field=field) from None


def _staff(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        raise InvalidInput("There is no such staff member.", field="staff") from None


def _people(text: object) -> tuple[UUID, ...]:
    return tuple(pk for part in str(text).split() if (pk := _staff(part)))


def _version(text: object) -> int:
    try:
        return int(str(text))
    except ValueError:
        raise InvalidInput("Say which version you have seen.", field="version") from None


def _back(before: Appointment, moved: Appointment) -> dict[str, Any]:
    """What moves ``moved`` back to where ``before`` was; offsets settle any doubt."""
    zone = before.time_zone
    beside = [{str(one.pk) for one in who.beside} for who in (before, moved)]
    others = {} if beside[0] == beside[1] else {"beside": " ".join(sorted(beside[0]))}
    return others | {
        "start": before.start_at.astimezone(zone).isoformat(),
        "end": before.end_at.astimezone(zone).isoformat(),
        "staff": str(before.staff_id),
        "version": moved.version,
    }


def _told(moved: Appointment) -> str:
    return f"{moved.customer} moved to {said_times(moved)}. Customer not told yet."


def _asks_who_else(request: HttpRequest, appointment: Appointment) -> bool:
    """Several can be chosen where there are several who could do it, and by who may book them."""
    held = access.of(request)
    return held.can(Capability.BOOK_APPOINTMENT) and (
        bool(appointment.beside) or appointment.service.staff_needed > 1
    )


def _form_frame(request: HttpRequest, appointment: Appointment) -> dict[str, Any]:
    people = bookable_staff(access.of(request), appointment.location)
    return {
        "zone": appointment.time_zone,
        "people": people.filter(services=appointment.service_id),
    }


def _dialog(
    request: HttpRequest,
    appointment: Appointment,
    form: MoveForm,
    refusal: DomainError | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    held = access.of(request)
    context = {
        "appointment": appointment,
        "form": form,
        "asks_who_else": _asks_who_else(request, appointment),
        "action": reverse("scheduling:reschedule", args=[appointment.pk]),
        "alternatives": alternatives_of(refusal, appointment.time_zone) if refusal else [],
        "fold_choices": fold_choices(form.fold_choices),
        "asks_reason": held.can(Capability.OVERRIDE_BOOKING_LIMITS)
        and (form.data.get("override_reason") or isinstance(refusal, LIMITS)),
        "length": (appointment.end_at - appointment.start_at) // timedelta(minutes=1),
    }
    return render(request, "scheduling/move.html", context, status=status)
