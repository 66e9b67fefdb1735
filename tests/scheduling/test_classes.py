"""Classes: several customers at one time, each with a seat that is given only once."""

from datetime import datetime, timedelta

import pytest

from hub.access import EVERYTHING
from hub.errors import InvalidInput, StaleVersion
from hub.lifecycle import IllegalTransition
from hub.models import Change
from scheduling import search
from scheduling.attendance import complete_appointment
from scheduling.booking import Booking, SlotTaken, book_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment, cancel_with_undo, undo_cancellation
from scheduling.explaining import explain
from scheduling.groups.moving import SeatsTaken, cancel_class, change_seats, move_class
from scheduling.groups.planning import Plan, plan_classes
from scheduling.holding_time import TimeWanted, hold_time
from scheduling.limits import OutsideWorkingHours, TooLate
from scheduling.models import Appointment, GroupSession, Hold, Resource, Service, Staff
from scheduling.moves import NothingToChange
from scheduling.seating import NoClassThen, seats_taken
from scheduling.setup.catalog import change_service
from scheduling.setup.resources import take_out_of_use
from scheduling.setup.standing import StillBooked
from scheduling.swapping import swap_appointments
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location, room, service, staff
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.trails import announced, minutes

AT = MONDAY_9 - timedelta(days=7)
NOON = MONDAY_9 + timedelta(hours=3)


@pytest.fixture
def hall(db: None) -> Resource:
    return room("Hall")


@pytest.fixture
def yoga(hall: Resource) -> Service:
    return service("Yoga", seats=3, rooms_needed=1, duration_minutes=60, buffer_after_minutes=15)


@pytest.fixture
def kim(yoga: Service) -> Staff:
    return staff("Kim", services=[yoga, service()])


@pytest.fixture
def planned(yoga: Service, kim: Staff) -> GroupSession:
    (session,) = plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)
    return session


def seat(session: GroupSession, *, at: datetime = AT, **values: object) -> Appointment:
    asked = Booking(client().pk, session.service_id, session.staff_id, session.start_at)
    return book_appointment(asked, at=at, by=SETUP)


def test_a_class_takes_its_lead_and_its_room(planned: GroupSession, kim: Staff) -> None:
    other = staff("Lee", services=[service(), planned.service])

    with pytest.raises(SlotTaken, match="Kim is booked 10:00 – 11:00"):
        booked(staff=kim, service=service(), start=MONDAY_9 + minutes(30))
    with pytest.raises(SlotTaken, match="Hall is booked"):
        plan_classes(Plan(planned.service_id, other.pk), [MONDAY_9], at=AT, by=SETUP)

    assert [one.name for one in planned.resources] == ["Hall"]
    assert (planned.end_at, planned.seats) == (MONDAY_9 + minutes(60), 3)
    assert planned.history.count() == 1
    assert Change.objects.get(local_id=planned.pk).name == "session.planned"


def test_as_many_as_there_are_seats_can_come(planned: GroupSession) -> None:
    seats = [seat(planned) for _ in range(3)]

    with pytest.raises(SlotTaken) as refusal:
        seat(planned)

    assert str(refusal.value) == "All 3 seats are taken in Yoga at 10:00 – 11:00."
    assert refusal.value.details["reason"] == "full"
    assert {one.session_id for one in seats} == {planned.pk}
    assert {(one.start_at, one.end_at) for one in seats} == {(planned.start_at, planned.end_at)}
    assert overlaps() == inconsistencies() == []


def test_a_canceled_seat_is_free_for_somebody_else(planned: GroupSession) -> None:
    first, *_ = [seat(planned) for _ in range(3)]
    cancel_appointment(first.pk, reason="Ill", at=AT, by=SETUP)

    assert seats_taken(planned, at=AT) == 2
    seat(planned)
    assert inconsistencies() == []


def test_a_seat_that_can_be_undone_is_kept_so_long(planned: GroupSession) -> None:
    first, *_ = [seat(planned) for _ in range(3)]
    until = AT + minutes(15)
    cancel_with_undo(first.pk, reason="Deleted", undo_until=until, at=AT, by=SETUP)

    with pytest.raises(SlotTaken):
        seat(planned)
    undo_cancellation(first.pk, at=AT, by=SETUP)
    cancel_with_undo(first.pk, reason="Deleted", undo_until=until, at=AT, by=SETUP)
    seat(planned, at=until + minutes(1))

    assert overlaps() == inconsistencies() == []


