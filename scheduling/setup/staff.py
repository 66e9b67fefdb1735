"""Who can be booked: add somebody, say what they can do, let them go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from scheduling import occupying
from scheduling.models import Appointment, Location, Service, Staff
from scheduling.setup import writing
from scheduling.setup.standing import classes_taking, require_none_to_come, require_units

WRITTEN = ("name", "location", "user", "hue", "capacity", "position")


@transaction.atomic
def add_staff(values: Mapping[str, Any], *, by: Actor, service_ids: Iterable[UUID] = ()) -> Staff:
    """Let somebody be booked: of ``WRITTEN`` at least the name and the location.

    :raises AccessDenied: ``by`` may not set up this location.
    :raises InvalidInput: a value cannot be right, or somebody else has this sign-in.
    """
    writing.require_known(values, WRITTEN)
    place = values.get("location")
    writing.require_planner(by, place.pk if isinstance(place, Location) else None)
    staff = Staff()
    writing.apply(staff, values)
    writing.add(staff, EventName.STAFF_ADDED, by=by)
    staff.services.set(_services(service_ids))
    return staff


@transaction.atomic
def change_staff(
    staff_id: UUID,
    values: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Staff:
    """Write ``values``, of ``WRITTEN``.

    :raises AccessDenied: ``by`` may not set up their location, or the new one.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises InvalidInput: a value cannot be right, or somebody else has this sign-in.
    :raises StillBooked: more appointments at once are booked than they could take.
    """
    staff = locked_staff(staff_id, by=by, expected_version=expected_version)
    writing.require_known(values, WRITTEN)
    place = values.get("location")
    if isinstance(place, Location):
        writing.require_planner(by, place.pk)
    before = staff.capacity
    told = writing.apply(staff, values)
    if staff.capacity < before:
        require_units(staff, staff.capacity, at=at)
    return writing.write(staff, told, EventName.STAFF_UPDATED, by=by)


@transaction.atomic
def say_what_they_do(staff_id: UUID, service_ids: Iterable[UUID], *, by: Actor) -> Staff:
    """Set which services ``staff_id`` can be booked for.

    :raises AccessDenied: ``by`` may not set up their location.
    :raises InvalidInput: there is no such service.
    """
    staff = locked_staff(staff_id, by=by)
    kept = staff.services.filter(is_active=False)  # offered again, they do it again
    wanted = sorted({*_services(service_ids), *kept}, key=lambda service: service.name)
    before = {service.pk: service.name for service in staff.services.all()}
    after = {service.pk: service.name for service in wanted}
    if before.keys() == after.keys():
        return staff
    staff.services.set(wanted)
    told = [f"+ {after[pk]}" for pk in after if pk not in before]
    told += [f"− {before[pk]}" for pk in before if pk not in after]
    names = [sorted(before.values()), sorted(after.values())]
    reason = f"Services: {', '.join(told)}"
    writing.note(staff, EventName.STAFF_UPDATED, {"services": names}, reason, by=by)
    return staff


@transaction.atomic
def let_go(staff_id: UUID, *, at: datetime, by: Actor) -> Staff:
    """Book them no more; what they did stays.

    :raises AccessDenied: ``by`` may not set up their location.
    :raises StillBooked: appointments with them are to come.
    """
    staff = locked_staff(staff_id, by=by)
    booked = Appointment.objects.taken_by([staff])
    require_none_to_come(booked, classes_taking(staff), f"let {staff} go", at=at)
    return writing.change(staff, {"is_active": False}, EventName.STAFF_UPDATED, by=by)


@transaction.atomic
def take_back(staff_id: UUID, *, by: Actor) -> Staff:
    """:raises AccessDenied: ``by`` may not set up their location."""
    staff = locked_staff(staff_id, by=by)
    return writing.change(staff, {"is_active": True}, EventName.STAFF_UPDATED, by=by)


def locked_staff(staff_id: UUID, *, by: Actor, expected_version: int | None = None) -> Staff:
    """Return the staff member with row and time locked: nobody books them while they change.

    :raises AccessDenied: ``by`` may not set up their location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    """
    writing.require_planner(by, Staff.objects.values_list("location", flat=True).get(pk=staff_id))
    occupying.lock([Staff(pk=staff_id)])
    staff = writing.locked(Staff, staff_id, expected_version=expected_version)
    writing.require_planner(by, staff.location_id)  # they may have moved before the lock
    return staff


def _services(service_ids: Iterable[UUID]) -> list[Service]:
    wanted = set(service_ids)
    found = list(Service.objects.filter(pk__in=wanted).order_by("name", "pk"))
    if len(found) != len(wanted):
        raise InvalidInput("There is no such service.", field="services")
    return found
