"""What somebody waits for, and whether that can be waited for at all."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from hub.errors import InvalidInput
from scheduling.local_times import require_day
from scheduling.models import Location, Service, Staff, WaitingEntry
from scheduling.offering import active_staff, place_of, require_qualified
from scheduling.rules import rules_of

LONGEST = timedelta(days=366)


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


def wished_by(entry: WaitingEntry) -> Wished:
    """Return what an entry waits for, to be changed in part."""
    return Wished(
        entry.customer_id,
        entry.service_id,
        entry.location_id,
        entry.first_date,
        entry.last_date,
        entry.staff_id,
        entry.earliest_time,
        entry.latest_time,
        entry.note,
    )


def asked_for(wished: Wished) -> tuple[Location, Service, Staff | None]:
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


def require_days(wished: Wished, *, at: datetime, place: Location) -> None:
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
