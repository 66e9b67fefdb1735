"""What can be booked: add a service, change its rules, stop offering it.

Every booking keeps the rules and the price of its day: a change is about bookings to come.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from hub import history
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from scheduling.models import GroupStatus, Location, SeriesStatus, Service, ServiceAtLocation
from scheduling.rules import OVERRIDABLE
from scheduling.setup import writing
from scheduling.states import TO_COME

WRITTEN = (
    *("name", "category", "hue", "duration_minutes", "buffer_before_minutes"),
    *("buffer_after_minutes", "price", "tax_class", "minimum_notice_minutes"),
    *("staff_needed", "rooms_needed", "equipment_needed", "seats"),
    *("horizon_days", "cancellation_window_minutes", "late_fee_kind", "late_fee"),
    *("reminder_minutes", "instructions", "books_online", "needs_approval", "daily_limit"),
)
AT_LOCATION = ("is_offered", *OVERRIDABLE)


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
    at: datetime,
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
    _require_seats_fit(service, values.get("seats", service.seats), at=at)
    return writing.change(service, values, EventName.SERVICE_UPDATED, by=by)


def _require_seats_fit(service: Service, seats: int, *, at: datetime) -> None:
    """:raises InvalidInput: what is to come was booked the other way: alone, or in classes."""
    if (service.seats > 1) == (seats > 1):
        return
    if service.sessions.filter(status=GroupStatus.PLANNED, end_at__gt=at).exists():
        raise InvalidInput("Classes of it are planned: it needs several seats.", field="seats")
    coming = service.appointments.filter(status__in=TO_COME, end_at__gt=at)
    if coming.exists() or service.series.filter(status=SeriesStatus.ACTIVE).exists():
        raise InvalidInput(
            "It is booked for one customer at a time: add a service of its own for classes.",
            field="seats",
        )


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


@transaction.atomic
def set_rules_at(
    service_id: UUID, location_id: UUID, values: Mapping[str, Any], *, by: Actor
) -> ServiceAtLocation:
    """Let a location have rules of its own, of ``AT_LOCATION``; None is as everywhere.

    :raises AccessDenied: ``by`` may not set up this location.
    :raises InvalidInput: a value cannot be right, or there is no such location.
    """
    writing.require_planner(by, location_id)
    writing.require_known(values, AT_LOCATION)
    service = writing.locked(Service, service_id)
    place = Location.objects.filter(pk=location_id).first()
    if place is None:
        raise InvalidInput("There is no such location.", field="location")
    own = ServiceAtLocation.objects.filter(service=service, location=place).first()
    is_new = own is None
    own = own or ServiceAtLocation(service=service, location=place)
    told = writing.apply(own, values)
    if not told:
        return own
    writing.require_right(own)
    if is_new:
        history.create(own, by=by)
    else:
        history.save(own, fields=list(told), by=by)
    fields = {f"{place}: {name}": sides for name, sides in told.items()}
    writing.note(service, EventName.SERVICE_UPDATED, fields, f"At {place}", by=by)
    return own
