"""What appointments are made of, to read only: locations, services, staff, rooms and devices."""

from typing import ClassVar
from uuid import UUID

from django.db.models import QuerySet

from hub.access import Access, Capability
from hub.rest.filters import IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from scheduling.api.catalog_answers import (
    SEES,
    LocationAnswer,
    ResourceAnswer,
    ServiceAnswer,
    StaffAnswer,
)
from scheduling.models import Location, Resource, Service, Staff

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
    capabilities: ClassVar = READS

    def visible(self) -> QuerySet[Location]:
        return _locations(self.access)


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
        people = Staff.objects.working_in(_locations(self.access))
        if not self.access.can(Capability.VIEW_CALENDAR):
            people = people.filter(user=self.access.user_id)
        return people.select_related("location").prefetch_related("services", "working_hours")


class ResourceViewSet(RecordViewSet[Resource]):
    """Rooms and devices."""

    prefix = "res"
    serializer_class = ResourceAnswer
    filterset_class = PlacedFilters
    capabilities: ClassVar = READS

    def visible(self) -> QuerySet[Resource]:
        places = _locations(self.access)
        return Resource.objects.filter(location__in=places).select_related("location")


def _locations(access: Access) -> QuerySet[Location]:
    """Locations within the reach of ``access``, closed ones too."""
    if access.locations is None:
        return Location.objects.all()
    return Location.objects.filter(pk__in=access.locations)
