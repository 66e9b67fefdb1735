"""A small salon: one location in Berlin, one service, people who are there every day.

Each call without ``staff`` hires somebody new, so that bookings made here never collide.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import ContactKind, ContactPoint, Customer
from hub import history
from hub.accounts.models import User
from hub.identifiers import next_of
from scheduling.booking import Booking, OutsideWorkingHours, book_appointment
from scheduling.hours import Hours, read_hours
from scheduling.models import (
    Appointment,
    Closure,
    FeedDetails,
    Location,
    Resource,
    ResourceKind,
    Service,
    SpecialHours,
    Staff,
    TimeOff,
    WorkingHours,
)
from scheduling.models.hours import WEEKDAYS
from scheduling.subscribing import NewFeed, add_location_feed, add_staff_feed
from tests.factories.people import CAST, SETUP, actor, person

MONDAY_9 = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
EVERY_DAY = "06:00–22:00"


def location(
    name: str = "Harbor Street", *, zone: str = "Europe/Berlin", **values: Any
) -> Location:
    """Return the location of this name, made at the first call."""
    known = Location.objects.filter(name=name).first()
    opening = dict.fromkeys(WEEKDAYS, Hours([(8 * 60, 20 * 60)]))
    defaults = {"country": "DE", "currency": "EUR", "time_zone": zone, **opening}
    return known or history.create(Location(name=name, **(defaults | values)), by=SETUP)


def service(name: str = "Haircut", **values: Any) -> Service:
    """Return the service of this name, made at the first call: 45 minutes for 49.00.

    It can be booked for any day, so that tests may book far from the clock of the machine.
    """
    known = Service.objects.filter(name=name).first()
    defaults = {"category": "Hair", "duration_minutes": 45, "price": Decimal("49.00")}
    defaults["horizon_days"] = 32_767
    return known or history.create(Service(name=name, **(defaults | values)), by=SETUP)


def staff(
    name: str = "Dina Falk",
    *,
    place: Location | None = None,
    services: Sequence[Service] | None = None,
    user: User | None = None,
    hours: str = EVERY_DAY,
    **values: Any,
) -> Staff:
    """Hire somebody who works ``hours`` (local) on all seven days; "" for nobody's hours."""
    hired = Staff(name=name, location=place or location(), user=user, **values)
    history.create(hired, by=SETUP)
    hired.services.set([service()] if services is None else services)
    works_at(hired, hired.location, hours)
    return hired


def works_at(person: Staff, place: Location, hours: str, *weekdays: str) -> WorkingHours:
    """Give ``person`` these hours at ``place`` on ``weekdays``, or on all seven days."""
    read = read_hours(hours, field="hours")
    week = WorkingHours(staff=person, location=place, **dict.fromkeys(weekdays or WEEKDAYS, read))
    return history.create(week, by=SETUP)


def room(name: str = "Room 1", *, place: Location | None = None, **values: Any) -> Resource:
    made = Resource(
        name=name, location=place or location(), **({"kind": ResourceKind.ROOM} | values)
    )
    return history.create(made, by=SETUP)


def client(name: str = "Mara Winter", *, email: str = "", **values: Any) -> Customer:
    """Return a new customer; with ``email`` as the primary address, if one is given."""
    given_name, _, family_name = name.partition(" ")
    made = Customer(
        number=next_of("customers_number"),
        given_name=given_name,
        family_name=family_name,
        search_name=name.casefold(),
        **values,
    )
    history.create(made, by=SETUP)
    if email:
        point = ContactPoint(
            customer=made, kind=ContactKind.EMAIL, value=email, normalized=email.lower()
        )
        history.create(point, by=SETUP)
    return made


def booked(
    customer: Customer | None = None,
    *,
    start: datetime = MONDAY_9,
    staff: Staff | None = None,
    service: Service | None = None,
    **values: Any,
) -> Appointment:
    """Return an appointment booked a week before ``start``, with somebody new unless given."""
    offered = service or _default_service(staff)
    booking = Booking(
        customer_id=(customer or client()).pk,
        service_id=offered.pk,
        staff_id=(staff or _hired_for(offered)).pk,
        start_at=start,
        **values,
    )
    at = start - timedelta(days=7)
    try:
        return book_appointment(booking, at=at, by=SETUP)
    except OutsideWorkingHours:
        if abs(start - datetime.now(UTC)) > timedelta(days=2):
            raise
        # a test about the present, run at night
        return book_appointment(booking, at=at, by=SETUP, override_reason="It is night")


def closure(place: Location | None = None, **values: Any) -> Closure:
    """Return Christmas of 2099, on which ``place`` is closed."""
    days = {"first_date": date(2099, 12, 24), "last_date": date(2099, 12, 26)}
    made = Closure(location=place or location(), **(days | {"name": "Christmas"} | values))
    return history.create(made, by=SETUP)


def special_day(of: Staff, hours: str = "10-12", **values: Any) -> SpecialHours:
    """Let ``hours`` hold for ``of`` on a Monday in 2099."""
    read = read_hours(hours, field="hours")
    day = {"work_date": date(2099, 3, 2), "location": of.location}
    return history.create(SpecialHours(staff=of, hours=read, **(day | values)), by=SETUP)


def time_off(of: Staff, reason: str = "Vacation", **values: Any) -> TimeOff:
    """Let ``of`` be away for a week in 2099."""
    start = datetime(2099, 3, 9, tzinfo=UTC)
    span = {"start_at": start, "end_at": start + timedelta(days=7)}
    return history.create(TimeOff(staff=of, reason=reason, **(span | values)), by=SETUP)


def feed(
    of: Staff | Location, *, maker: User | None = None, details: FeedDetails = FeedDetails.NAMES
) -> NewFeed:
    """Return a fresh address of a calendar, made by ``maker``, else by Ada, who manages."""
    ada = maker or User.objects.filter(name=CAST["Manager"]).first() or person("Manager")
    add = add_staff_feed if isinstance(of, Staff) else add_location_feed
    return add(of.pk, details=details, at=timezone.now(), by=actor(ada))


def _default_service(of: Staff | None) -> Service:
    known = of.services.order_by("pk").first() if of else None
    return known or service()


def _hired_for(offered: Service) -> Staff:
    return staff(services=[offered])
