"""What is set up while somebody books: the booking looks again under its locks."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from hub.errors import DomainError
from scheduling import occupying
from scheduling.booking import Booking, book_appointment
from scheduling.models import Appointment, Location
from scheduling.setup.locations import change_location, close_down
from scheduling.setup.resources import change_resource, take_out_of_use
from scheduling.setup.rota import add_time_off
from scheduling.setup.staff import let_go
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location, room, service, staff

pytestmark = pytest.mark.django_db(transaction=True)
AT = MONDAY_9 - timedelta(days=7)
HOUR = timedelta(hours=1)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def asked() -> Booking:
    """A massage by Dina in the hall; a second location keeps the first from being the last."""
    location("Elbe Street")
    massage = service("Massage", rooms_needed=1)
    hall = room("Hall", capacity=2)
    dina = staff(services=[massage])
    return Booking(client().pk, massage.pk, dina.pk, MONDAY_9, (hall.pk,))


def book_during(booking: Booking, change: Callable[[], Any]) -> object:
    """Book in a second thread while ``change`` is made but not committed; return the outcome."""
    outcomes: list[object] = []

    def book() -> None:
        try:
            outcomes.append(book_appointment(booking, at=AT, by=SETUP))
        except DomainError as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=book)
    with transaction.atomic():
        change()
        thread.start()
        while thread.is_alive() and not _somebody_waits():
            thread.join(0.01)
    thread.join()
    return outcomes[0]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees its first look
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


CHANGES: dict[str, tuple[Callable[[Booking], Any], str]] = {
    "let go": (
        lambda booking: let_go(booking.staff_id, at=AT, by=SETUP),
        "cannot be booked",
    ),
    "time off": (
        lambda booking: add_time_off(booking.staff_id, MONDAY_9, MONDAY_9 + HOUR, by=SETUP),
        "Dina Falk is away then",
    ),
    "room out of use": (
        lambda booking: take_out_of_use(booking.resource_ids[0], at=AT, by=SETUP),
        "cannot be booked for this service",
    ),
    "location closed down": (
        lambda _: close_down(location().pk, at=AT, by=SETUP),
        "is closed down",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_booking_that_waited_sees_what_was_set_up(name: str) -> None:
    booking = asked()
    change, says = CHANGES[name]

    outcome = book_during(booking, lambda: change(booking))

    assert isinstance(outcome, DomainError), outcome
    assert says in str(outcome)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("name", CHANGES)
def test_control_without_the_second_look_it_is_booked_all_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(occupying, "require_unchanged", lambda *_: None)
    booking = asked()

    outcome = book_during(booking, lambda: CHANGES[name][0](booking))

    assert isinstance(outcome, Appointment)


def test_a_clock_that_changed_meanwhile_is_the_clock_of_the_booking() -> None:
    booking = asked()
    place = location()

    def move_to_london() -> Location:
        return change_location(place.pk, {"time_zone": "Europe/London"}, at=AT, by=SETUP)

    outcome = book_during(booking, move_to_london)

    assert isinstance(outcome, Appointment)
    assert str(outcome.time_zone) == "Europe/London"


def test_a_room_that_shrank_meanwhile_takes_no_second_one() -> None:
    booking = asked()
    other = staff("Jo", services=[service("Massage")])
    booked(service=service("Massage"), staff=other)
    (hall,) = booking.resource_ids

    outcome = book_during(booking, lambda: change_resource(hall, {"capacity": 1}, at=AT, by=SETUP))

    assert isinstance(outcome, DomainError)
    assert outcome.code == "slot_taken"
