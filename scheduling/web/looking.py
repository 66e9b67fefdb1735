"""What a page of the calendar looks at: the place, the day, the filters; and links to the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse

from hub.access import Access, Capability
from hub.errors import InvalidInput
from scheduling.local_times import offset_name
from scheduling.models import Location
from scheduling.reach import locations_of

SEES_CALENDAR = (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR)
REMEMBERED = "calendar_location"
FILTERS = ("staff", "service", "status", "tag", "source", "days")
LONGEST_VALUE = 40  # of a filter: an id and some more

# The name of the address, the label, and its keys: M alone moves an appointment.
VIEWS = (
    ("calendar", "Day", "g d"),
    ("calendar_week", "Week", "g w"),
    ("calendar_month", "Month", "g m"),
    ("calendar_list", "List", "g l"),
)


@dataclass(frozen=True, slots=True)
class ViewLink:
    label: str
    url: str
    keys: str
    is_current: bool


def chosen_place(places: Sequence[Location], request: HttpRequest) -> Location:
    """The location asked for, else the one looked at last, else the first."""
    known = {str(place.pk): place for place in places}
    asked = request.GET.get("location", "")
    if asked and asked not in known:
        raise Http404
    place = known.get(asked or request.session.get(REMEMBERED, ""), places[0])
    if asked and request.session.get(REMEMBERED) != asked:
        request.session[REMEMBERED] = asked
    return place


def asked_place(request: HttpRequest, held: Access) -> Location:
    """:raises InvalidInput: none is named.
    :raises Http404: it does not exist, or not for this person.
    """
    try:
        location_id = UUID(request.GET.get("location", ""))
    except ValueError:
        raise InvalidInput("Say which location, by its id.", field="location") from None
    place = locations_of(held).filter(pk=location_id).first()
    if place is None:
        raise Http404
    return place


def asked_day(request: HttpRequest) -> date | None:
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


def day_or_today(request: HttpRequest, today: date) -> date:
    """Return the day asked for; where it is none, say so and return ``today``."""
    try:
        return asked_day(request) or today
    except InvalidInput as error:
        messages.error(request, f"{error} This is today.")
        return today


def zone_words(place: Location, at: datetime) -> str:
    """“Berlin, UTC+1”: where the clock of ``place`` stands ``at`` this moment."""
    local = at.astimezone(place.time_zone)
    city = str(place.time_zone).rpartition("/")[2].replace("_", " ")
    return f"{city}, {offset_name(local)}"


def kept_filters(request: HttpRequest) -> dict[str, str]:
    """Return the filters in the address, for links to views that have other ones."""
    asked = {name: request.GET.get(name, "")[:LONGEST_VALUE] for name in FILTERS}
    return {name: value for name, value in asked.items() if value}


def address_of(view: str, place: Location, day: date, filters: Mapping[str, str]) -> str:
    query = {"date": f"{day:%Y-%m-%d}", "location": str(place.pk), **filters}
    return f"{reverse(f'scheduling:{view}')}?{urlencode(query)}"


def view_links(
    current: str, place: Location, day: date, filters: Mapping[str, str]
) -> list[ViewLink]:
    """Return the switch between the views; each keeps the day, the place and the filters."""
    return [
        ViewLink(label, address_of(view, place, day, filters), keys, view == current)
        for view, label, keys in VIEWS
    ]
