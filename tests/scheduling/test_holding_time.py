"""A time is held for somebody who is about to book it, and is free again by itself."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hub import access
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.models import Change
from scheduling import holding_time, search
from scheduling.booking import Booking, SlotTaken, TooLate, book_appointment
from scheduling.feed import day_feed
from scheduling.holding_time import (
    TimeWanted,
    TooManyHolds,
    forget_over,
    give_back,
    hold_time,
)
from scheduling.models import Appointment, Hold, Occupancy, Service, Staff
from scheduling.securing import HoldIsOver
from scheduling.setup.standing import StillBooked, require_units
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, room, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.test_races import drop_constraint, without_locks
from tests.scheduling.trails import minutes

AT = MONDAY_9 - timedelta(days=7)
LATER = AT + minutes(11)


@pytest.fixture
def color(db: None) -> Service:
    room("Room 1")
    return service("Color", rooms_needed=1, buffer_after_minutes=15)


@pytest.fixture
def dina(color: Service) -> Staff:
    return staff("Dina Falk", services=[color])


def wanted(dina: Staff, color: Service, start: datetime = MONDAY_9) -> TimeWanted:
    return TimeWanted(color.pk, dina.pk, start)


def asked(dina: Staff, color: Service, hold: Hold | None = None) -> Booking:
    return Booking(client().pk, color.pk, dina.pk, MONDAY_9, hold_id=hold.pk if hold else None)


def test_nobody_else_books_what_is_held_and_hears_until_when(dina: Staff, color: Service) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)

    with pytest.raises(SlotTaken) as refusal:
        book_appointment(asked(dina, color), at=AT, by=SETUP)

    assert str(refusal.value) == (
        "Dina Falk is held 10:00 – 10:45 for somebody who is booking, until 10:10."
    )
    assert refusal.value.details["reason"] == "held"
    assert refusal.value.details["in_the_way"] == [
        {
            "kind": "staff",
            "start_at": "2027-03-01T09:00:00+00:00",
            "end_at": "2027-03-01T09:45:00+00:00",
            "held_until": hold.expires_at.isoformat(),
        }
    ]
    assert refusal.value.details["alternatives"]


def test_it_takes_the_room_and_the_buffers_too(dina: Staff, color: Service) -> None:
    hold_time(wanted(dina, color), at=AT, by=SETUP)
    other = staff("Kim", services=[color])

    with pytest.raises(SlotTaken) as refusal:
        book_appointment(asked(other, color), at=AT, by=SETUP)
    with pytest.raises(SlotTaken):
        hold_time(wanted(other, color, MONDAY_9 + minutes(45)), at=AT, by=SETUP)

    assert refusal.value.details["reason"] == "held"
    hold_time(wanted(other, color, MONDAY_9 + minutes(60)), at=AT, by=SETUP)


def test_who_holds_it_books_it_and_the_hold_is_gone(dina: Staff, color: Service) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)

    appointment = book_appointment(asked(dina, color, hold), at=AT + minutes(9), by=SETUP)

    assert (appointment.start_at, appointment.staff) == (MONDAY_9, dina)
    assert not Hold.objects.exists()
    assert Occupancy.objects.filter(appointment=appointment).count() == 2
    assert inconsistencies() == overlaps() == []


def test_a_hold_books_nothing_but_what_it_holds(dina: Staff, color: Service) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)
    other_time = replace(asked(dina, color, hold), start_at=MONDAY_9 + timedelta(hours=3))

    with pytest.raises(InvalidInput, match="another time, service or person"):
        book_appointment(other_time, at=AT, by=SETUP)
    with pytest.raises(HoldIsOver):
        book_appointment(asked(dina, color, hold), at=AT, by=actor(person("Manager")))
    assert Hold.objects.filter(pk=hold.pk).exists()


def test_over_it_is_in_nobodys_way_even_before_it_is_swept(dina: Staff, color: Service) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)

    offered = search.open_times(
        color.pk, location_id=location().pk, date=MONDAY_9.date(), at=hold.expires_at
    )
    with pytest.raises(HoldIsOver):
        book_appointment(asked(dina, color, hold), at=hold.expires_at, by=SETUP)
    book_appointment(asked(dina, color), at=hold.expires_at, by=SETUP)

    assert MONDAY_9 in {time.start_at for time in offered}
    assert not Hold.objects.exists()


def test_a_held_time_is_not_offered(dina: Staff, color: Service) -> None:
    hold_time(wanted(dina, color), at=AT, by=SETUP)

    offered = search.open_times(
        color.pk, location_id=location().pk, date=MONDAY_9.date(), at=AT + minutes(5)
    )

    assert offered
    assert MONDAY_9 not in {time.start_at for time in offered}


def test_what_was_held_in_time_can_be_booked_after_the_notice(db: None) -> None:
    soon = service("Soon", minimum_notice_minutes=60)
    dina = staff(services=[soon])
    at = MONDAY_9 - minutes(61)
    hold = hold_time(wanted(dina, soon), at=at, by=SETUP)

    with pytest.raises(TooLate):
        hold_time(wanted(dina, soon), at=at + minutes(5), by=SETUP)
    made = book_appointment(asked(dina, soon, hold), at=at + minutes(5), by=SETUP)

    assert made.start_at == MONDAY_9


def test_it_is_given_back_and_then_free(dina: Staff, color: Service) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)

    give_back(hold.pk, by=actor(person("Manager")))
    assert Hold.objects.exists(), "it is somebody else's"
    give_back(hold.pk, by=SETUP)
    give_back(hold.pk, by=SETUP)

    book_appointment(asked(dina, color), at=AT, by=SETUP)


def test_what_is_over_is_forgotten_and_nothing_else(dina: Staff, color: Service) -> None:
    hold_time(wanted(dina, color), at=AT, by=SETUP)
    lasting = hold_time(wanted(dina, color, MONDAY_9 + timedelta(hours=2)), at=LATER, by=SETUP)

    assert [forget_over(at=LATER), forget_over(at=LATER)] == [1, 0]
    assert list(Hold.objects.all()) == [lasting]
    assert Occupancy.objects.count() == 2


@pytest.mark.parametrize("lasting", [minutes(0), minutes(16), -minutes(1)])
def test_it_lasts_a_quarter_of_an_hour_at_most(
    dina: Staff, color: Service, lasting: timedelta
) -> None:
    with pytest.raises(InvalidInput, match="1 to 15 minutes"):
        hold_time(wanted(dina, color), lasting=lasting, at=AT, by=SETUP)


def test_nobody_holds_a_whole_week(
    dina: Staff, color: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding_time, "MOST_AT_ONCE", 1)
    hold_time(wanted(dina, color), at=AT, by=SETUP)
    later = wanted(dina, color, MONDAY_9 + timedelta(hours=2))

    with pytest.raises(TooManyHolds):
        hold_time(later, at=AT, by=SETUP)
    hold_time(later, at=LATER, by=SETUP)


def test_whoever_books_for_nobody_holds_nothing(dina: Staff, color: Service) -> None:
    with pytest.raises(AccessDenied):
        hold_time(wanted(dina, color), at=AT, by=actor(person("Billing")))
    with pytest.raises(AccessDenied):
        hold_time(wanted(dina, color), at=AT, by=actor(person("Practitioner")))


def test_it_is_no_appointment_and_told_to_no_tool(dina: Staff, color: Service) -> None:
    told = Change.objects.count()

    hold_time(wanted(dina, color), at=AT, by=SETUP)

    assert not Appointment.objects.exists()
    assert Change.objects.count() == told


def test_the_calendar_shows_it_to_who_sees_the_column(dina: Staff, color: Service) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)
    desk = access.of_user(person("Front desk").pk)
    other = access.of_user(person("Practitioner").pk)

    feed = day_feed(location(), MONDAY_9.date(), desk, at=AT)
    over = day_feed(location(), MONDAY_9.date(), desk, at=hold.expires_at)
    hidden = day_feed(location(), MONDAY_9.date(), other, at=AT)

    (shown,) = feed["holds"]
    assert (shown["id"], shown["people"]) == (hold.pk, [dina.pk])
    assert [f"{shown[edge]:%H:%M}" for edge in ("start", "end", "until")] == (
        ["10:00", "10:45", "10:10"]
    )
    assert over["holds"] == hidden["holds"] == []


def test_a_place_that_is_held_is_not_taken_away(color: Service, dina: Staff) -> None:
    pair = staff("Kim", services=[service()], capacity=2)
    booked(staff=pair)
    hold = hold_time(TimeWanted(service().pk, pair.pk, MONDAY_9), at=AT, by=SETUP)

    with pytest.raises(StillBooked):
        require_units(pair, 1, at=AT)
    require_units(pair, 1, at=hold.expires_at)


@pytest.mark.django_db(transaction=True)
def test_one_of_many_holds_it(dina: Staff, color: Service) -> None:
    outcomes = at_once(16, lambda _: hold_time(wanted(dina, color), at=AT, by=SETUP))

    assert sum(isinstance(one, Hold) for one in outcomes) == 1
    assert {type(one) for one in outcomes} == {Hold, SlotTaken}
    assert overlaps() == inconsistencies() == []


@pytest.mark.django_db(transaction=True)
def test_control_without_locks_and_constraint_many_hold_it(
    dina: Staff, color: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_locks(monkeypatch)
    drop_constraint()

    at_once(16, lambda _: hold_time(wanted(dina, color), at=AT, by=SETUP))

    assert overlaps()


@pytest.mark.django_db(transaction=True)
def test_a_hold_becomes_one_appointment_however_often_it_is_sent(
    dina: Staff, color: Service
) -> None:
    hold = hold_time(wanted(dina, color), at=AT, by=SETUP)
    booking = asked(dina, color, hold)

    outcomes = at_once(8, lambda _: book_appointment(booking, at=AT, by=SETUP))

    assert Appointment.objects.count() == 1
    assert {type(one) for one in outcomes} <= {Appointment, HoldIsOver}
    assert overlaps() == inconsistencies() == []
