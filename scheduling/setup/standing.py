"""Appointments that stand in the way of closing something down, or fall into an absence."""

from datetime import datetime

from django.db.models import QuerySet

from hub.errors import DomainError
from scheduling.models import Appointment, GroupSession, Occupancy, Resource, Staff
from scheduling.models.groups import GroupSessionQuerySet
from scheduling.states import TO_COME


class StillBooked(DomainError):
    """``details["appointments"]`` says how many appointments are to come."""

    code = "still_booked"


def to_come(at: datetime) -> QuerySet[Appointment]:
    """Return the appointments that have not ended by ``at``, earliest first."""
    coming = Appointment.objects.filter(status__in=TO_COME, end_at__gt=at)
    return coming.order_by("start_at", "pk")


def falling_into(staff: Staff, start_at: datetime, end_at: datetime) -> QuerySet[Appointment]:
    """Return what is booked with ``staff`` between ``start_at`` and ``end_at``, earliest first."""
    booked = Appointment.objects.taken_by([staff]).filter(status__in=TO_COME)
    return booked.between(start_at, end_at).order_by("start_at", "pk")


def classes_taking(subject: Staff | Resource) -> GroupSessionQuerySet:
    """Return the classes that take ``subject``."""
    return GroupSession.objects.filter(
        occupancies__subject=subject.subject, occupancies__active=True
    )


def classes_falling_into(
    staff: Staff, start_at: datetime, end_at: datetime
) -> QuerySet[GroupSession]:
    """Return the classes planned with ``staff`` between ``start_at`` and ``end_at``."""
    planned = classes_taking(staff).planned()
    return planned.filter(start_at__lt=end_at, end_at__gt=start_at).order_by("start_at", "pk")


def require_none_to_come(
    which: QuerySet[Appointment],
    classes: GroupSessionQuerySet,
    what: str,
    *,
    at: datetime,
) -> None:
    """Refuse while some of ``which`` or ``classes`` are to come; ``what`` would happen to them.

    :raises StillBooked: there are some.
    """
    count = to_come(at).filter(pk__in=which.values("pk")).count()
    planned = classes.planned().filter(end_at__gt=at).count()
    if planned and not count:
        are = "1 class is" if planned == 1 else f"{planned} classes are"
        raise StillBooked(
            f"{are} still to come: move or cancel first, then {what}.",
            details={"classes": planned},
        )
    if count:
        booked = "1 appointment is" if count == 1 else f"{count} appointments are"
        raise StillBooked(
            f"{booked} still to come: move or cancel first, then {what}.",
            details={"appointments": count},
        )


def require_units(subject: Staff | Resource, capacity: int, *, at: datetime) -> None:
    """:raises StillBooked: more than ``capacity`` appointments at once are booked already."""
    rows = Occupancy.objects.filter(
        subject=subject.subject, active=True, unit__gt=capacity, block__endswith__gt=at
    )
    beyond = rows.exclude(hold__expires_at__lte=at).count()
    if beyond:
        raise StillBooked(
            f"{beyond} bookings take a place of {subject} beyond {capacity}: move them first.",
            field="capacity",
            details={"appointments": beyond},
        )
