"""When an entry of a calendar makes its owner busy, on whatever clock and however often."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from time import perf_counter

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar.prop import vRecur

from syncs.connectors.base import Busy
from syncs.connectors.caldav.occupied import busy_times
from syncs.connectors.caldav.recurring import DateRule, UnreadableRule

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ("DTSTART;TZID=Europe/Berlin:20260323T100000", "DTEND;TZID=Europe/Berlin:20260323T110000")


def read(*events: tuple[str, ...], zone: str | None = None) -> list[Busy]:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test"]
    for event in events:
        lines += ["BEGIN:VEVENT", "UID:a@example.org", *event, "END:VEVENT"]
    text = "\r\n".join([*lines, "END:VCALENDAR", ""])
    return busy_times(text, begin=BEGIN, end=END, floating_zone=zone)


def utc(day: int, hour: int, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_an_entry_takes_its_time_as_instants() -> None:
    assert read(BERLIN) == [(utc(23, 9), utc(23, 10))]


def test_a_whole_day_is_kept_as_days_and_has_no_zone() -> None:
    whole = ("DTSTART;VALUE=DATE:20260323", "DTEND;VALUE=DATE:20260325")

    assert read(whole) == [(date(2026, 3, 23), date(2026, 3, 25))]
    assert read(whole[:1]) == [(date(2026, 3, 23), date(2026, 3, 24))]


def test_a_time_without_a_zone_is_wall_time_unless_the_connection_knows_better() -> None:
    floating = ("DTSTART:20260323T100000", "DURATION:PT1H")

    start = datetime(2026, 3, 23, 10)  # noqa: DTZ001
    assert read(floating) == [(start, start + HOUR)]
    assert read(floating, zone="Europe/Berlin") == [(utc(23, 9), utc(23, 10))]


@pytest.mark.parametrize(
    "said", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]
)
def test_what_is_free_or_canceled_takes_no_time(said: str) -> None:
    assert read((*BERLIN, said)) == []


def test_what_is_tentative_takes_its_time() -> None:
    assert read((*BERLIN, "STATUS:TENTATIVE")) == [(utc(23, 9), utc(23, 10))]


def test_a_weekly_entry_keeps_to_its_clock_and_leaves_out_what_it_says() -> None:
    weekly = (
        *BERLIN,
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20260406T100000",
    )

    assert read(weekly) == [
        (utc(23, 9), utc(23, 10)),
        (utc(30, 8), utc(30, 9)),  # summer time
        (utc(13, 8, month=4), utc(13, 9, month=4)),
    ]


def test_one_date_that_was_moved_is_busy_where_it_went_and_one_that_was_canceled_is_not() -> None:
    series = (*BERLIN, "RRULE:FREQ=DAILY;COUNT=3")
    moved = (
        "RECURRENCE-ID;TZID=Europe/Berlin:20260324T100000",
        "DTSTART;TZID=Europe/Berlin:20260324T150000",
        "DTEND;TZID=Europe/Berlin:20260324T160000",
    )
    canceled = ("RECURRENCE-ID:20260325T090000Z", "STATUS:CANCELLED", "DTSTART:20260325T090000Z")

    assert read(series, moved, canceled) == [
        (utc(23, 9), utc(23, 10)),
        (utc(24, 14), utc(24, 15)),
    ]


def test_dates_that_are_listed_one_by_one_are_busy_too() -> None:
    listed = (*BERLIN, "RDATE:20260401T120000Z", "RDATE;VALUE=PERIOD:20260402T120000Z/PT30M")

    assert read(listed)[1:] == [
        (utc(1, 12, month=4), utc(1, 13, month=4)),
        (utc(2, 12, month=4), utc(2, 12, month=4) + HOUR / 2),
    ]


def test_whole_days_come_again_and_end_with_their_last_date() -> None:
    days = (
        "DTSTART;VALUE=DATE:20260302",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,FR;UNTIL=20260309",
        "EXDATE;VALUE=DATE:20260306",
    )

    assert read(days) == [
        (date(2026, 3, 2), date(2026, 3, 3)),
        (date(2026, 3, 9), date(2026, 3, 10)),
    ]


def test_of_a_rule_that_cannot_be_followed_everything_it_could_mean_is_busy() -> None:
    start, end = read((*BERLIN, "RRULE:FREQ=HOURLY"))[-1]

    assert start == utc(23, 9)
    assert end > END


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR", "no calendar", "x" * 300_000])
def test_what_is_no_calendar_takes_no_time(text: str) -> None:
    assert busy_times(text, begin=BEGIN, end=END) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=9",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_rule_that_never_comes_true_costs_no_time(rule: str) -> None:
    began = perf_counter()

    assert read((*BERLIN, f"RRULE:{rule}")) == [(utc(23, 9), utc(23, 10))]
    assert perf_counter() - began < 1


def test_a_rule_that_began_before_there_were_calendars_is_refused() -> None:
    rule = DateRule.of(vRecur.from_ical("FREQ=DAILY"))

    with pytest.raises(UnreadableRule):
        list(rule.dates(date(1, 1, 1), date(2026, 1, 1)))


WEEKDAY = st.sampled_from(["MO", "TU", "SA", "SU"])
EACH = st.lists(WEEKDAY, max_size=3, unique=True)
WHICH = st.sampled_from(["1", "2", "-1", "5"])
SOME = st.lists(st.tuples(WHICH, WEEKDAY).map("".join), max_size=3, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Return rules that come true: of others the library looks for a date for minutes."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    interval = draw(st.integers(1, 4))
    said = [f"FREQ={frequency}", f"INTERVAL={interval}"]
    by_position = frequency == "MONTHLY" and draw(st.booleans())
    only_each = by_position or frequency in {"DAILY", "WEEKLY"}
    days = draw(EACH if only_each else st.one_of(EACH, SOME))
    if days:
        said.append(f"BYDAY={','.join(days)}")
    if frequency in {"MONTHLY", "YEARLY"} and not days and draw(st.booleans()):
        said.append(f"BYMONTHDAY={draw(st.sampled_from(['1', '31', '-1', '10,-3']))}")
    if interval == 1 and draw(st.booleans()):
        said.append(f"BYMONTH={draw(st.sampled_from(['1', '2,3', '6,12']))}")
    if by_position and days:
        said.append(f"BYSETPOS={draw(st.sampled_from(['1', '-1', '2', '1,-1']))}")
    if frequency == "WEEKLY":
        said.append(f"WKST={draw(st.sampled_from(['MO', 'SU']))}")
    return ";".join(said)


@settings(max_examples=300, deadline=None)
@given(rules(), st.dates(date(2019, 1, 1), date(2021, 12, 31)))
def test_a_rule_has_the_dates_that_the_library_finds(rule: str, first: date) -> None:
    last = first + timedelta(days=1500)
    begin = datetime.combine(first, datetime.min.time())
    pattern = rrule.rrulestr(rule, dtstart=begin).replace(
        until=datetime.combine(last, datetime.min.time())
    )

    expected = [moment.date() for moment in islice(pattern, 2000)]

    assert list(DateRule.of(vRecur.from_ical(rule)).dates(first, last)) == expected
