"""What appointments are made of: locations, services, staff, rooms and devices.

Of these only opening hours are written here; see ``rota`` for the hours of people.
"""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from hub.access import Capability
from hub.rest.filters import IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from scheduling.api.catalog_answers import (
    SEES,
    LocationAnswer,
    ResourceAnswer,
    ServiceAnswer,
    StaffAnswer,
)
from scheduling.api.rota_answers import (
    OpeningHoursInput,
    people_in_reach,
    places_in_reach,
    week_from,
)
from scheduling.models import Location, Resource, Service, Staff
from scheduling.setup.locations import change_location

READS: dict[str, tuple[Capability, ...]] = {"list": SEES, "retrieve": SEES}


class PlacedFilters(RecordFilters):
    location = IdFilter("loc", field_name="location_id")


class StaffFilters(RecordFilters):
    location = IdFilter("loc", method="at", help_text="Who works there.")

    def at(self, people: QuerySet[Staff], _: str, location: UUID) -> QuerySet[Staff]:
        return people & Staff.objects.working_in(Location.objects.filter(pk=location))


class LocationViewSet(RecordViewSet[Location]):
    """Locations, each on its own clock."""

    prefix = "loc"
    serializer_class = LocationAnswer
    inputs: ClassVar = {"partial_update": OpeningHoursInput}
    capabilities: ClassVar = READS | {"partial_update": (Capability.SET_UP_SCHEDULE,)}

    def visible(self) -> QuerySet[Location]:
        return places_in_reach(self.access)

    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Set the opening hours of the whole week."""
        location = self.load()
        changed = change_location(
            location.pk,
            week_from(self.read()["opening_hours"], field="opening_hours"),
            at=timezone.now(),
            by=self.actor,
            expected_version=location.version,
        )
        return self.answer(changed)


class ServiceViewSet(RecordViewSet[Service]):
    """Services that can be booked."""

    prefix = "svc"
    serializer_class = ServiceAnswer
    capabilities: ClassVar = READS

    def visible(self) -> QuerySet[Service]:
        return Service.objects.all()


class StaffViewSet(RecordViewSet[Staff]):
    """Who does the work, and when they are there."""

    prefix = "stf"
    serializer_class = StaffAnswer
    filterset_class = StaffFilters
    capabilities: ClassVar = READS

    def visible(self) -> QuerySet[Staff]:
        people = people_in_reach(self.access)
        return people.select_related("location").prefetch_related("services", "working_hours")


class ResourceViewSet(RecordViewSet[Resource]):
    """Rooms and devices."""

    prefix = "res"
    serializer_class = ResourceAnswer
    filterset_class = PlacedFilters
    capabilities: ClassVar = READS

    def visible(self) -> QuerySet[Resource]:
        places = places_in_reach(self.access)
        return Resource.objects.filter(location__in=places).select_related("location")
