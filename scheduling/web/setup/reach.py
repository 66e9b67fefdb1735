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


def sign_ins_for(staff: Staff | None) -> QuerySet[User]:
    """Active people who can sign in and are nobody else's calendar."""
    free = Q(staff=None) | Q(staff=staff) if staff else Q(staff=None)
    return User.objects.filter(free, is_active=True).order_by("name", "pk")
