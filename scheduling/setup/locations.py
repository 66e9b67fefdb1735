"""Open a location, change it, close it down; days on which it is closed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from customers.details import countries
from hub import history
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from hub.money import known_currencies
from scheduling.hours import CLOSED, Hours
from scheduling.local_times import YEARS
from scheduling.models import Appointment, Closure, GroupSession, Location
from scheduling.models.hours import WEEKDAYS
from scheduling.setup import writing
from scheduling.setup.standing import StillBooked, require_none_to_come
from scheduling.states import TO_COME

WRITTEN = (
    *("name", "time_zone", "street", "postal_code", "city", "country", "currency"),
    *("phone", "email", "books_online", "booking_slug", "quiet_hours"),
    "stale_calendars",
    *WEEKDAYS,
)
LONGEST_CLOSURE_DAYS = 366


@transaction.atomic
def add_location(values: Mapping[str, Any], *, by: Actor) -> Location:
    """Open a location: of ``WRITTEN`` at least its name, zone, country and currency.

    :raises AccessDenied: ``by`` may not set up locations, or only some.
    :raises InvalidInput: a value cannot be right, or another location has this name.
    """
    writing.require_planner(by)
    writing.require_known(values, WRITTEN)
    location = Location()
    writing.apply(location, values)
    _require_complete(location)
    return writing.add(location, EventName.LOCATION_ADDED, by=by)


@transaction.atomic
def change_location(
    location_id: UUID,
    values: Mapping[str, Any],
    *,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Location:
    """Write ``values``, of ``WRITTEN``; zone and currency only while nothing is to come.

    :raises AccessDenied: ``by`` may not set up this location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises InvalidInput: a value cannot be right, or another location has this name.
    :raises StillBooked: appointments were promised on the old clock, or in the old currency.
    """
    writing.require_planner(by, location_id)
    writing.require_known(values, WRITTEN)
    location = writing.locked(Location, location_id, expected_version=expected_version)
    _require_unpromised(location, values, at=at)
    told = writing.apply(location, values)
    _require_complete(location)
    return writing.write(location, told, EventName.LOCATION_UPDATED, by=by)


@transaction.atomic
def close_down(location_id: UUID, *, at: datetime, by: Actor) -> Location:
    """Take no more bookings there; what took place stays.

    :raises AccessDenied: ``by`` may not set up this location.
    :raises StillBooked: appointments are to come.
    :raises InvalidInput: it is the last one.
    """
    writing.require_planner(by, location_id)
    # All of them, so that two people do not close the last two at once.
    open_ones = Location.objects.select_for_update().filter(is_active=True).order_by("pk")
    others = [place for place in open_ones if place.pk != location_id]
    location = writing.locked(Location, location_id)
    planned = GroupSession.objects.filter(location=location)
    require_none_to_come(location.appointments.all(), planned, "close it down", at=at)
    if not others:
        raise InvalidInput("This is the only location: nothing could be booked any more.")
    return writing.change(location, {"is_active": False}, EventName.LOCATION_UPDATED, by=by)


@transaction.atomic
def open_again(location_id: UUID, *, by: Actor) -> Location:
    """Take bookings again at a location that was closed down.

    :raises AccessDenied: ``by`` may not set up this location.
    """
    writing.require_planner(by, location_id)
    location = writing.locked(Location, location_id)
    return writing.change(location, {"is_active": True}, EventName.LOCATION_UPDATED, by=by)


@transaction.atomic
def add_closure(
    location_id: UUID,
    *,
    first_date: date,
    last_date: date,
    name: str,
    by: Actor,
    hours: Hours = CLOSED,
) -> Closure:
    """Close from ``first_date`` to ``last_date``, both included; with ``hours`` only then.

    Appointments that are booked then stay; nothing more is offered.

    :raises AccessDenied: ``by`` may not set up this location.
    :raises InvalidInput: it ends before it starts, lasts more than a year, or has no name.
    """
    writing.require_planner(by, location_id)
    location = writing.locked(Location, location_id)
    if last_date < first_date:
        raise InvalidInput("The last day is before the first.", field="last_date")
    if first_date.year not in YEARS or last_date.year not in YEARS:
        raise InvalidInput("This date is too far away.", field="last_date")
    if (last_date - first_date).days > LONGEST_CLOSURE_DAYS:
        raise InvalidInput("At most a year, please.", field="last_date")
    closure = Closure(
        location=location, first_date=first_date, last_date=last_date, hours=hours, name=name
    )
    writing.require_right(closure)
    history.create(closure, by=by)
    told = _said(closure)
    _note(location, {"closure": ["", told]}, f"Closed {told}", by=by)
    return closure


@transaction.atomic
def remove_closure(closure_id: UUID, *, by: Actor) -> None:
    """Be open after all.

    :raises Closure.DoesNotExist: there is none.
    :raises AccessDenied: ``by`` may not set up its location.
    """
    closure = Closure.objects.get(pk=closure_id)
    writing.require_planner(by, closure.location_id)
    location = writing.locked(Location, closure.location_id)
    told = _said(closure)
    history.delete(closure, by=by)
    _note(location, {"closure": [told, ""]}, f"Open after all {told}", by=by)


def _note(location: Location, told: writing.Told, reason: str, *, by: Actor) -> None:
    writing.note(location, EventName.LOCATION_UPDATED, told, reason, by=by)


def _said(closure: Closure) -> str:
    days = f"{closure.first_date} – {closure.last_date}"
    return " ".join(part for part in (days, str(closure.hours), closure.name) if part)


def _require_complete(location: Location) -> None:
    if location.country not in countries():
        raise InvalidInput("This is not the code of a country.", field="country")
    if location.currency not in known_currencies():
        raise InvalidInput("This is not the code of a currency.", field="currency")
    if location.books_online and not location.booking_slug:
        raise InvalidInput("The booking page needs an address.", field="booking_slug")


def _require_unpromised(location: Location, values: Mapping[str, Any], *, at: datetime) -> None:
    ours = Appointment.objects.filter(location=location, status__in=TO_COME)
    promised = {
        "time_zone": ("on the old clock", ours.filter(end_at__gt=at)),
        # Also what is over: its invoice is still to be written.
        "currency": ("in the old currency", ours),
    }
    zone = values.get("time_zone")
    classes = GroupSession.objects.planned().filter(location=location, end_at__gt=at)
    if zone is not None and str(zone) != str(location.time_zone) and classes.exists():
        raise StillBooked("Classes were planned on the old clock.", field="time_zone")
    for name, (words, which) in promised.items():
        if name in values and str(values[name]) != str(getattr(location, name)):
            count = which.count()
            if count:
                were = "1 appointment was" if count == 1 else f"{count} appointments were"
                raise StillBooked(
                    f"{were} promised {words}.",
                    field=name,
                    details={"appointments": count},
                )