def test_a_held_seat_is_nobody_elses(planned: GroupSession) -> None:
    seat(planned), seat(planned)
    wanted = TimeWanted(planned.service_id, planned.staff_id, planned.start_at)
    hold = hold_time(wanted, at=AT, by=SETUP)

    with pytest.raises(SlotTaken):
        seat(planned)
    asked = Booking(
        client().pk, planned.service_id, planned.staff_id, planned.start_at, hold_id=hold.pk
    )
    assert book_appointment(asked, at=AT, by=SETUP).session == planned


def test_only_classes_with_a_free_seat_are_offered(
    planned: GroupSession, yoga: Service, kim: Staff
) -> None:
    plan_classes(Plan(yoga.pk, kim.pk, seats=1), [NOON], at=AT, by=SETUP)
    day = {"location_id": location().pk, "date": MONDAY_9.date(), "at": AT}

    before = [time.start_at for time in search.open_times(yoga.pk, **day)]  # type: ignore[arg-type]
    book_appointment(Booking(client().pk, yoga.pk, kim.pk, NOON), at=AT, by=SETUP)
    after = [time.start_at for time in search.open_times(yoga.pk, **day)]  # type: ignore[arg-type]

    assert (before, after) == ([MONDAY_9, NOON], [MONDAY_9])


def test_without_a_class_nothing_can_be_booked_and_the_next_ones_are_named(
    planned: GroupSession, yoga: Service, kim: Staff
) -> None:
    with pytest.raises(NoClassThen, match="Kim leads no class of Yoga on Mon, Mar 1, 13:00"):
        book_appointment(Booking(client().pk, yoga.pk, kim.pk, NOON), at=AT, by=SETUP)
    said = explain(yoga.pk, kim.pk, NOON, held=EVERYTHING, at=AT)
    fine = explain(yoga.pk, kim.pk, MONDAY_9, held=EVERYTHING, at=AT)

    assert [reason.code for reason in said] == ["no_class_then"]
    assert fine == []


def test_notice_counts_for_seats_too(yoga: Service, kim: Staff) -> None:
    change_service(yoga.pk, {"minimum_notice_minutes": 60}, at=AT, by=SETUP)
    (session,) = plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    with pytest.raises(TooLate):
        seat(session, at=MONDAY_9 - minutes(30))


def test_a_seat_is_changed_for_one_in_another_class(
    planned: GroupSession, yoga: Service, kim: Staff
) -> None:
    (later,) = plan_classes(Plan(yoga.pk, kim.pk, seats=1), [NOON], at=AT, by=SETUP)
    mine, other = seat(planned), seat(planned)

    moved = reschedule_appointment(mine.pk, start_at=NOON, at=AT, by=SETUP)
    with pytest.raises(SlotTaken, match="The seat is taken in Yoga at 13:00"):
        reschedule_appointment(other.pk, start_at=NOON, at=AT, by=SETUP)
    with pytest.raises(NoClassThen):
        reschedule_appointment(other.pk, start_at=NOON + minutes(15), at=AT, by=SETUP)
    with pytest.raises(NothingToChange):
        reschedule_appointment(other.pk, start_at=MONDAY_9, at=AT, by=SETUP)
    with pytest.raises(InvalidInput, match="as long as its class"):
        reschedule_appointment(other.pk, start_at=NOON, end_at=NOON + minutes(30), at=AT, by=SETUP)

    assert (moved.session, moved.schedule_version, moved.reschedule_count) == (later, 2, 1)
    assert [seats_taken(one, at=AT) for one in (planned, later)] == [1, 1]
    assert overlaps() == inconsistencies() == []


def test_a_class_moves_with_everybody_who_comes(planned: GroupSession) -> None:
    mine, other, gone = (seat(planned) for _ in range(3))
    cancel_appointment(gone.pk, reason="Ill", at=AT, by=SETUP)
    lee = staff("Lee", services=[planned.service])

    move_class(planned.pk, start_at=NOON, staff_id=lee.pk, at=AT, by=SETUP)

    for visit in (mine, other):
        visit.refresh_from_db()
        assert (visit.start_at, visit.end_at) == (NOON, NOON + minutes(60))
        assert (visit.staff, visit.previous_start_at) == (lee, MONDAY_9)
        assert [name for name, *_ in announced(visit)][-1] == "appointment.rescheduled"
    gone.refresh_from_db()
    assert gone.start_at == MONDAY_9
    assert overlaps() == inconsistencies() == []


