"""Put somebody on the waiting list, and take them off."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from scheduling.local_times import require_day
from scheduling.models import Location, Service, Staff, WaitingEntry, WaitingStatus
from scheduling.models.waiting import NOTE_LENGTH
from scheduling.offering import active_staff, customer_for, place_of, require_qualified
from scheduling.permitting import require_booker
from scheduling.rules import rules_of
from scheduling.texts import require_text
from scheduling.waiting.entries import WaitingIsOver, become, lock, require_reach
from scheduling.waiting.offering import ring

LONGEST = timedelta(days=366)


class WaitsAlready(DomainError):
    code = "waits_already"


@dataclass(frozen=True, slots=True)
class Wished:
    """What somebody waits for; days and times of day are on the clock of the location."""

    customer_id: UUID
    service_id: UUID
    location_id: UUID
    first_date: date
    last_date: date
    staff_id: UUID | None = None
    earliest_time: time | None = None
    latest_time: time | None = None
    note: str = ""


@transaction.atomic
def join(wished: Wished, *, at: datetime, by: Actor) -> WaitingEntry:
    """Put a customer on the list; they are offered the first free time that suits.

    :raises AccessDenied: ``by`` may not book for this person, or at this location.
    :raises InvalidInput: a value is unknown, not active, or cannot be right.
    :raises NotQualified: the person does not offer the service.
    :raises WaitsAlready: the customer waits for this service here already.
    """
    held = require_booker(by)
    place, service, staff = _asked_for(wished)
    _require_days(wished, at=at, place=place)
    entry = WaitingEntry(
        customer=customer_for(wished.customer_id, held),
        service=service,
        location=place,
        staff=staff,
        first_date=wished.first_date,
        last_date=wished.last_date,
        earliest_time=wished.earliest_time,
        latest_time=wished.latest_time,
        note=require_text(wished.note, field="note", longest=NOTE_LENGTH),
        queued_at=at,
        created_at=at,
    )
    require_reach(entry, by)
    try:
        with transaction.atomic():
            history.create(entry, by=by)
    except IntegrityError as error:
        raise WaitsAlready(
            f"{entry.customer} waits for {service} at {place} already.", field="customer"
        ) from error
    outbox.record(EventName.WAITING_JOINED, subject=entry, by=by)
    ring()
    return entry


@transaction.atomic
def leave(entry_id: UUID, *, by: Actor, expected_version: int | None = None) -> WaitingEntry:
    """Take an entry off the list; what was offered is free again.

    :raises AccessDenied: ``by`` may not book for its person, or at its location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises WaitingIsOver: it is booked, over, or off the list already.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    require_version(entry.version, expected_version)
    if not entry.is_open:
        raise WaitingIsOver("This is off the waiting list already.")
    become(entry, WaitingStatus.LEFT, EventName.WAITING_ENDED, by=by)
    ring()
    return entry


def _asked_for(wished: Wished) -> tuple[Location, Service, Staff | None]:
    service = Service.objects.filter(pk=wished.service_id, is_active=True).first()
    if service is None:
        raise InvalidInput("This service cannot be booked.", field="service")
    place = Location.objects.filter(pk=wished.location_id, is_active=True).first()
    if place is None:
        raise InvalidInput("There is no such location.", field="location")
    if not rules_of(service, place).is_offered:
        raise InvalidInput(f"{service} is not offered at {place}.", field="service")
    if wished.staff_id is None:
        return place, service, None
    staff = active_staff(wished.staff_id)
    require_qualified(staff, service)
    return place_of(staff, place.pk), service, staff


def _require_days(wished: Wished, *, at: datetime, place: Location) -> None:
    first = require_day(wished.first_date, field="first_date")
    last = require_day(wished.last_date, field="last_date")
    if last < first:
        raise InvalidInput("The last day is before the first one.", field="last_date")
    if last < at.astimezone(place.time_zone).date():
        raise InvalidInput("This day is over.", field="last_date")
    if last - first > LONGEST:
        raise InvalidInput("Somebody waits for a year at most.", field="last_date")
    earliest, latest = wished.earliest_time, wished.latest_time
    if earliest and latest and latest < earliest:
        raise InvalidInput("This is before the earliest time.", field="latest_time")
