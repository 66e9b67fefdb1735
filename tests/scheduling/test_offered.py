"""What is offered is exactly what can be booked: each time of a day is tried for real."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.db import transaction

from hub.errors import DomainError
from scheduling import search
from scheduling.booking import Booking, book_appointment
from scheduling.models import ResourceKind, Service, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import client, location, room, service, staff
from tests.scheduling.outside import read
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("America/New_York", date(2026, 11, 1)),
        ("Australia/Lord_Howe", date(2026, 10, 4)),
    ],
)
def test_what_is_offered_is_exactly_what_can_be_booked(zone: str, day: date) -> None:
    """Each grid time of the day is tried for real, and taken back."""
    random = Random(f"{zone} {day}")  # noqa: S311
    place = location(zone=zone)
    visit = service(
        "Visit",
        duration_minutes=50,
        buffer_before_minutes=10,
        buffer_after_minutes=5,
        equipment_needed=1,
    )
    people = [
        staff(name, services=[visit], hours="00:00–04:00, 05:00–07:00") for name in ("Jo", "Kim")
    ]
    room("Dryer", kind=ResourceKind.EQUIPMENT)
    midnight = datetime.combine(day, time(), tzinfo=place.time_zone).astimezone(UTC)
    at = midnight - timedelta(days=1)
    for _ in range(3):
        _try(visit, random.choice(people), midnight + minutes(random.randrange(0, 500, 5)), at)
    outside = midnight + minutes(random.randrange(0, 400, 5))
    read(people[0], busy={"walk": [(outside, outside + minutes(35))]}, at=at)

    times = search.open_times(visit.pk, location_id=place.pk, date=day, at=at)

    bookable = {
        (start, person.pk)
        for start in (midnight + minutes(15 * step) for step in range(8 * 4))
        for person in people
        if _could_be_booked(visit, person, start, at)
    }
    assert {(time.start_at, time.staff_id) for time in times} == bookable


def test_what_needs_several_people_and_rooms_is_offered_exactly_when_it_can_be_booked() -> None:
    random = Random("several")  # noqa: S311
    place = location()
    bridal = service(
        "Bridal", duration_minutes=50, buffer_after_minutes=5, staff_needed=3, rooms_needed=2
    )
    single = service("Cut", duration_minutes=25)
    both = [bridal, single]
    shifts = ("07:00–11:00", "08:00–12:00", "07:00–09:00, 09:30–12:00", "07:00–12:00")
    people = [
        staff(name, services=both, hours=hours, capacity=1 + (name == "Kim"))
        for name, hours in zip(("Jo", "Kim", "Lee", "Max"), shifts, strict=True)
    ]
    room("Room 1"), room("Room 2"), room("Room 3", capacity=2)
    midnight = datetime.combine(MONDAY, time(), tzinfo=place.time_zone).astimezone(UTC)
    at = midnight - timedelta(days=1)
    for _ in range(6):
        start = midnight + minutes(random.randrange(7 * 60, 12 * 60, 5))
        _try(random.choice(both), random.choice(people), start, at)
        read(random.choice(people), busy={"walk": [(start, start + minutes(20))]}, at=at)

    times = search.open_times(bridal.pk, location_id=place.pk, date=MONDAY, at=at)

    bookable = {
        (start, person.pk)
        for person in people
        for start in (midnight + minutes(15 * step) for step in range(6 * 4, 13 * 4))
        if _could_be_booked(bridal, person, start, at)
    }
    on_grid = {(each.start_at, each.staff_id) for each in times}
    assert on_grid == bookable
    assert on_grid


def _try(visit: Service, person: Staff, start: datetime, at: datetime) -> bool:
    try:
        book_appointment(Booking(client().pk, visit.pk, person.pk, start), at=at, by=SETUP)
    except DomainError:
        return False
    return True


def _could_be_booked(visit: Service, person: Staff, start: datetime, at: datetime) -> bool:
    with transaction.atomic():
        booked_now = _try(visit, person, start, at)
        transaction.set_rollback(True)
    return booked_now
