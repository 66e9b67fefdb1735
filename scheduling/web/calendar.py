"""The day calendar and the feed that keeps it current."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import orjson
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from hub import access
from hub.access import Access, Capability, requires
from hub.errors import InvalidInput
from scheduling.feed import day_feed
from scheduling.local_times import offset_name
from scheduling.models import Location, Service, Staff
from scheduling.reach import locations_of
from scheduling.web.answers import problem
from scheduling.web.booking import booking_panel

SEES_CALENDAR = (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR)
REMEMBERED = "calendar_location"


@require_safe
@requires(*SEES_CALENDAR)
def show_calendar(request: HttpRequest) -> HttpResponse:
    at, held = timezone.now(), access.of(request)
    places = list(locations_of(held))
    if not places:
        return render(request, "scheduling/no_calendar.html", {"people_url": "/settings/people/"})
    place = _chosen(places, request)
    today = at.astimezone(place.time_zone).date()
    try:
        day = _day(request) or today
    except InvalidInput as error:
        messages.error(request, f"{error} This is today.")
        day = today
    feed = day_feed(place, day, held, at=at)
    context = {
        "place": place,
        "places": [(each, _zone_words(each, at)) for each in places],
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
        place = _asked(request, held)
        day = _day(request) or at.astimezone(place.time_zone).date()
    except InvalidInput as error:
        return problem(error)
    body = orjson.dumps(day_feed(place, day, held, at=at))
    etag = _etag(body)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


def _chosen(places: Sequence[Location], request: HttpRequest) -> Location:
    """The location asked for, else the one looked at last, else the first."""
    known = {str(place.pk): place for place in places}
    asked = request.GET.get("location", "")
    if asked and asked not in known:
        raise Http404
    place = known.get(asked or request.session.get(REMEMBERED, ""), places[0])
    if asked and request.session.get(REMEMBERED) != asked:
        request.session[REMEMBERED] = asked
    return place


def _asked(request: HttpRequest, held: Access) -> Location:
    try:
        location_id = UUID(request.GET.get("location", ""))
    except ValueError:
        raise InvalidInput("Say which location, by its id.", field="location") from None
    place = locations_of(held).filter(pk=location_id).first()
    if place is None:
        raise Http404
    return place


def _day(request: HttpRequest) -> date | None:
    """:raises InvalidInput: it is no date, or too far away."""
    text = request.GET.get("date", "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text[:20]}” is not a date.", field="date") from None
    if not 2000 <= day.year <= 2100:  # noqa: PLR2004
        raise InvalidInput("This date is too far away.", field="date")
    return day


def _categories(place: Location) -> list[tuple[str, int]]:
    """What the colors stand for: every category that somebody offers here, with its color."""
    here = Staff.objects.working_at(place)
    offered = Service.objects.filter(is_active=True, staff__in=here).order_by("category")
    pairs = offered.values_list("category", "hue").distinct()
    return list({category: (category, hue) for category, hue in pairs}.values())


def _zone_words(place: Location, at: datetime) -> str:
    local = at.astimezone(place.time_zone)
    city = str(place.time_zone).rpartition("/")[2].replace("_", " ")
    return f"{city}, {offset_name(local)}"


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
