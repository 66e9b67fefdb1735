"""The part of the booking page that keeps a time while its form is filled in."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_POST

from hub.actors import Actor
from hub.rationing import Ration, spend
from hub.visitors import visitor_of
from scheduling.selfservice.keeping import Choice, keep_time, let_go
from scheduling.selfservice.times import NotOffered
from scheduling.web.selfservice.door import told
from scheduling.web.selfservice.online_door import opened_at, where_open
from scheduling.web.selfservice.online_forms import KeepForm

BY_VISITOR = Ration("times kept for a visitor", 40, timedelta(hours=1))


@require_POST
@where_open
def keep(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    """Hold the time of the form, and say until when; without scripts nobody asks for it."""
    at, opened = timezone.now(), opened_at(slug, service)
    spend(BY_VISITOR, visitor_of(request), at=at)
    form = KeepForm(request.POST, opened=opened)
    context = {"zone": opened.place.time_zone, "hold": None, "refusal": ""}
    if form.is_valid():
        values = form.cleaned_data
        choice = Choice(
            values["key"], opened.place.pk, opened.service.pk, values["start"], values["staff"]
        )
        try:
            context["hold"] = keep_time(
                choice, contact=browser_of(request), at=at, by=Actor.visitor()
            )
        except NotOffered as refusal:
            context["refusal"] = str(refusal)
    return told(request, "_online_kept", context)


def choose_again(request: HttpRequest) -> None:
    """Give back what this browser held, so that it stands among the times to choose from.

    Also when people come back by the button of their browser, which sends no form.
    """
    let_go(browser_of(request), by=Actor.visitor())


def browser_of(request: HttpRequest) -> str:
    """Return a keyed hash of the secret against forged requests, which each browser has."""
    secret = str(request.META.get("CSRF_COOKIE", ""))
    return salted_hmac("scheduling.keeping", secret, algorithm="sha256").hexdigest()
