"""Where people make, renew and revoke the secret addresses of calendars."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hub import access
from hub.access import requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.models import CalendarFeed, FeedDetails, Staff
from scheduling.subscribing import (
    SUBSCRIBES,
    NewFeed,
    add_staff_feed,
    renew_feed,
    revoke_feed,
)

FROM_SETTINGS = "settings"


class FeedForm(forms.Form):
    prefix = "feed"

    details = forms.ChoiceField(
        label="It tells",
        choices=FeedDetails.choices,
        initial=FeedDetails.NAMES,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label="Where it is read",
        required=False,
        max_length=60,
        help_text="Such as “My phone”: to know later which one to revoke.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def values(self) -> dict[str, object]:
        chosen = self.cleaned_data
        return {"name": chosen["name"], "details": FeedDetails(chosen["details"])}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*SUBSCRIBES)
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Show the addresses of one's own calendar, and those that one made of others."""
    own = Staff.objects.filter(user=request.user.pk, is_active=True).first()
    form = FeedForm(request.POST or None)
    made = add_from(request, form, partial(add_staff_feed, own.pk)) if own else None
    if made:
        return show_address(request, made)
    feeds = CalendarFeed.objects.visible_to(access.of(request))
    context = {
        "own": own,
        "feeds": _shown(feeds.filter(Q(staff__user=request.user.pk) | Q(owner=request.user.pk))),
        "feed_form": form,
    }
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/subscriptions.html", context, status=status)


@require_POST
@requires(*SUBSCRIBES)
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    feed = get_object_or_404(CalendarFeed.objects.visible_to(access.of(request)), pk=pk)
    try:
        made = renew_feed(feed.pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(_home(request, feed))
    return show_address(request, made)


@require_POST
@requires(*SUBSCRIBES)
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    feed = get_object_or_404(CalendarFeed.objects.visible_to(access.of(request)), pk=pk)
    try:
        revoke_feed(feed.pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{feed}” can be read no more.")
    return redirect(_home(request, feed))


def add_from(request: HttpRequest, form: FeedForm, verb: Callable[..., NewFeed]) -> NewFeed | None:
    """Make an address as ``form`` asks for; a refusal is shown above it."""
    if not form.is_valid():
        return None
    try:
        return verb(**form.values(), at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None


def show_address(request: HttpRequest, made: NewFeed) -> HttpResponse:
    """Show it in the answer to the POST itself: it is stored nowhere to redirect to."""
    address = settings.PUBLIC_URL + reverse("scheduling:calendar_feed", args=[made.token])
    context = {"feed": made.feed, "address": address, "home": _home(request, made.feed)}
    return render(request, "scheduling/feed_made.html", context)


def of_calendar(request: HttpRequest, **whose: object) -> QuerySet[CalendarFeed]:
    """Return the addresses of one staff member, or of one location, for a page of theirs."""
    return _shown(CalendarFeed.objects.visible_to(access.of(request)).filter(**whose))


def _shown(feeds: QuerySet[CalendarFeed]) -> QuerySet[CalendarFeed]:
    return feeds.with_names().order_by("created_at", "pk")  # type: ignore[attr-defined, no-any-return]


def _home(request: HttpRequest, feed: CalendarFeed) -> str:
    """Return the page on which it was made."""
    if request.POST.get("from") != FROM_SETTINGS:
        return reverse("scheduling:subscriptions")
    kind = "staff" if feed.staff_id else "location"
    return reverse(f"scheduling:{kind}", args=[feed.staff_id or feed.location_id])
