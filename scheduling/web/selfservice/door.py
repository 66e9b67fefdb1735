"""The door for people without an account: how often they may knock, and what they are told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.debug import sensitive_variables

from hub.access import public
from hub.actors import Actor
from hub.models import Business
from hub.rationing import Ration, TooManyRequests, spend
from hub.visitors import visitor_of
from scheduling.linking import LinkOver, LinkUnknown, open_link
from scheduling.models import Appointment, Location

CHANGES = Ration("changes by a link", 20, timedelta(hours=1))
# Not "no-referrer": browsers then send forms from nowhere ("Origin: null"), which the protection
# against forged requests must refuse. This one tells no other site anything, either.
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment that somebody opened by its link, at this moment."""

    appointment: Appointment
    token: str
    at: datetime

    @property
    def by(self) -> Actor:
        return Actor.customer_by_link(self.appointment.customer_id)


def rationed(view: Page[P]) -> Page[P]:
    """Let anybody in, as often as one network address may ask in a minute, and index nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        most = settings.VISITOR_REQUESTS_PER_MINUTE
        ration = Ration("visitors", most, timedelta(minutes=1))
        try:
            spend(ration, visitor_of(request), at=timezone.now())
            answer = view(request, *args, **kwargs)
        except TooManyRequests as refusal:
            answer = _wait(request, refusal)
        for name, value in PRIVATE.items():
            answer.headers[name] = value
        patch_vary_headers(answer, ("Cookie",))
        return answer

    return public(guarded)  # type: ignore[return-value]


def by_link(view: Callable[[HttpRequest, Visit], HttpResponse]) -> Page[[str]]:
    """Open the appointment of the token in the address; each change counts for its link."""

    @sensitive_variables("token")
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        at = timezone.now()
        try:
            appointment = open_link(token, at=at)
        except LinkUnknown:
            return told(request, "unknown", {"places": _reachable()}, HTTPStatus.NOT_FOUND)
        except LinkOver as over:
            place = over.appointment.location
            return told(request, "over", {"places": [place]}, HTTPStatus.GONE)
        if request.method == "POST":
            spend(CHANGES, str(appointment.pk), at=at)
        return view(request, Visit(appointment, token, at))

    return rationed(wraps(view)(opened))


def told(
    request: HttpRequest, page: str, context: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    """Render a page in the name of the business."""
    name = Business.objects.values_list("name", flat=True).first() or "Appointments"
    template = f"scheduling/selfservice/{page}.html"
    return render(request, template, {"business": name, **context}, status=status)


def _wait(request: HttpRequest, refusal: TooManyRequests) -> HttpResponse:
    minutes = -(-refusal.wait_seconds // 60)
    context = {"minutes": minutes, "places": _reachable()}
    answer = told(request, "too_many", context, HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(refusal.wait_seconds)
    return answer


def _reachable() -> list[Location]:
    """Return the locations that say how customers reach them."""
    places = Location.objects.filter(is_active=True).exclude(phone="", email="")
    return list(places.order_by("name", "pk"))
