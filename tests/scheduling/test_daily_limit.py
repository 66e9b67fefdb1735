"""A service may be done by one person only so often on a local day."""

from datetime import timedelta
from typing import Any

import pytest

from hub.access import EVERYTHING
from scheduling import search
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment
from scheduling.daily import DayIsFull
from scheduling.explaining import explain
from scheduling.holding_time import TimeWanted, hold_time
from scheduling.models import Appointment, Service, Staff
from scheduling.setup.catalog import set_rules_at
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client, location, service, staff
from tests.factories.threads import at_once
from tests.scheduling.test_races import without_locks
from tests.scheduling.trails import minutes

AT = MONDAY_9 - timedelta(days=7)
HOUR = timedelta(hours=1)
EVENING = MONDAY_9 + 11 * HOUR  # 21:00 in Berlin, still Monday
TUESDAY = MONDAY_9 + timedelta(days=1)


@pytest.fixture
def bridal(db: None) -> Service:
    return service("Bridal", duration_minutes=60, daily_limit=2)


@pytest.fixture
def dina(bridal: Service) -> Staff:
    return staff("Dina Falk", services=[bridal, service()])


def book(dina: Staff, of: Service, start: Any = MONDAY_9, **options: Any) -> Appointment:
    asked = Booking(client().pk, of.pk, dina.pk, start)
    return book_appointment(asked, at=options.pop("at", AT), by=SETUP, **options)


def test_one_more_on_the_same_local_day_is_refused(dina: Staff, bridal: Service) -> None:
    book(dina, bridal), book(dina, bridal, EVENING)

    with pytest.raises(DayIsFull, match="Dina Falk does Bridal 2 times a day at most"):
        book(dina, bridal, MONDAY_9 + 2 * HOUR)
    book(dina, bridal, TUESDAY)
    book(dina, service(), MONDAY_9 + 2 * HOUR)
    book(staff("Kim", services=[bridal]), bridal, MONDAY_9 + 2 * HOUR)


def test_what_is_canceled_does_not_count_and_what_is_held_does(
    dina: Staff, bridal: Service
) -> None:
    first = book(dina, bridal)
    hold = hold_time(TimeWanted(bridal.pk, dina.pk, EVENING), at=AT, by=SETUP)

    with pytest.raises(DayIsFull):
        book(dina, bridal, MONDAY_9 + 2 * HOUR)
    asked = Booking(client().pk, bridal.pk, dina.pk, EVENING, hold_id=hold.pk)
    book_appointment(asked, at=AT, by=SETUP)
    cancel_appointment(first.pk, reason="Ill", at=AT, by=SETUP)
    book(dina, bridal, MONDAY_9 + 2 * HOUR)


def test_a_hold_that_is_over_does_not_count(dina: Staff, bridal: Service) -> None:
    book(dina, bridal)
    hold_time(TimeWanted(bridal.pk, dina.pk, EVENING), at=AT, by=SETUP)

    book(dina, bridal, MONDAY_9 + 2 * HOUR, at=AT + minutes(11))


def test_full_days_are_not_offered_and_say_why(dina: Staff, bridal: Service) -> None:
    book(dina, bridal), book(dina, bridal, EVENING)
    there = {"location_id": location().pk, "at": AT}

    monday = search.open_times(bridal.pk, date=MONDAY_9.date(), **there)  # type: ignore[arg-type]
    tuesday = search.open_times(bridal.pk, date=TUESDAY.date(), **there)  # type: ignore[arg-type]
    (reason,) = explain(bridal.pk, dina.pk, MONDAY_9 + 2 * HOUR, held=EVERYTHING, at=AT)

    assert monday == []
    assert tuesday
    assert (reason.code, reason.is_limit) == ("daily_limit", True)


def test_a_manager_sets_it_aside_with_a_reason(dina: Staff, bridal: Service) -> None:
    book(dina, bridal), book(dina, bridal, EVENING)

    made = book(dina, bridal, MONDAY_9 + 2 * HOUR, override_reason="She insists")

    assert made.status == "booked"


def test_moving_within_the_day_is_free_and_to_a_full_one_is_not(
    dina: Staff, bridal: Service
) -> None:
    first = book(dina, bridal)
    book(dina, bridal, EVENING)
    other = book(dina, bridal, TUESDAY)

    reschedule_appointment(first.pk, start_at=MONDAY_9 + 2 * HOUR, at=AT, by=SETUP)
    with pytest.raises(DayIsFull):
        reschedule_appointment(other.pk, start_at=MONDAY_9 + 4 * HOUR, at=AT, by=SETUP)


def test_a_location_may_have_another_number(dina: Staff, bridal: Service) -> None:
    set_rules_at(bridal.pk, location().pk, {"daily_limit": 1}, by=SETUP)
    book(dina, bridal)

    with pytest.raises(DayIsFull, match="once a day"):
        book(dina, bridal, EVENING)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_only_so_many_are_booked(dina: Staff, bridal: Service) -> None:
    at_once(6, lambda number: book(dina, bridal, MONDAY_9 + number * HOUR))

    assert Appointment.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_more_are_booked(
    dina: Staff, bridal: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch)

    at_once(6, lambda number: book(dina, bridal, MONDAY_9 + number * HOUR))

    assert Appointment.objects.count() > 2
