"""Local times and instants: nothing is shifted, what is doubtful is asked about."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidInput
from scheduling.local_times import (
    AmbiguousTime,
    NonexistentTime,
    day_bounds,
    instant_of,
    offset_name,
)

BERLIN = ZoneInfo("Europe/Berlin")
local = datetime.fromisoformat
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]


def test_a_local_time_becomes_the_instant_of_its_zone() -> None:
    assert instant_of(local("2027-03-01T10:00"), BERLIN) == datetime(2027, 3, 1, 9, tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_is_refused() -> None:
    with pytest.raises(NonexistentTime) as refusal:
        instant_of(local("2027-03-28T02:30"), BERLIN)

    assert str(refusal.value) == (
        "02:30 does not exist on March 28: the clocks change. Choose another time."
    )
    assert refusal.value.field == "start"


def test_a_time_that_comes_twice_is_asked_about() -> None:
    with pytest.raises(AmbiguousTime) as refusal:
        instant_of(local("2027-10-31T02:30"), BERLIN)

    assert refusal.value.details == {
        "choices": ["2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00"]
    }


def test_each_answer_to_that_question_is_another_instant() -> None:
    first = instant_of(local("2027-10-31T02:30+02:00"), BERLIN)
    second = instant_of(local("2027-10-31T02:30+01:00"), BERLIN)

    assert second - first == timedelta(hours=1)
    assert first == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_an_offset_that_the_zone_does_not_have_is_refused() -> None:
    elsewhere = datetime(2027, 3, 1, 10, 0, tzinfo=timezone(timedelta(hours=5)))

    with pytest.raises(NonexistentTime):
        instant_of(elsewhere, BERLIN)


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_a_year_nobody_books_is_refused_instead_of_overflowing(year: int) -> None:
    with pytest.raises(InvalidInput, match="too far away"):
        instant_of(local(f"{year:04d}-01-01T00:00"), BERLIN)


@given(
    at=st.datetimes(local("2001-01-01T00:00"), local("2099-01-01T00:00"), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_every_instant_survives_being_said_with_its_offset(at: datetime, zone: ZoneInfo) -> None:
    said = datetime.fromisoformat(at.astimezone(zone).isoformat())

    assert instant_of(said, zone) == at


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25), (date(2027, 6, 1), 24)]
)
def test_a_local_day_is_as_long_as_its_clocks_say(day: date, hours: int) -> None:
    begin, end = day_bounds(day, BERLIN)

    assert end - begin == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "name"),
    [("Europe/Berlin", "UTC+1"), ("America/St_Johns", "UTC−3:30"), ("UTC", "UTC+0")],
)
def test_offsets_have_short_names(zone: str, name: str) -> None:
    assert offset_name(datetime(2027, 1, 1, tzinfo=ZoneInfo(zone))) == name
