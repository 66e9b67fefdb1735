"""Which records somebody may set up: all, or those of the locations of their role."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from hub import access
from hub.accounts.models import User
from scheduling.models import Location, Resource, Staff


def locations_to_set_up(request: HttpRequest) -> QuerySet[Location]:
    places = access.of(request).locations
    shown = Location.objects.all()
    return shown if places is None else shown.filter(pk__in=places)


def resources_to_set_up(request: HttpRequest) -> QuerySet[Resource]:
    return Resource.objects.filter(location__in=locations_to_set_up(request))


def staff_to_set_up(request: HttpRequest) -> QuerySet[Staff]:
    return Staff.objects.filter(location__in=locations_to_set_up(request))


def sign_ins_for(request: HttpRequest, staff: Staff | None) -> QuerySet[User]:
    """Active people who can sign in and are nobody else's calendar.

    Whose role is for some locations chooses among the people of those.
    """
    free = Q(staff=None)
    places = access.of(request).locations
    if places is not None:
        free &= Q(grants__location__in=places, grants__revoked_at=None)
    if staff:
        free |= Q(staff=staff)
    return User.objects.filter(free, is_active=True).order_by("name", "pk").distinct()
