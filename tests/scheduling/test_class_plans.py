"""Several classes are planned at once, all or none."""

from datetime import datetime, timedelta

import pytest

from hub import access
from hub.actors import Actor
from hub.errors import InvalidInput
from scheduling import search
from scheduling.booking import Booking, SlotTaken, book_appointment, reschedule_appointment
from scheduling.groups.moving import cancel_class, move_class
from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import GroupSession, Service, Staff
from scheduling.setup.catalog import change_service
from scheduling.setup.locations import change_location
from scheduling.setup.rota import add_time_off, drop_time_off
from scheduling.setup.standing import StillBooked, classes_falling_into
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.invariants import inconsistencies
from tests.scheduling.recurring import started

AT = MONDAY_9 - timedelta(days=7)


@pytest.fixture
def yoga(db: None) -> Service:
    return service("Yoga", seats=3, duration_minutes=60)


@pytest.fixture
def kim(yoga: Service) -> Staff:
    return staff("Kim", services=[yoga, service()])


def test_seats_are_no_series(yoga: Service, kim: Staff) -> None:
    plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    with pytest.raises(InvalidInput, match="one by one"):
        started(service_id=yoga.pk, staff=kim)


@pytest.mark.parametrize("count", [0, 61])
def test_a_plan_has_dates_and_not_too_many(yoga: Service, kim: Staff, count: int) -> None:
    starts = [MONDAY_9 + timedelta(days=day) for day in range(count)]

    with pytest.raises(InvalidInput, match="1 to 60 classes"):
        plan_classes(Plan(yoga.pk, kim.pk), starts, at=AT, by=SETUP)


def test_all_dates_of_a_plan_are_taken_or_none(yoga: Service, kim: Staff) -> None:
    booked(staff=kim, service=service(), start=MONDAY_9 + timedelta(days=7))
    weekly = [MONDAY_9 + timedelta(days=7 * week) for week in range(3)]

    with pytest.raises(SlotTaken, match="Mon, Mar 8, 10:00: Kim is booked"):
        plan_classes(Plan(yoga.pk, kim.pk), weekly, at=AT, by=SETUP)
    with pytest.raises(InvalidInput, match="has no seats"):
        plan_classes(Plan(service().pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    assert not GroupSession.objects.exists()


def test_a_class_is_canceled_with_requests_that_nobody_answered(yoga: Service, kim: Staff) -> None:
    change_service(yoga.pk, {"needs_approval": True}, at=AT, by=SETUP)
    (session,) = plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)
    asked = book_appointment(
        Booking(client().pk, yoga.pk, kim.pk, MONDAY_9), at=AT, by=Actor.visitor()
    )

    cancel_class(session.pk, reason="Kim is ill", at=AT, by=SETUP)

    asked.refresh_from_db()
    assert (asked.status, asked.cancel_reason) == ("declined", "Kim is ill")


def test_a_seat_is_changed_for_one_beyond_working_hours(yoga: Service, kim: Staff) -> None:
    night = MONDAY_9 + timedelta(hours=13)
    plan = Plan(yoga.pk, kim.pk)
    plan_classes(plan, [MONDAY_9], at=AT, by=SETUP)
    plan_classes(plan, [night], at=AT, by=SETUP, override_reason="Full moon")
    asked = Booking(client().pk, yoga.pk, kim.pk, MONDAY_9)
    mine = book_appointment(asked, at=AT, by=SETUP)

    assert reschedule_appointment(mine.pk, start_at=night, at=AT, by=SETUP).start_at == night


def test_who_leads_from_now_on_changes_places_with_who_led(yoga: Service, kim: Staff) -> None:
    duet = service("Duet", seats=2, staff_needed=2)
    kim.services.add(duet)
    lee = staff("Lee", services=[duet])
    (session,) = plan_classes(Plan(duet.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    moved = move_class(session.pk, start_at=MONDAY_9, staff_id=lee.pk, at=AT, by=SETUP)

    assert (moved.staff, moved.beside) == (lee, [kim])
    assert inconsistencies() == []


def test_whoever_takes_part_beside_opens_the_class(yoga: Service, kim: Staff) -> None:
    duet = service("Duet", seats=2, staff_needed=2)
    kim.services.add(duet)
    paula = person("Practitioner")
    staff("Paula", services=[duet], user=paula)
    (session,) = plan_classes(Plan(duet.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)
    held = access.of_user(paula.pk)

    assert list(GroupSession.objects.visible_to(held)) == [session]


def test_a_service_becomes_classes_only_before_anybody_booked_it(yoga: Service) -> None:
    alone = service("Alone")
    booked(service=alone, staff=staff("Jo", services=[alone]))

    with pytest.raises(InvalidInput, match="one customer at a time"):
        change_service(alone.pk, {"seats": 5}, at=AT, by=SETUP)


def test_classes_that_are_over_keep_nobody_from_changing_the_service(
    yoga: Service, kim: Staff
) -> None:
    plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    change_service(yoga.pk, {"seats": 1}, at=MONDAY_9 + timedelta(days=1), by=SETUP)


def test_the_clock_of_a_location_stays_while_classes_are_planned_on_it(
    yoga: Service, kim: Staff
) -> None:
    plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9], at=AT, by=SETUP)

    with pytest.raises(StillBooked, match="old clock"):
        change_location(location().pk, {"time_zone": "Europe/Lisbon"}, at=AT, by=SETUP)


def test_a_class_is_not_offered_while_its_lead_has_time_off(yoga: Service, kim: Staff) -> None:
    noon = MONDAY_9 + timedelta(hours=3)
    plan_classes(Plan(yoga.pk, kim.pk), [MONDAY_9, noon], at=AT, by=SETUP)

    def offered() -> list[datetime]:
        times = search.open_times(yoga.pk, location_id=location().pk, date=MONDAY_9.date(), at=AT)
        return [time.start_at for time in times]

    away = add_time_off(kim.pk, MONDAY_9 + timedelta(minutes=59), noon, reason="Dentist", by=SETUP)

    assert [one.start_at for one in classes_falling_into(kim, away.start_at, away.end_at)] == [
        MONDAY_9
    ]
    assert offered() == [noon]
    drop_time_off(away.pk, by=SETUP)
    assert offered() == [MONDAY_9, noon]
