"""When people work: weeks, special hours, closures, time off, several locations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import history
from hub.access import EVERYTHING
from hub.errors import InvalidInput
from scheduling import search, working
from scheduling.booking import Booking, OutsideWorkingHours, book_appointment
from scheduling.explaining import explain
from scheduling.hours import Hours, Stretch, read_hours
from scheduling.local_times import day_bounds
from scheduling.models import Closure, Location, SpecialHours, Staff, TimeOff
from scheduling.models.hours import WEEKDAYS
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff, works_at

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)
WEEK_BEFORE = MONDAY_9 - timedelta(days=7)
DAYS = [MONDAY + timedelta(days=offset) for offset in range(-1, 3)]


def closed(place: Location, first: date, last: date | None = None, hours: str = "") -> Closure:
    made = Closure(
        location=place,
        first_date=first,
        last_date=last or first,
        hours=read_hours(hours, field="hours"),
        name="Stocktaking",
    )
    return history.create(made, by=SETUP)


def special(person: Staff, day: date, hours: str, place: Location | None = None) -> SpecialHours:
    read = read_hours(hours, field="hours")
    made = SpecialHours(staff=person, location=place or person.location, work_date=day, hours=read)
    return history.create(made, by=SETUP)


def away(person: Staff, start: datetime, end: datetime) -> TimeOff:
    return history.create(TimeOff(staff=person, start_at=start, end_at=end), by=SETUP)


def hours_on(person: Staff, day: date, place: Location | None = None) -> str:
    ((_, hours),) = working.hours_of([person], place or person.location, [day])[person.pk]
    return str(hours)


def local(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, 1, hour, minute, tzinfo=location().time_zone)


def offered(person: Staff, day: date = MONDAY, place: Location | None = None) -> list[str]:
    where = place or person.location
    times = search.open_times(
        service().pk, location_id=where.pk, date=day, staff_id=person.pk, at=WEEK_BEFORE
    )
    return [f"{time.start_at.astimezone(where.time_zone):%H:%M}" for time in times]


def why(person: Staff, start: datetime, place: Location | None = None) -> list[tuple[str, bool]]:
    where = place.pk if place else None
    reasons = explain(
        service().pk, person.pk, start, location_id=where, held=EVERYTHING, at=WEEK_BEFORE
    )
    return [(reason.code, reason.is_limit) for reason in reasons]


def test_a_closure_takes_away_whole_days_or_some_hours_of_them() -> None:
    dina = staff(hours="09:00–17:00")
    closed(location(), MONDAY, MONDAY + timedelta(days=1))
    closed(location(), MONDAY + timedelta(days=2), hours="12:00–18:00")

    shown = [hours_on(dina, MONDAY + timedelta(days=offset)) for offset in range(4)]

    assert shown == ["", "", "09:00–12:00", "09:00–17:00"]


def test_what_is_closed_is_neither_offered_nor_booked_and_says_why() -> None:
    dina = staff()
    closed(location(), MONDAY)

    assert offered(dina) == []
    assert why(dina, MONDAY_9) == [("closed", True)]
    asked = Booking(client().pk, service().pk, dina.pk, MONDAY_9)
    with pytest.raises(OutsideWorkingHours, match="Harbor Street is closed then: Stocktaking"):
        book_appointment(asked, at=WEEK_BEFORE, by=SETUP)
    book_appointment(asked, at=WEEK_BEFORE, by=SETUP, override_reason="She has the key")


def test_a_closure_of_some_hours_is_not_blamed_for_the_night() -> None:
    dina = staff(hours="09:00–17:00")
    closed(location(), MONDAY, hours="12:00–13:00")

    assert why(dina, local(20)) == [("outside_working_hours", True)]
    assert why(dina, local(12, 30)) == [("closed", True)]


def test_special_hours_replace_the_ordinary_ones_of_that_day_only() -> None:
    dina = staff(hours="09:00–17:00")
    special(dina, MONDAY, "12:00–14:00")
    special(dina, MONDAY + timedelta(days=1), "")

    assert [hours_on(dina, day) for day in DAYS] == [
        "09:00–17:00", "12:00–14:00", "", "09:00–17:00",
    ]  # fmt: skip
    assert offered(dina) == ["12:00", "12:15", "12:30", "12:45", "13:00", "13:15"]


def test_special_hours_elsewhere_take_somebody_away_from_here() -> None:
    dina, other = staff(hours="09:00–17:00"), location("Elbe Street")
    special(dina, MONDAY, "09:00–12:00", other)

    assert hours_on(dina, MONDAY) == ""
    assert hours_on(dina, MONDAY, other) == "09:00–12:00"


def test_time_off_is_neither_offered_nor_booked_and_says_no_more_than_that() -> None:
    dina = staff(hours="09:00–12:00")
    away(dina, local(9, 30), local(11))

    assert offered(dina) == ["11:00", "11:15"]
    assert why(dina, local(10)) == [("away", True)]
    with pytest.raises(OutsideWorkingHours, match=r"^Dina Falk is away then\.$"):
        book_appointment(
            Booking(client().pk, service().pk, dina.pk, local(9, 15)), at=WEEK_BEFORE, by=SETUP
        )


def test_work_past_midnight_is_one_stretch() -> None:
    night = service("Night watch", duration_minutes=240)
    sam = staff(services=[night], hours="00:00–06:00, 22:00–24:00")

    made = booked(staff=sam, service=night, start=local(22).astimezone(UTC))

    assert made.end_at == local(22).astimezone(UTC) + timedelta(hours=4)
    times = search.open_times(
        night.pk, location_id=location().pk, date=date(2027, 3, 3), at=WEEK_BEFORE
    )
    assert [f"{time.start_at.astimezone(location().time_zone):%H:%M}" for time in times] == [
        "00:00", "00:15", "00:30", "00:45", "01:00", "01:15", "01:30", "01:45", "02:00",
        "22:00", "22:15", "22:30", "22:45", "23:00", "23:15", "23:30", "23:45",
    ]  # fmt: skip


def test_somebody_works_at_two_locations_each_on_its_own_clock() -> None:
    dina, far = staff(hours="09:00–10:00"), location("Bondi Road", zone="Australia/Sydney")
    works_at(dina, far, "13:00–14:00")

    assert offered(dina) == ["09:00", "09:15"]
    assert offered(dina, place=far) == ["13:00", "13:15"]


def test_a_booking_elsewhere_is_at_that_location_and_takes_the_person_everywhere() -> None:
    dina, other = staff(hours="06:00–22:00"), location("Elbe Street")
    works_at(dina, other, "06:00–22:00")
    asked = Booking(client().pk, service().pk, dina.pk, MONDAY_9, location_id=other.pk)

    made = book_appointment(asked, at=WEEK_BEFORE, by=SETUP)

    assert made.location == other
    assert why(dina, MONDAY_9) == [("taken", False)]


def test_nobody_is_booked_where_they_do_not_work() -> None:
    other = location("Elbe Street")
    asked = Booking(client().pk, service().pk, staff().pk, MONDAY_9, location_id=other.pk)

    with pytest.raises(InvalidInput, match="Dina Falk does not work at this location"):
        book_appointment(asked, at=WEEK_BEFORE, by=SETUP)


def test_all_people_and_days_cost_two_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    people = [staff(), staff("Jo"), staff("Kim")]
    place = location()

    with django_assert_num_queries(2):
        working.work_of(people, place, [MONDAY + timedelta(days=offset) for offset in range(60)])


@dataclass(frozen=True)
class Plan:
    """``dated`` and ``closing`` are about ``day``, ``gone`` in minutes after its midnight."""

    zone: str
    day: date
    weekly: Sequence[Sequence[Stretch]]
    dated: Sequence[Stretch] | None
    closing: Sequence[Stretch] | None
    gone: Sequence[tuple[int, int]]

    def works(self, wall: datetime) -> bool:
        minute = wall.hour * 60 + wall.minute
        hours = self.weekly[wall.weekday()]
        if wall.date() == self.day:
            hours = hours if self.dated is None else self.dated
            shut = [] if self.closing is None else self.closing or [(0, 1440)]
            if any(start <= minute < end for start, end in shut):
                return False
        return any(start <= minute < end for start, end in hours)


# Edges lie outside of the hours that the clocks change; examples pin those (test_availability).
edges = st.sampled_from([*range(0, 60, 15), *range(240, 1455, 15)])
quarter = st.tuples(edges, edges).filter(lambda pair: pair[0] < pair[1])
some_hours = st.lists(quarter, max_size=3)
plans = st.builds(
    Plan,
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    day=st.sampled_from([date(2027, 3, 28), date(2027, 3, 14), date(2027, 4, 4), MONDAY]),
    weekly=st.lists(some_hours, min_size=7, max_size=7),
    dated=st.none() | some_hours,
    closing=st.none() | some_hours,
    gone=st.lists(st.tuples(st.integers(-600, 3000), st.integers(1, 900)), max_size=2),
)


@settings(max_examples=40, deadline=None)
@given(plans)
def test_work_equals_what_a_minute_by_minute_look_finds(plan: Plan) -> None:
    with transaction.atomic():
        _compare(plan)
        transaction.set_rollback(True)


def _compare(plan: Plan) -> None:
    place = location("Here", zone=plan.zone)
    dina = staff(place=place, hours="")
    weekly = [Hours(hours) for hours in plan.weekly]
    dina.working_hours.update(**dict(zip(WEEKDAYS, weekly, strict=True)))
    if plan.dated is not None:
        special(dina, plan.day, str(Hours(plan.dated)))
    if plan.closing is not None:
        closed(place, plan.day, hours=str(Hours(plan.closing)))
    begin, _ = day_bounds(plan.day, place.time_zone)
    absences = [
        away(dina, begin + minutes(start), begin + minutes(start + length))
        for start, length in plan.gone
    ]
    dates = [plan.day + timedelta(days=offset) for offset in (-1, 0, 1)]

    found = working.work_of([dina], place, dates)[dina.pk]

    first, last = (
        day_bounds(dates[0], place.time_zone)[0],
        day_bounds(dates[2], place.time_zone)[1],
    )
    every = [first + minutes(count) for count in range((last - first) // minutes(1))]
    naive = {
        int(at.timestamp())
        for at in every
        if plan.works(at.astimezone(place.time_zone))
        and not any(absence.start_at <= at < absence.end_at for absence in absences)
    }
    assert {at for start, end in found for at in range(start, end, 60)} == naive


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_who_is_asked_for_by_id_needs_no_row() -> None:
    dina = staff(hours="09:00–17:00")

    asked: list[Staff | UUID] = [dina.pk]

    assert [str(hours) for _, hours in working.hours_of(asked, location(), [MONDAY])[dina.pk]] == [
        "09:00–17:00"
    ]
