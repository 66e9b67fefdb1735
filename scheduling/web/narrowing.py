"""What a view of several days is asked for: where, when, and for whom, what and which status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest

from hub import access
from hub.access import Access
from scheduling.models import BookingSource, Location, Service, Staff
from scheduling.overview import Narrowing
from scheduling.reach import locations_of, seen_staff
from scheduling.states import AppointmentStatus
from scheduling.tagging import is_tag, known_tags
from scheduling.web.looking import (
    address_of,
    chosen_place,
    day_or_today,
    kept_filters,
    zone_words,
)

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """One page's question, checked; ``filters`` are those of its address that mean something."""

    held: Access
    at: datetime
    places: Sequence[Location]
    place: Location
    today: date
    day: date
    people: Sequence[Staff]
    services: Sequence[Service]
    filters: dict[str, str]
    tags: Sequence[str]

    @property
    def narrowing(self) -> Narrowing:
        staff, service = self.filters.get("staff"), self.filters.get("service")
        return Narrowing(
            UUID(staff) if staff else None,
            UUID(service) if service else None,
            self.filters.get("status", ""),
            self.filters.get("tag", ""),
            self.filters.get("source", ""),
        )

    @property
    def zones(self) -> list[tuple[Location, str]]:
        return [(place, zone_words(place, self.at)) for place in self.places]

    @property
    def shown_people(self) -> list[Staff]:
        """Whose days are looked at: the one person of the filter, or everybody."""
        chosen = self.filters.get("staff")
        return [person for person in self.people if not chosen or str(person.pk) == chosen]

    def address(self, view: str, day: date, **changed: str) -> str:
        """Return a link that keeps place and filters, but for those ``changed``; "" drops one."""
        filters = self.filters | changed
        kept = {name: value for name, value in filters.items() if value}
        return address_of(view, self.place, day, kept)


def look_at(request: HttpRequest, *, at: datetime) -> Look | None:
    """Read what is asked for; ``None`` where this person may see no location at all.

    A filter that means nothing is said and left out.
    """
    held = access.of(request)
    places = list(locations_of(held))
    if not places:
        return None
    place = chosen_place(places, request)
    today = at.astimezone(place.time_zone).date()
    people = list(seen_staff(held, place))
    services = list(
        Service.objects.filter(is_active=True, staff__in=people).distinct().order_by("name", "pk")
    )
    filters = _known(request, people, services)
    return Look(
        held=held,
        at=at,
        places=places,
        place=place,
        today=today,
        day=day_or_today(request, today),
        people=people,
        services=services,
        filters=filters,
        tags=sorted({*known_tags(place, held), *([filters["tag"]] if "tag" in filters else [])}),
    )


def _known(
    request: HttpRequest, people: Sequence[Staff], services: Sequence[Service]
) -> dict[str, str]:
    choices = {
        "staff": {str(person.pk) for person in people},
        "service": {str(service.pk) for service in services},
        "status": set(AppointmentStatus.values),
        "source": set(BookingSource.values),
        "days": {"7", "31"},
    }
    asked = kept_filters(request)
    choices["tag"] = {asked["tag"]} if is_tag(asked.get("tag", "")) else set()
    known = {name: value for name, value in asked.items() if value in choices[name]}
    for name in sorted(asked.keys() - known.keys()):
        messages.error(request, f"There is no such {NAMES[name]} here; this filter is left out.")
    return known


NAMES = {
    "staff": "person",
    "service": "service",
    "status": "status",
    "tag": "tag",
    "source": "source",
    "days": "number of days",
}
