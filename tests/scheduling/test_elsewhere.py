"""Time in which people are busy outside is not offered; it is a limit, and never an occupancy."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from hub.access import EVERYTHING, AccessDenied
from hub.actors import Actor
from scheduling import search
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.elsewhere import BusyElsewhere
from scheduling.explaining import explain
from scheduling.external_busy import (
    BusyTime,
    expect_calendar,
    forget_calendar,
    needs_full_reading,
    replace_busy,
)
from scheduling.groups.planning import Plan, plan_classes
from scheduling.holding_time import TimeWanted, hold_time
from scheduling.models import Appointment, ExternalBusy, Service, Staff
from scheduling.search import OpenTime
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, client, location, service, staff
from tests.scheduling.outside import HOME, read
from tests.scheduling.trails import minutes, taken_by

AT = MONDAY_9 - timedelta(days=7)
HOUR = timedelta(hours=1)
MONDAY = MONDAY_9.date()


@pytest.fixture
def haircut(db: None) -> Service:
    return service(duration_minutes=60)


@pytest.fixture
def dina(haircut: Service) -> Staff:
    return staff("Dina Falk", services=[haircut], hours="9–13")


def offered(of: Service, *, at: datetime = AT, day: date = MONDAY) -> list[OpenTime]:
    return search.open_times(of.pk, location_id=location().pk, date=day, at=at)


def starts(of: Service, **options: Any) -> list[str]:
    """Return the offered starts on the clock of Berlin."""
    zone = location().time_zone
    return [f"{time.start_at.astimezone(zone):%H:%M}" for time in offered(of, **options)]


def book(of: Service, with_whom: Staff, start: datetime = MONDAY_9, **options: Any) -> Appointment:
    asked = Booking(client().pk, of.pk, with_whom.pk, start)
    return book_appointment(asked, at=AT, by=options.pop("by", SETUP), **options)


def reasons(of: Service, with_whom: Staff, start: datetime = MONDAY_9) -> list[tuple[str, bool]]:
    found = explain(of.pk, with_whom.pk, start, held=EVERYTHING, at=AT)
    return [(reason.code, reason.is_limit) for reason in found]


def test_what_touches_a_stretch_that_is_busy_outside_is_not_offered(
    dina: Staff, haircut: Service
) -> None:
    read(dina, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]})  # 10–11 in Berlin

    assert starts(haircut) == ["09:00", "11:00", "11:15", "11:30", "11:45", "12:00"]


def test_buffers_hold_against_time_that_is_busy_outside(dina: Staff) -> None:
    spa = service("Spa", duration_minutes=60, buffer_before_minutes=30, buffer_after_minutes=15)
    dina.services.add(spa)
    read(dina, busy={"dentist": [(MONDAY_9 + HOUR, MONDAY_9 + minutes(75))]})  # 11:00–11:15

    assert starts(spa) == ["09:00", "09:15", "09:30", "09:45", "11:45", "12:00"]
    assert reasons(spa, dina, MONDAY_9) == [("busy_elsewhere", True)]


def test_several_calendars_of_one_person_are_busy_together(dina: Staff, haircut: Service) -> None:
    read(dina, busy={"school": [(MONDAY_9 - HOUR, MONDAY_9)]})
    read(dina, busy={"club": [(MONDAY_9 + HOUR, MONDAY_9 + 2 * HOUR)]}, source="work")

    assert starts(haircut) == ["10:00", "12:00"]


def test_a_day_without_a_time_is_busy_from_midnight_to_midnight_where_the_person_belongs(
    haircut: Service,
) -> None:
    place = location(zone="America/New_York")
    night_owl = staff("Jo", services=[haircut], place=place, hours="20–24")
    read(night_owl, busy={"holiday": [(MONDAY, MONDAY + timedelta(days=1))]})

    sunday, tuesday = (MONDAY + timedelta(days=days) for days in (-1, 1))
    assert starts(haircut, day=sunday)[-1] == "23:00"
    assert starts(haircut) == []
    assert starts(haircut, day=tuesday)[0] == "20:00"


def test_a_time_without_a_zone_is_meant_on_the_clock_where_the_person_belongs(
    haircut: Service,
) -> None:
    place = location(zone="America/New_York")
    jo = staff("Jo", services=[haircut], place=place, hours="9–12")
    wall = datetime(2027, 3, 1, 10, 0)  # noqa: DTZ001
    read(jo, busy={"standup": [(wall, wall + HOUR)]})

    assert starts(haircut) == ["09:00", "11:00"]


def test_an_entry_that_was_moved_or_deleted_there_gives_its_time_back(
    dina: Staff, haircut: Service
) -> None:
    read(
        dina,
        busy={"a": [(MONDAY_9, MONDAY_9 + HOUR)], "b": [(MONDAY_9 + HOUR, MONDAY_9 + 2 * HOUR)]},
    )
    assert starts(haircut) == ["09:00", "12:00"]

    replace_busy(HOME, {"a": [BusyTime(MONDAY_9 - HOUR, MONDAY_9)]})
    assert starts(haircut) == ["10:00", "12:00"]

    replace_busy(HOME, {"a": []})
    assert starts(haircut)[0] == "09:00"
    assert ExternalBusy.objects.count() == 1


def test_what_a_full_reading_does_not_list_is_not_there_any_more(
    dina: Staff, haircut: Service
) -> None:
    read(dina, busy={"a": [(MONDAY_9, MONDAY_9 + HOUR)]})
    read(dina, busy={"b": [(MONDAY_9 - HOUR, MONDAY_9)]})

    assert starts(haircut)[0] == "10:00"
    assert ExternalBusy.objects.count() == 1


def test_a_calendar_that_is_not_connected_any_more_keeps_nobody_busy(
    dina: Staff, haircut: Service
) -> None:
    read(dina, busy={"a": [(MONDAY_9 - HOUR, MONDAY_9 + 3 * HOUR)]})
    assert starts(haircut) == []

    forget_calendar(HOME)

    assert len(starts(haircut)) == 13
    assert not ExternalBusy.objects.exists()


def test_time_that_is_busy_outside_is_refused_and_a_manager_may_set_it_aside(
    dina: Staff, haircut: Service
) -> None:
    read(dina, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]})

    with pytest.raises(BusyElsewhere) as refused:
        book(haircut, dina)
    with pytest.raises(AccessDenied):
        book(haircut, dina, by=actor(person("Front desk")), override_reason="She said yes")
    made = book(haircut, dina, by=actor(person("Manager")), override_reason="She said yes")

    assert str(refused.value) == (
        "Dina Falk is busy in an outside calendar: Mon, Mar 1, 10:00 – 11:00."
    )
    assert refused.value.details["reason"] == "busy_elsewhere"
    assert len(taken_by(made)) == 1
    assert reasons(haircut, dina, MONDAY_9 + HOUR) == []


def test_nobody_holds_a_time_that_is_busy_outside(dina: Staff, haircut: Service) -> None:
    read(dina, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]})

    with pytest.raises(BusyElsewhere):
        hold_time(TimeWanted(haircut.pk, dina.pk, MONDAY_9), at=AT, by=Actor.visitor())


def test_no_class_is_planned_for_a_time_that_is_busy_outside(dina: Staff) -> None:
    yoga = service("Yoga", seats=5)
    dina.services.add(yoga)
    read(dina, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]})

    with pytest.raises(BusyElsewhere):
        plan_classes(Plan(yoga.pk, dina.pk), [MONDAY_9], at=AT, by=SETUP)


def test_whoever_is_busy_outside_does_not_take_part_beside(dina: Staff) -> None:
    bridal = service("Bridal", staff_needed=2, duration_minutes=60)
    dina.services.add(bridal)
    jo = staff("Jo", services=[bridal])
    read(jo, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]})

    assert reasons(bridal, dina) == [("no_colleague", False)]
    with_dina = [time for time in offered(bridal) if time.staff_id == dina.pk]
    assert MONDAY_9 not in [time.start_at for time in with_dina]
    assert MONDAY_9 + HOUR in [time.start_at for time in with_dina]


def test_a_visit_that_stands_in_time_that_became_busy_may_stay_and_shrink_but_not_grow(
    dina: Staff, haircut: Service
) -> None:
    made = book(haircut, dina)
    read(dina, busy={"dentist": [(MONDAY_9 + minutes(30), MONDAY_9 + 2 * HOUR)]})

    shorter = reschedule_appointment(
        made.pk, start_at=MONDAY_9, end_at=MONDAY_9 + minutes(45), at=AT, by=SETUP
    )
    assert shorter.end_at == MONDAY_9 + minutes(45)

    with pytest.raises(BusyElsewhere):
        reschedule_appointment(
            made.pk, start_at=MONDAY_9, end_at=MONDAY_9 + minutes(75), at=AT, by=SETUP
        )


def test_whoever_takes_part_beside_stays_too_when_they_became_busy(dina: Staff) -> None:
    bridal = service("Bridal", staff_needed=2, duration_minutes=60)
    dina.services.add(bridal)
    jo = staff("Jo", services=[bridal])
    made = book(bridal, dina)
    read(jo, busy={"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]})
    to: dict[str, Any] = {"at": AT, "by": SETUP}

    shorter = reschedule_appointment(
        made.pk, start_at=MONDAY_9, end_at=MONDAY_9 + minutes(45), **to
    )
    assert shorter.beside == [jo]

    with pytest.raises(BusyElsewhere, match="Jo is busy"):
        reschedule_appointment(made.pk, start_at=MONDAY_9 + minutes(15), **to)


def test_what_is_busy_outside_is_known_by_its_time_alone(dina: Staff) -> None:
    read(dina, busy={"dr-winter-oncology": [(MONDAY_9, MONDAY_9 + HOUR)]})

    row = ExternalBusy.objects.values().get()
    assert "oncology" not in str(row)
    assert row["span"].lower == MONDAY_9.astimezone(UTC)


def test_unknown_people_and_sources_are_left_out(db: None) -> None:
    expect_calendar(HOME, [uuid4()])
    replace_busy("nowhere", {"a": [BusyTime(MONDAY_9, MONDAY_9 + HOUR)]})

    assert not ExternalBusy.objects.exists()
    assert not needs_full_reading(HOME, until=AT)
