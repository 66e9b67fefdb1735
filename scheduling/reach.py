"""How far a principal's eyes and hands reach in the calendar: locations, people, appointments."""

from django.db.models import Q, QuerySet

from hub.access import Access, Capability
from scheduling.models import Appointment, GroupSession, Location, Series, Staff, WorkingHours
from scheduling.permitting import is_own


def locations_of(access: Access) -> QuerySet[Location]:
    """Active locations with a calendar that ``access`` may see, by name."""
    shown = Location.objects.filter(is_active=True).order_by("name", "pk")
    if access.locations is not None:
        shown = shown.filter(pk__in=access.locations)
    if access.can(Capability.VIEW_CALENDAR):
        return shown
    if access.can(Capability.VIEW_OWN_CALENDAR):
        own = Staff.objects.filter(user=access.user_id, is_active=True)
        hours = WorkingHours.objects.filter(staff__in=own)
        return shown.filter(Q(pk__in=own.values("location")) | Q(pk__in=hours.values("location")))
    return shown.none()


def seen_staff(access: Access, location: Location) -> QuerySet[Staff]:
    """Whose calendar at ``location`` ``access`` may see, in the order of the calendar."""
    people = Staff.objects.working_at(location).filter(is_active=True)
    people = people.order_by("position", "name", "pk")
    if access.locations is not None and location.pk not in access.locations:
        return people.none()
    if access.can(Capability.VIEW_CALENDAR):
        return people
    if access.can(Capability.VIEW_OWN_CALENDAR):
        return people.filter(user=access.user_id)
    return people.none()


def bookable_staff(access: Access, location: Location) -> QuerySet[Staff]:
    """Whom ``access`` may book at ``location``, in the order of the calendar."""
    people = Staff.objects.working_at(location).filter(is_active=True)
    people = people.order_by("position", "name", "pk")
    if access.locations is not None and location.pk not in access.locations:
        return people.none()
    if access.can(Capability.BOOK_APPOINTMENT):
        return people
    if access.can(Capability.BOOK_OWN_APPOINTMENT):
        return people.filter(user=access.user_id)
    return people.none()


def may_change(access: Access, booked: Appointment | Series | GroupSession) -> bool:
    """Say whether ``access`` may change an appointment, a series or a class that it sees."""
    if access.can(Capability.BOOK_APPOINTMENT):
        return True
    return access.can(Capability.BOOK_OWN_APPOINTMENT) and is_own(access, booked.staff)
