"""Events that repeat: a series of ours where one has the same dates, else the dates themselves."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from hub.errors import InvalidInput
from hub.notifications.models import Notification
from scheduling.local_times import day_bounds
from scheduling.models import Appointment, MovedIn, Series
from scheduling.moving_in.recurring import MOST_AT_ONCE, repeats_of
from scheduling.moving_in.stated import Repetition
from scheduling.recurrence import Monthly, Rule, Unit
from tests.factories.scheduling import booked, client, service
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.moving_in.files import (
    NOW,
    calendar,
    checked,
    event,
    moved_in,
    outcomes,
    run,
    salon,
    told,
)

BERLIN = ZoneInfo("Europe/Berlin")
TEN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Berlin
WEEK = timedelta(days=7)


def starts() -> list[str]:
    found = Appointment.objects.order_by("start_at")
    return [f"{one.start_at.astimezone(BERLIN):%m-%d %H:%M}" for one in found]


@pytest.mark.django_db
def test_a_rule_that_ours_can_say_becomes_a_series() -> None:
    service(horizon_days=365)
    rule = "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4"
    foreseen = checked(calendar(event("u1", rule)))
    reasons = ["A series: every 2 weeks on Monday, 4 times."]
    assert told(foreseen) == [(1, "booked", reasons)]
    assert not Series.objects.exists()

    done = run(foreseen)

    assert told(done) == [(1, "booked", reasons)]
    found = Series.objects.get()
    assert (found.rule.unit, found.rule.interval, found.rule.count) == (Unit.WEEK, 2, 4)
    assert starts() == ["03-01 10:00", "03-15 10:00", "03-29 10:00", "04-12 10:00"]
    assert found.customer.name == "Mara Winter"
    assert overlaps() == inconsistencies() == []


@pytest.mark.django_db
def test_nobody_is_told_of_a_series_that_was_moved_in_but_reminded_of_its_visits() -> None:
    client(email="mara@winter.example")

    moved_in(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=3")))

    assert set(Notification.objects.values_list("kind", flat=True)) == {"appointment_reminder"}


@pytest.mark.django_db
def test_a_series_comes_in_once() -> None:
    file = calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=3"))
    moved_in(file)

    again = moved_in(file)

    assert outcomes(again) == ["known"]
    assert (Series.objects.count(), Appointment.objects.count()) == (1, 3)
    assert told(again)[0][2][0].startswith("S-")


@pytest.mark.django_db
def test_of_a_series_that_runs_the_dates_to_come_come_in() -> None:
    long_ago = "DTSTART;TZID=Europe/Berlin:20270104T100000"

    moved_in(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=10", start=long_ago)))

    assert starts() == ["03-01 10:00", "03-08 10:00"]
    assert Series.objects.get().rule.count == 2


@pytest.mark.django_db
def test_dates_that_are_left_out_there_are_left_out_here() -> None:
    lines = ["RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Berlin:20270308T100000"]

    moved_in(calendar(event("u1", *lines, "EXDATE:20270315T090000Z")))

    assert starts() == ["03-01 10:00", "03-22 10:00"]
    assert sorted(Series.objects.get().left_out) == ["2027-03-08", "2027-03-15"]


@pytest.mark.django_db
@pytest.mark.parametrize("is_first", [True, False])
def test_a_moved_visit_stands_at_its_new_time_and_comes_in_once(is_first: bool) -> None:  # noqa: FBT001
    series = event("u1", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = event(
        "u1",
        "RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000",
        start="DTSTART;TZID=Europe/Berlin:20270309T150000",
    )
    file = calendar(*([moved, series] if is_first else [series, moved]))

    assert outcomes(moved_in(file)) == ["booked", "booked"]
    assert outcomes(moved_in(file)) == ["known", "known"]
    assert starts() == ["03-01 10:00", "03-09 15:00", "03-15 10:00"]


@pytest.mark.django_db
def test_a_visit_that_was_moved_there_later_is_not_booked_beside_ours() -> None:
    series = event("u1", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved_in(calendar(series))
    later = event(
        "u1",
        "RECURRENCE-ID;TZID=Europe/Berlin:20270308T100000",
        start="DTSTART;TZID=Europe/Berlin:20270309T150000",
    )

    assert outcomes(moved_in(calendar(series, later))) == ["known", "known"]
    assert Appointment.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "start", "expected"),
    [
        (["RRULE:FREQ=WEEKLY;COUNT=2", "DURATION:PT2H"], "", ["03-01 10:00", "03-08 10:00"]),
        (["RRULE:FREQ=MONTHLY;COUNT=2;BYDAY=2TU,1WE"], "", ["03-03 10:00", "03-09 10:00"]),
        (
            ["RRULE:FREQ=WEEKLY;UNTIL=20270406T080000Z"],
            "DTSTART:20270322T090000Z",
            ["03-22 10:00", "03-29 11:00", "04-05 11:00"],
        ),
    ],
    ids=["another length", "another rule", "another clock"],
)
def test_what_no_series_can_say_comes_in_date_by_date(
    lines: list[str], start: str, expected: list[str]
) -> None:
    file = calendar(
        event("u1", *lines, start=start or "DTSTART;TZID=Europe/Berlin:20270301T100000")
    )
    foreseen = told(checked(file))

    done = moved_in(file)

    assert told(done) == foreseen
    assert f"{len(expected)} dates, one by one" in told(done)[0][2][0]
    assert (starts(), Series.objects.count()) == (expected, 0)
    assert outcomes(moved_in(file)) == ["known"]
    assert MovedIn.objects.count() == len(expected)


@pytest.mark.django_db
def test_a_newer_file_brings_the_dates_that_came_into_reach() -> None:
    file = calendar(event("u1", "RRULE:FREQ=DAILY", "DURATION:PT30M"))
    first = moved_in(file)
    later = moved_in(file, at=NOW + timedelta(days=30))

    assert "60 dates, one by one" in told(first)[0][2][0]
    assert outcomes(later) == ["booked"]
    assert Appointment.objects.count() > MOST_AT_ONCE
    assert len(starts()) == len(set(starts()))
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_without_reminders_dates_come_in_one_by_one() -> None:
    done = moved_in(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=2")), with_reminders=False)

    assert outcomes(done) == ["booked"]
    assert list(Appointment.objects.values_list("reminder_minutes", flat=True)) == [0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("length", ["DURATION:PT45M", "DURATION:PT50M"])
def test_a_series_that_does_not_fit_is_refused_whole_and_every_date_is_named(length: str) -> None:
    _, _, dina = salon()
    booked(client("Ben Kraus"), staff=dina, start=TEN + WEEK)
    foreseen = checked(calendar(event("u1", "RRULE:FREQ=WEEKLY;COUNT=3", length)))
    before = told(foreseen)

    done = run(foreseen)

    reason = "Mon, Mar 8, 10:00: Dina Falk is booked 10:00 – 10:45."
    assert told(done) == before == [(1, "conflict", [reason])]
    assert (Appointment.objects.count(), Series.objects.count()) == (1, 0)
    assert Customer.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["RRULE:FREQ=SECONDLY"], "in a way that appointments do not"),
        (["RRULE:FREQ=DAILY;INTERVAL=0"], "in a way that appointments do not"),
        (["RRULE:FREQ=DAILY;BYHOUR=1,2,3"], "in a way that appointments do not"),
        (["RRULE:FREQ=DAILY;COUNT=99999999999"], "in a way that appointments do not"),
        (["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"], "All its dates are over"),
        (["RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z"], "All its dates are over"),
        (["RRULE:FREQ=WEEKLY", "STATUS:CANCELLED"], "All of this series is canceled"),
        (["RRULE:FREQ=WEEKLY", "RRULE:FREQ=DAILY"], "listed dates"),
        (["RDATE:20270301T090000Z,20270302T090000Z"], "listed dates"),
        (["RRULE:FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 5000)], "in a way that"),
        (["RRULE:nonsense"], ""),
    ],
)
def test_a_rule_that_cannot_be_followed_is_told_and_stops_nobody(
    lines: list[str], reason: str
) -> None:
    good = event("good", start="DTSTART;TZID=Europe/Berlin:20270308T100000")

    done = moved_in(calendar(event("bad", *lines), good))

    assert outcomes(done) == ["rejected", "booked"]
    assert reason in " ".join(told(done)[0][2])


RULES = st.builds(
    Rule,
    unit=st.sampled_from(Unit),
    first_date=st.dates(date(2027, 1, 1), date(2028, 12, 31)),
    interval=st.integers(1, 4),
    weekdays=st.sets(st.integers(0, 6), max_size=3).map(lambda days: tuple(sorted(days))),
    monthly=st.sampled_from(Monthly),
    count=st.none() | st.integers(1, 40),
)


@settings(deadline=None)
@given(rule=RULES, days_later=st.integers(0, 400))
def test_every_rule_of_ours_is_known_again_from_any_day_on(rule: Rule, days_later: int) -> None:
    every = list(rule.dates(last=date(2045, 1, 1)))
    assume(every and (rule.count is None or len(every) == rule.count))
    first = every[0]
    at = day_bounds(first + timedelta(days=days_later), BERLIN)[0]
    wall = datetime(first.year, first.month, first.day, 10, 0)  # noqa: DTZ001  (a wall clock)
    last = (at + timedelta(days=3 * 366)).date()
    expected = [day for day in rule.dates(last=last) if day >= at.astimezone(BERLIN).date()]
    try:
        found = repeats_of(Repetition(str(rule), frozenset()), wall, BERLIN, BERLIN, at=at)
    except InvalidInput:
        assert expected == []
        return

    assert found.rule is not None
    assert list(found.rule.dates(last=last)) == expected
    assert found.starts[0].astimezone(BERLIN).date() == expected[0]
