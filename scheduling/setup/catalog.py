"""What can be booked: add a service, change its rules, stop offering it.

Every booking keeps the rules and the price of its day: a change is about bookings to come.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.actors import Actor
from hub.events import EventName
from scheduling.models import Service
from scheduling.setup import writing

WRITTEN = (
    *("name", "category", "hue", "duration_minutes", "buffer_before_minutes"),
    *("buffer_after_minutes", "price", "tax_class", "needs", "minimum_notice_minutes"),
)


@transaction.atomic
def add_service(values: Mapping[str, Any], *, by: Actor) -> Service:
    """Offer something new: of ``WRITTEN`` at least its name, category, length and price.

    :raises AccessDenied: ``by`` may not set up services, or only at some locations.
    :raises InvalidInput: a value cannot be right, or another service has this name.
    """
    writing.require_planner(by)
    writing.require_known(values, WRITTEN)
    service = Service()
    writing.apply(service, values)
    return writing.add(service, EventName.SERVICE_ADDED, by=by)


@transaction.atomic
def change_service(
    service_id: UUID,
    values: Mapping[str, Any],
    *,
    by: Actor,
    expected_version: int | None = None,
) -> Service:
    """Write ``values``, of ``WRITTEN``; appointments that are booked keep their rules and price.

    :raises AccessDenied: ``by`` may not set up services, or only at some locations.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises InvalidInput: a value cannot be right, or another service has this name.
    """
    writing.require_planner(by)
    writing.require_known(values, WRITTEN)
    service = writing.locked(Service, service_id, expected_version=expected_version)
    return writing.change(service, values, EventName.SERVICE_UPDATED, by=by)


@transaction.atomic
def stop_offering(service_id: UUID, *, by: Actor) -> Service:
    """Book it no more; what is booked takes place.

    :raises AccessDenied: ``by`` may not set up services, or only at some locations.
    """
    writing.require_planner(by)
    service = writing.locked(Service, service_id)
    return writing.change(service, {"is_active": False}, EventName.SERVICE_UPDATED, by=by)


@transaction.atomic
def offer_again(service_id: UUID, *, by: Actor) -> Service:
    """:raises AccessDenied: ``by`` may not set up services, or only at some locations."""
    writing.require_planner(by)
    service = writing.locked(Service, service_id)
    return writing.change(service, {"is_active": True}, EventName.SERVICE_UPDATED, by=by)
