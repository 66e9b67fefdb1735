"""Two thousand appointments around today: done, missed, canceled, moved, and to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from customers.models import Customer
from hub.errors import DomainError
from hub.management.demo.business import BY
from scheduling.attendance import complete_appointment, mark_no_show
from scheduling.availability import moment, work_on
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Service, Staff

COUNT = 2000
DAYS_BACK = 22
BOOKED_AHEAD = timedelta(days=21)
REASONS = ("Ill", "Has to travel", "Found another time", "Child is ill")


@dataclass(frozen=True, slots=True)
class Day:
    """One person's stretch of work on one day, in instants."""

    staff: Staff
    services: list[Service]
    starts_at: datetime
    ends_at: datetime


def make_visits(
    staff: list[Staff], customers: list[Customer], random: Random, *, at: datetime
) -> Iterator[Appointment]:
    """Yield each appointment once it is booked and, where its time has come, concluded."""
    made = 0
    for day in _days(staff, at=at):
        for visit in _fill(day, customers, random):
            made += 1
            yield _conclude(visit, random, at=at)
            if made == COUNT:
                return


def _days(staff: list[Staff], *, at: datetime) -> Iterator[Day]:
    first = at.date() - timedelta(days=DAYS_BACK)
    offered = {person.pk: list(person.services.order_by("pk")) for person in staff}
    weeks = {person.pk: person.working_hours.get(location=person.location) for person in staff}
    for offset in range(400):
        day = first + timedelta(days=offset)
        for person in staff:
            hours = weeks[person.pk].on(day.weekday())
            for start, end in work_on(day, hours, person.location.time_zone):
                yield Day(person, offered[person.pk], moment(start), moment(end))


def _fill(day: Day, customers: list[Customer], random: Random) -> Iterator[Appointment]:
    """Book one after the other with a gap now and then, as a real day looks."""
    cursor = day.starts_at
    while cursor < day.ends_at - timedelta(minutes=30):
        service = random.choice(day.services)
        start = cursor + timedelta(minutes=service.buffer_before_minutes)
        start += timedelta(minutes=-start.minute % 15)
        end = start + timedelta(minutes=service.duration_minutes)
        booking = Booking(
            customer_id=random.choice(customers).pk,
            service_id=service.pk,
            staff_id=day.staff.pk,
            start_at=start,
        )
        try:
            yield book_appointment(booking, at=start - BOOKED_AHEAD, by=BY)
        except DomainError:  # the room is taken, or it would reach past the end of the day
            cursor += timedelta(minutes=15)
            continue
        gap = random.choice((0, 0, 15, 15, 30, 60))
        cursor = end + timedelta(minutes=service.buffer_after_minutes + gap)


def _conclude(visit: Appointment, random: Random, *, at: datetime) -> Appointment:
    chance = random.random()
    if chance < 0.05:  # noqa: PLR2004
        before = min(at, visit.start_at) - timedelta(days=1)
        return cancel_appointment(visit.pk, reason=random.choice(REASONS), at=before, by=BY)
    if visit.end_at > at:
        return _move(visit, at=at) if chance > 0.97 else visit  # noqa: PLR2004
    if chance < 0.09:  # noqa: PLR2004
        return mark_no_show(visit.pk, at=visit.end_at, by=BY)
    return complete_appointment(visit.pk, at=visit.end_at, by=BY)


def _move(visit: Appointment, *, at: datetime) -> Appointment:
    later = visit.start_at + timedelta(minutes=15)
    try:
        return reschedule_appointment(visit.pk, start_at=later, at=at, by=BY)
    except DomainError:  # no room to move
        return visit
