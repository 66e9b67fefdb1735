"""How a refusal reaches scripts, dialogs and whole pages."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from hub.errors import DomainError
from hub.rest.problems import MEDIA_TYPE, problem_of
from scheduling.models import Appointment


def problem(error: DomainError) -> HttpResponse:
    """Answer a script: the status says what kind of refusal, ``detail`` says it in words."""
    told = problem_of(error)
    if told is None:
        raise error
    return JsonResponse(told.as_dict(), status=told.status, content_type=MEDIA_TYPE)


def done(
    request: HttpRequest, appointment: Appointment, text: str, *, undo: str = ""
) -> HttpResponse:
    """Say that something was done: in the calendar without leaving it, else on the page.

    ``undo`` is an address that takes it back when something is posted there.
    """
    if _in_calendar(request):
        toast: dict[str, Any] = {"text": text, "undo": undo or None}
        return with_events(
            _nothing(), {"toast": toast, "hub:appointment": {"id": str(appointment.pk)}}
        )
    messages.success(request, text, extra_tags=f"undo:{undo}" if undo else "")
    return to_page(request, appointment)


def refused(request: HttpRequest, appointment: Appointment, error: DomainError) -> HttpResponse:
    """Say why something without a form of its own was not done."""
    if _in_calendar(request):
        toast = {"text": str(error), "bad": True}
        return with_events(
            _nothing(), {"toast": toast, "hub:appointment": {"id": str(appointment.pk)}}
        )
    messages.error(request, str(error))
    return to_page(request, appointment)


def to_page(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    target = resolve_url("scheduling:appointment", pk=appointment.pk)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def with_events(answer: HttpResponse, events: Mapping[str, Any]) -> HttpResponse:
    """Add events that scripts of the page listen to, once htmx has the answer."""
    answer.headers["HX-Trigger"] = json.dumps(events)
    return answer


def _nothing() -> HttpResponse:
    """Nothing to swap."""
    return HttpResponse(status=204)


def _in_calendar(request: HttpRequest) -> bool:
    shown = getattr(request, "htmx", None)
    path = (shown.current_url_abs_path or "") if shown else ""
    return path.startswith(reverse("scheduling:calendar"))
