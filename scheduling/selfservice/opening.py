"""What is open to everybody: the locations with a booking page, and what can be booked there."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from scheduling.models import Location, Service, Staff
from scheduling.rules import Rules, rules_at


@dataclass(frozen=True, slots=True)
class OpenService:
    """A service on the booking page of ``place``, by its rules there; ``people`` do it."""

    service: Service
    place: Location
    rules: Rules
    people: Sequence[Staff]


def open_places() -> QuerySet[Location]:
    """Return the locations whose booking page is switched on, by name."""
    return Location.objects.filter(is_active=True, books_online=True).order_by("name", "pk")


def open_services(place: Location) -> list[OpenService]:
    """Return what can be booked on the page of ``place``, as long as somebody there does it."""
    services = list(
        Service.objects.filter(is_active=True, books_online=True)
        .prefetch_related("staff")
        .order_by("category", "name", "pk")
    )
    rules = rules_at(place, services)
    people = Staff.objects.working_at(place).filter(is_active=True).order_by("position", "pk")
    here = list(people)
    found = [
        OpenService(service, place, rules[service.pk], _who_does(service, here))
        for service in services
        if rules[service.pk].is_offered
    ]
    return [one for one in found if one.people]


def open_service(place: Location, service_id: UUID) -> OpenService | None:
    return next((one for one in open_services(place) if one.service.pk == service_id), None)


def _who_does(service: Service, people: Sequence[Staff]) -> list[Staff]:
    able = set(service.staff.all())
    return [person for person in people if person in able]
