"""The dates of a rule, and the wall clock on them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import InvalidInput
from scheduling.recurrence import Monthly, Rule, Unit, is_shifted, wall_instant

TUESDAY = date(2026, 3, 3)
LAST_OF_JANUARY = date(2026, 1, 31)
LATER = date(2036, 1, 1)
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
)


def dates(rule: Rule, last: date = LATER) -> list[str]:
    return [f"{day:%m-%d}" for day in rule.dates(last=last)]


def test_every_six_weeks_on_tuesday_eight_times() -> None:
    rule = Rule(Unit.WEEK, TUESDAY, interval=6, count=8)

    found = list(rule.dates(last=LATER))

    assert rule.in_words == "every 6 weeks on Tuesday, 8 times"
    assert str(rule) == "FREQ=WEEKLY;INTERVAL=6;BYDAY=TU;COUNT=8"
    assert len(found) == 8
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(weeks=6)}


def test_a_first_date_that_the_rule_passes_by_is_no_visit() -> None:
    rule = Rule(Unit.WEEK, TUESDAY, weekdays=(3, 0), count=3)

    assert rule.in_words == "every week on Monday and Thursday, 3 times"
    assert dates(rule) == ["03-05", "03-09", "03-12"]


@pytest.mark.parametrize(
    ("monthly", "expected", "words"),
    [
        (Monthly.SAME_DAY, ["01-31", "03-31", "05-31"], "31st, where there is one"),
        (
            Monthly.SAME_OR_LAST_DAY,
            ["01-31", "02-28", "03-31"],
            "31st, or the last day of a shorter month",
        ),
        (Monthly.SAME_WEEKDAY, ["01-31", "05-30", "08-29"], "fifth Saturday"),
        (Monthly.LAST_WEEKDAY, ["01-31", "02-28", "03-28"], "last Saturday"),
    ],
)
def test_the_ends_of_months(monthly: Monthly, expected: list[str], words: str) -> None:
    rule = Rule(Unit.MONTH, LAST_OF_JANUARY, monthly=monthly, count=3)

    assert dates(rule) == expected
    assert rule.in_words == f"every month on the {words}, 3 times"


def test_the_29th_of_february_comes_every_four_years() -> None:
    rule = Rule(Unit.YEAR, date(2028, 2, 29), count=3)

    assert [day.year for day in rule.dates(last=date(2060, 1, 1))] == [2028, 2032, 2036]


def test_until_is_included_and_shown() -> None:
    rule = Rule(Unit.DAY, TUESDAY, interval=2, until=date(2026, 3, 7))

    assert dates(rule) == ["03-03", "03-05", "03-07"]
    assert rule.in_words == "every 2 days, until March 7, 2026"


def test_a_rule_without_end_is_only_followed_as_far_as_asked() -> None:
    assert dates(Rule(Unit.DAY, TUESDAY), last=date(2026, 3, 5)) == ["03-03", "03-04", "03-05"]
    assert dates(Rule(Unit.DAY, TUESDAY), last=date(2026, 3, 2)) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"interval": 0}, "interval"),
        ({"interval": 1_000_000}, "interval"),
        ({"count": 0}, "count"),
        ({"count": 1_000_000}, "count"),
        ({"count": 2, "until": LATER}, "count"),
        ({"until": date(2026, 3, 2)}, "until"),
        ({"until": date(2099, 1, 1)}, "until"),
        ({"weekdays": (7,)}, "weekdays"),
        ({"first_date": date(1999, 12, 31)}, "first_date"),
        ({"first_date": date(9999, 1, 1)}, "first_date"),
    ],
)
def test_a_rule_that_cannot_be_right_names_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Rule(Unit.WEEK, **({"first_date": TUESDAY} | wrong))  # type: ignore[arg-type]

    assert refused.value.field == field


rules = st.builds(
    Rule,
    st.sampled_from(Unit),
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    interval=st.integers(1, 14),
    weekdays=st.sets(st.integers(0, 6)).map(tuple),
    monthly=st.sampled_from(Monthly),
)


def weeks_between(one: date, other: date) -> int:
    """Count calendar weeks, which begin on Monday."""
    first, second = (day - timedelta(days=day.weekday()) for day in (one, other))
    return (second - first).days // 7


def is_day_of_month(rule: Rule, day: date) -> bool:
    first = rule.first_date
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    same_weekday = day.weekday() == first.weekday()
    return {
        Monthly.SAME_DAY: day.day == first.day,
        Monthly.SAME_OR_LAST_DAY: day.day == min(first.day, last.day),
        Monthly.LAST_WEEKDAY: same_weekday and day + timedelta(days=7) > last,
        Monthly.SAME_WEEKDAY: same_weekday and (day.day - 1) // 7 == (first.day - 1) // 7,
    }[rule.monthly]


def follows(rule: Rule, day: date) -> bool:
    """Say by the calendar on the wall whether ``day`` belongs to a rule without end."""
    first = rule.first_date
    years = day.year - first.year
    months = years * 12 + day.month - first.month
    passed, fits = {
        Unit.DAY: ((day - first).days, True),
        Unit.WEEK: (
            weeks_between(first, day),
            day.weekday() in (rule.weekdays or (first.weekday(),)),
        ),
        Unit.MONTH: (months, is_day_of_month(rule, day)),
        Unit.YEAR: (years, (day.month, day.day) == (first.month, first.day)),
    }[rule.unit]
    return day >= first and fits and passed % rule.interval == 0


@given(rules)
def test_ten_years_of_a_rule_are_the_calendar_on_the_wall(rule: Rule) -> None:
    last = rule.first_date.replace(day=min(rule.first_date.day, 28), year=rule.first_date.year + 9)
    days = (rule.first_date + timedelta(days=n) for n in range((last - rule.first_date).days + 1))

    assert list(rule.dates(last=last)) == [day for day in days if follows(rule, day)]


@pytest.mark.parametrize("zone", ZONES)
def test_the_wall_shows_the_same_time_on_every_day_of_ten_years(zone: str) -> None:
    clock, place = time(9), ZoneInfo(zone)
    rule = Rule(Unit.DAY, date(2025, 1, 1))

    for day in rule.dates(last=date(2034, 12, 31)):
        shown = wall_instant(day, clock, place).astimezone(place)
        assert shown.replace(tzinfo=None) == datetime.combine(day, clock)
        assert not is_shifted(day, clock, place)


def test_a_time_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    spring, berlin = date(2026, 3, 29), ZoneInfo("Europe/Berlin")

    assert wall_instant(spring, time(2, 30), berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert is_shifted(spring, time(2, 30), berlin)
    assert not is_shifted(spring - timedelta(days=1), time(2, 30), berlin)


def test_of_a_time_that_comes_twice_the_first_counts() -> None:
    autumn, berlin = date(2026, 10, 25), ZoneInfo("Europe/Berlin")

    assert wall_instant(autumn, time(2, 30), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert not is_shifted(autumn, time(2, 30), berlin)


def test_half_an_hour_of_summer_time_on_lord_howe() -> None:
    gap, island = date(2026, 10, 4), ZoneInfo("Australia/Lord_Howe")

    shown = wall_instant(gap, time(2, 15), island).astimezone(island)

    assert f"{shown:%H:%M}" == "02:45"
    assert is_shifted(gap, time(2, 15), island)
