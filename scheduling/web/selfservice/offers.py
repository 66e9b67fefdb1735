"""What somebody on the waiting list sees and does behind the link in an offer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from hub.actors import Actor
from hub.errors import DomainError
from hub.rationing import spend
from scheduling.linking import LinkUnknown
from scheduling.local_times import offset_name
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting.answering import accept, decline
from scheduling.waiting.letters import open_offer_link
from scheduling.web.selfservice.door import CHANGES, Page, rationed, told
from scheduling.web.wording import elsewhere


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry of the waiting list that somebody opened by the link, at this moment."""

    entry: WaitingEntry
    token: str
    at: datetime

    @property
    def by(self) -> Actor:
        return Actor.customer_by_link(self.entry.customer_id)

    @property
    def is_offered(self) -> bool:
        until = self.entry.offered_until
        return self.entry.status == WaitingStatus.OFFERED and bool(until and until > self.at)


class SeenOfferForm(forms.Form):
    """Which time the page showed when the customer decided."""

    start_at = forms.DateTimeField(widget=forms.HiddenInput)


def by_offer_link(view: Callable[[HttpRequest, Opened], HttpResponse]) -> Page[[str]]:
    """Open the entry of the token in the address; each answer counts for its link."""

    @sensitive_variables("token")
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        at = timezone.now()
        try:
            entry = open_offer_link(token)
        except LinkUnknown:
            return told(request, "unknown", {"places": []}, HTTPStatus.NOT_FOUND)
        if request.method == "POST":
            spend(CHANGES, str(entry.pk), at=at)
        return view(request, Opened(entry, token, at))

    return rationed(wraps(view)(opened))


@require_safe
@by_offer_link
def show(request: HttpRequest, opened: Opened) -> HttpResponse:
    return _page(request, opened)


@require_http_methods(["GET", "HEAD", "POST"])
@by_offer_link
def take(request: HttpRequest, opened: Opened) -> HttpResponse:
    return _answer(request, opened, accept)


@require_http_methods(["GET", "HEAD", "POST"])
@by_offer_link
def let_go(request: HttpRequest, opened: Opened) -> HttpResponse:
    return _answer(request, opened, decline)


def _answer(request: HttpRequest, opened: Opened, verb: Callable[..., object]) -> HttpResponse:
    """Do what was answered; whoever only looks is shown the offer."""
    form = SeenOfferForm(request.POST)
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["start_at"]
        try:
            verb(opened.entry.pk, start_at=seen, at=opened.at, by=opened.by)
        except DomainError as error:
            now = Opened(open_offer_link(opened.token), opened.token, opened.at)
            return _page(request, now, refusal=str(error), status=HTTPStatus.CONFLICT)
    return redirect("scheduling:offer", opened.token)


def _page(
    request: HttpRequest, opened: Opened, *, refusal: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    entry, start = opened.entry, opened.entry.offered_start_at
    zone, own = entry.location.time_zone, entry.customer.time_zone
    context: dict[str, Any] = {
        "entry": entry,
        "token": opened.token,
        "zone": zone,
        "is_offered": opened.is_offered,
        "is_waiting": entry.is_open and not opened.is_offered,
        "refusal": refusal,
        "places": [entry.location],
    }
    if start is not None:
        context |= {
            "start_at": start.isoformat(),
            "zone_words": f"{zone}, {offset_name(start.astimezone(zone))}",
            "own_time": elsewhere(start, zone, own) if own else "",
        }
    return told(request, "offer", context, status)
