"""Rooms and equipment: add, change, take out of use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from scheduling import occupying
from scheduling.models import Appointment, Location, Resource
from scheduling.setup import writing
from scheduling.setup.standing import classes_taking, require_none_to_come, require_units

WRITTEN = ("name", "kind", "capacity")


@transaction.atomic
def add_resource(location_id: UUID, values: Mapping[str, Any], *, by: Actor) -> Resource:
    """Add a room or a device to a location.

    :raises AccessDenied: ``by`` may not set up this location.
    :raises InvalidInput: a value cannot be right, or the name is taken there.
    """
    writing.require_planner(by, location_id)
    writing.require_known(values, WRITTEN)
    location = Location.objects.filter(pk=location_id).first()
    if location is None:
        raise InvalidInput("There is no such location.", field="location")
    resource = Resource(location=location)
    writing.apply(resource, values)
    return writing.add(resource, EventName.RESOURCE_ADDED, by=by)


@transaction.atomic
def change_resource(
    resource_id: UUID,
    values: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Resource:
    """Write ``values``, of ``WRITTEN``.

    :raises AccessDenied: ``by`` may not set up its location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises InvalidInput: a value cannot be right, or the name is taken there.
    :raises StillBooked: more appointments at once are booked than it could hold.
    """
    resource = _locked(resource_id, by=by, expected_version=expected_version)
    writing.require_known(values, WRITTEN)
    before = resource.capacity
    told = writing.apply(resource, values)
    if resource.capacity < before:
        require_units(resource, resource.capacity, at=at)
    return writing.write(resource, told, EventName.RESOURCE_UPDATED, by=by)


@transaction.atomic
def take_out_of_use(resource_id: UUID, *, at: datetime, by: Actor) -> Resource:
    """Book it no more.

    :raises AccessDenied: ``by`` may not set up its location.
    :raises StillBooked: appointments are to come in it.
    """
    resource = _locked(resource_id, by=by)
    taking = Q(resource=resource) | Q(assignments__resource=resource)
    require_none_to_come(
        Appointment.objects.filter(taking), classes_taking(resource), "take it out of use", at=at
    )
    return writing.change(resource, {"is_active": False}, EventName.RESOURCE_UPDATED, by=by)


@transaction.atomic
def put_back_into_use(resource_id: UUID, *, by: Actor) -> Resource:
    """:raises AccessDenied: ``by`` may not set up its location."""
    resource = _locked(resource_id, by=by)
    return writing.change(resource, {"is_active": True}, EventName.RESOURCE_UPDATED, by=by)


def _locked(resource_id: UUID, *, by: Actor, expected_version: int | None = None) -> Resource:
    """Lock its time too: nobody books it while it changes."""
    # A room never moves to another location.
    place = Resource.objects.values_list("location_id", flat=True).get(pk=resource_id)
    writing.require_planner(by, place)
    occupying.lock([Resource(pk=resource_id)])
    return writing.locked(Resource, resource_id, expected_version=expected_version)
