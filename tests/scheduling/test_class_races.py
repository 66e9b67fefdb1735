"""Seats are wanted by many at the same moment, and while the class is moved."""

from datetime import timedelta

import pytest

from scheduling.booking import Booking, SlotTaken, book_appointment
from scheduling.groups.moving import move_class
from scheduling.models import Appointment, GroupSession
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.planned import planned
from tests.scheduling.test_races import drop_constraint, without_locks

pytestmark = pytest.mark.django_db(transaction=True)
AT = MONDAY_9 - timedelta(days=7)
NOON = MONDAY_9 + timedelta(hours=3)


def seat(session: GroupSession) -> Appointment:
    asked = Booking(client().pk, session.service_id, session.staff_id, session.start_at)
    return book_appointment(asked, at=AT, by=SETUP)


def test_of_many_who_want_the_last_seats_as_many_come_as_there_are() -> None:
    yoga = planned(MONDAY_9)

    outcomes = at_once(12, lambda _: seat(yoga))

    assert sum(isinstance(one, Appointment) for one in outcomes) == 3
    assert {type(one) for one in outcomes} == {Appointment, SlotTaken}
    assert overlaps() == inconsistencies() == []


def test_control_without_locks_and_constraint_seats_are_given_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    yoga = planned(MONDAY_9)
    without_locks(monkeypatch)
    drop_constraint()

    at_once(12, lambda _: seat(yoga))

    assert overlaps()


def test_whoever_books_while_the_class_is_moved_comes_at_the_time_it_has() -> None:
    yoga = planned(MONDAY_9)

    def act(number: int) -> object:
        if number == 0:
            return move_class(yoga.pk, start_at=NOON, at=AT, by=SETUP)
        return seat(yoga)

    at_once(4, act)

    assert {one.start_at for one in Appointment.objects.all()} <= {NOON}
    assert overlaps() == inconsistencies() == []
