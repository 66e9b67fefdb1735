"""Move a class, give it more seats or fewer, cancel it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.groups.moving import cancel_class, change_seats, move_class
from scheduling.models import GroupSession
from scheduling.reach import bookable_staff
from scheduling.states import TO_COME
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.classes.forms import MoveClassForm, SeatsForm
from scheduling.web.classes.looking import found
from scheduling.web.forms import ReasonForm, take_refusal

Verb = Callable[[], GroupSession]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = found(request, pk)
    local = session.start_at.astimezone(session.time_zone)
    initial = {
        "date": local.date(),
        "time": f"{local:%H:%M}",
        "staff": str(session.staff_id),
        "version": session.version,
    }
    people = bookable_staff(access.of(request), session.location)
    offering = {*session.service.staff.values_list("pk", flat=True), session.staff_id}
    able = [one for one in people if one.pk in offering]
    form = MoveClassForm(
        request.POST or None, zone=session.time_zone, people=able, initial=initial
    )

    def verb() -> GroupSession:
        return move_class(
            pk,
            start_at=form.cleaned_data["start_at"],
            staff_id=UUID(form.cleaned_data["staff"]),
            override_reason=form.cleaned_data["override_reason"],
            expected_version=form.cleaned_data["version"],
            at=timezone.now(),
            by=Actor.signed_in(request),
        )

    return _answer(request, session, form, verb, "move", "Moved, with everybody who comes.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def seats(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = found(request, pk)
    initial = {"seats": session.seats, "version": session.version}
    form = SeatsForm(request.POST or None, initial=initial)

    def verb() -> GroupSession:
        values = form.cleaned_data
        by = Actor.signed_in(request)
        return change_seats(
            pk, values["seats"], at=timezone.now(), by=by, expected_version=values["version"]
        )

    return _answer(request, session, form, verb, "seats", "The class has other seats now.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = found(request, pk)
    form = ReasonForm(request.POST or None, initial={"version": session.version})

    def verb() -> GroupSession:
        return cancel_class(
            pk,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            at=timezone.now(),
            by=Actor.signed_in(request),
        )

    return _answer(request, session, form, verb, "cancel", "Canceled; everybody is told.")


def _answer(
    request: HttpRequest,
    session: GroupSession,
    form: forms.Form,
    verb: Verb,
    page: str,
    text: str,
) -> HttpResponse:
    if form.is_valid():
        try:
            changed = verb()
        except DomainError as error:
            take_refusal(form, error)
        else:
            messages.success(request, text)
            return redirect(changed)
    context: dict[str, Any] = {
        "session": session,
        "form": form,
        "action": request.path,
        "coming": session.places.filter(status__in=TO_COME).count(),
        "may_override": access.of(request).can(Capability.OVERRIDE_BOOKING_LIMITS)
        and form.is_bound,
    }
    status = 422 if form.errors else 200
    return render(request, f"scheduling/classes/{page}.html", context, status=status)