def test_a_class_moves_over_its_own_old_time_and_not_over_others(
    planned: GroupSession, kim: Staff
) -> None:
    seat(planned)
    booked(staff=kim, service=service(), start=NOON)

    move_class(planned.pk, start_at=MONDAY_9 + minutes(15), at=AT, by=SETUP)
    with pytest.raises(SlotTaken):
        move_class(planned.pk, start_at=NOON, at=AT, by=SETUP)
    with pytest.raises(OutsideWorkingHours):
        move_class(planned.pk, start_at=MONDAY_9 - timedelta(hours=7), at=AT, by=SETUP)
    with pytest.raises(StaleVersion):
        move_class(planned.pk, start_at=NOON, at=AT, by=SETUP, expected_version=1)

    assert overlaps() == inconsistencies() == []


def test_canceling_a_class_cancels_every_seat_and_frees_the_room(
    planned: GroupSession, kim: Staff
) -> None:
    mine, kept = seat(planned), seat(planned)
    cancel_with_undo(kept.pk, reason="x", undo_until=AT + minutes(15), at=AT, by=SETUP)
    hold_time(TimeWanted(planned.service_id, kim.pk, MONDAY_9), at=AT, by=SETUP)

    cancel_class(planned.pk, reason="Kim is ill", at=AT, by=SETUP)

    mine.refresh_from_db()
    kept.refresh_from_db()
    assert (mine.status, mine.cancel_reason, mine.canceled_by) == (
        "canceled",
        "Kim is ill",
        "business",
    )
    assert kept.slot_held_until is None
    assert not Hold.objects.exists()
    assert not mine.is_fee_due
    booked(staff=kim, service=service(), start=MONDAY_9)
    with pytest.raises(IllegalTransition):
        cancel_class(planned.pk, reason="Again", at=AT, by=SETUP)
    assert overlaps() == inconsistencies() == []


def test_what_took_place_is_neither_moved_nor_canceled(planned: GroupSession) -> None:
    mine = seat(planned)
    complete_appointment(mine.pk, at=MONDAY_9 + minutes(60), by=SETUP)

    with pytest.raises(IllegalTransition, match="taken place"):
        cancel_class(planned.pk, reason="No", at=MONDAY_9 + minutes(61), by=SETUP)
    with pytest.raises(IllegalTransition, match="taken place"):
        move_class(planned.pk, start_at=NOON, at=MONDAY_9 + minutes(61), by=SETUP)


def test_seats_are_added_and_taken_away_where_nobody_sits(planned: GroupSession) -> None:
    seats = [seat(planned) for _ in range(3)]

    change_seats(planned.pk, 4, at=AT, by=SETUP)
    seat(planned)
    with pytest.raises(SeatsTaken):
        change_seats(planned.pk, 3, at=AT, by=SETUP)
    cancel_appointment(seats[0].pk, reason="Ill", at=AT, by=SETUP)
    with pytest.raises(SeatsTaken):
        change_seats(planned.pk, 3, at=AT, by=SETUP)  # the fourth seat itself is taken
    with pytest.raises(InvalidInput):
        change_seats(planned.pk, 0, at=AT, by=SETUP)


def test_nobody_leads_two_classes_of_one_kind_at_the_same_time(yoga: Service) -> None:
    room("Hall 2")
    double = staff("Jo", services=[yoga], capacity=2)
    plan_classes(Plan(yoga.pk, double.pk), [MONDAY_9, NOON], at=AT, by=SETUP)
    later = GroupSession.objects.get(start_at=NOON)

    with pytest.raises(InvalidInput, match="already"):
        plan_classes(Plan(yoga.pk, double.pk), [MONDAY_9], at=AT, by=SETUP)
    with pytest.raises(InvalidInput, match="already"):
        move_class(later.pk, start_at=MONDAY_9, at=AT, by=SETUP)


def test_a_seat_is_not_swapped(planned: GroupSession, kim: Staff) -> None:
    mine = seat(planned)
    other = booked(staff=kim, service=service(), start=NOON)

    with pytest.raises(InvalidInput, match="seat in a class"):
        swap_appointments(mine.pk, other.pk, at=AT, by=SETUP)


def test_what_a_class_needs_is_not_taken_out_of_use(
    planned: GroupSession, hall: Resource, yoga: Service
) -> None:
    with pytest.raises(StillBooked, match="1 class is still to come"):
        take_out_of_use(hall.pk, at=AT, by=SETUP)
    with pytest.raises(InvalidInput, match="Classes of it are planned"):
        change_service(yoga.pk, {"seats": 1}, at=AT, by=SETUP)
