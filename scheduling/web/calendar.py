"""The day calendar and the feed that keeps it current."""

import hashlib
from datetime import timedelta

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from hub import access
from hub.access import requires
from hub.errors import InvalidInput
from scheduling.feed import day_feed
from scheduling.models import Location, Service, Staff
from scheduling.reach import locations_of
from scheduling.web.answers import problem
from scheduling.web.booking import booking_panel
from scheduling.web.looking import (
    SEES_CALENDAR,
    asked_day,
    asked_place,
    chosen_place,
    day_or_today,
    kept_filters,
    view_links,
    zone_words,
)


@require_safe
@requires(*SEES_CALENDAR)
def show_calendar(request: HttpRequest) -> HttpResponse:
    at, held = timezone.now(), access.of(request)
    places = list(locations_of(held))
    if not places:
        return render(request, "scheduling/no_calendar.html", {"people_url": "/settings/people/"})
    place = chosen_place(places, request)
    today = at.astimezone(place.time_zone).date()
    day = day_or_today(request, today)
    feed = day_feed(place, day, held, at=at)
    context = {
        "place": place,
        "places": [(each, zone_words(each, at)) for each in places],
        "views": view_links("calendar", place, day, kept_filters(request)),
        "day": day,
        "previous": day - timedelta(days=1),
        "today": today,
        "next": day + timedelta(days=1),
        "is_today": day == today,
        "feed": feed,
        "etag": _etag(orjson.dumps(feed)),
        "categories": _categories(place),
        "panel": booking_panel(request, place, day=day, at=at),
    }
    return render(request, "scheduling/calendar.html", context)


@require_safe
@requires(*SEES_CALENDAR)
def send_feed(request: HttpRequest) -> HttpResponse:
    """Answer one day as JSON; 304 while nothing of it has changed."""
    at, held = timezone.now(), access.of(request)
    try:
        place = asked_place(request, held)
        day = asked_day(request) or at.astimezone(place.time_zone).date()
    except InvalidInput as error:
        return problem(error)
    body = orjson.dumps(day_feed(place, day, held, at=at))
    etag = _etag(body)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


def _categories(place: Location) -> list[tuple[str, int]]:
    """What the colors stand for: every category that somebody offers here, with its color."""
    here = Staff.objects.working_at(place)
    offered = Service.objects.filter(is_active=True, staff__in=here).order_by("category")
    pairs = offered.values_list("category", "hue").distinct()
    return list({category: (category, hue) for category, hue in pairs}.values())


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
