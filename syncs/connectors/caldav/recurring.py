"""The dates of a rule of iCalendar, in time that no rule can stretch.

Anybody who sends an invitation can write a rule that never comes true; a library that looks for
its next date until the year 9999 would look for minutes. Here each period up to ``last`` is looked
at once, and whatever says more than dates is refused.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
)
FIRST_YEAR = 1900
MONTHS = 12
DAYS_OF_WEEK = 7
ONE_DAY = timedelta(days=1)
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


class UnreadableRule(ValueError):
    """It says more than dates, or what cannot be."""


@dataclass(frozen=True, slots=True)
class DateRule:
    """``weekdays`` are pairs: which one of its period (0 is each), and the day (0 is Monday)."""

    frequency: str
    interval: int
    week_start: int
    weekdays: Sequence[tuple[int, int]]
    month_days: Sequence[int]
    months: Sequence[int]
    positions: Sequence[int]

    @classmethod
    def of(cls, parts: Mapping[str, Sequence[Any]]) -> "DateRule":
        """:raises UnreadableRule: see there."""
        frequency = str(next(iter(parts.get("FREQ", ())), ""))
        if not {name.upper() for name in parts} <= PARTS or frequency not in _PERIODS:
            raise UnreadableRule(frequency)
        interval = int(next(iter(parts.get("INTERVAL", ())), 1))
        if interval < 1:
            raise UnreadableRule(frequency)
        return cls(
            frequency,
            interval,
            WEEKDAYS.index(str(next(iter(parts.get("WKST", ())), "MO"))),
            [_weekday(str(day)) for day in parts.get("BYDAY", ())],
            [int(day) for day in parts.get("BYMONTHDAY", ())],
            [int(month) for month in parts.get("BYMONTH", ())],
            [int(place) for place in parts.get("BYSETPOS", ())],
        )

    def dates(self, first: date, last: date) -> Iterator[date]:
        """Yield the dates from ``first``, where it begins, to ``last``.

        :raises UnreadableRule: it begins too long ago.
        """
        if first.year < FIRST_YEAR:
            raise UnreadableRule(first)
        for period in _PERIODS[self.frequency](self, first, last):
            days = [day for day in period if self._has(day, first)]
            for day in _placed(days, self.positions):
                if first <= day <= last:
                    yield day

    def _has(self, day: date, first: date) -> bool:
        if self.months and day.month not in self.months:
            return False
        if self.month_days and not {day.day, day.day - _days_in(day) - 1} & {*self.month_days}:
            return False
        if self.weekdays:
            return any(self._is_weekday(day, *wanted) for wanted in self.weekdays)
        return bool(self.month_days) or self._is_like(day, first)

    def _is_weekday(self, day: date, which: int, weekday: int) -> bool:
        if day.weekday() != weekday:
            return False
        if not which or self.frequency in {"DAILY", "WEEKLY"}:
            return True
        place, count = day.day, _days_in(day)
        if self.frequency == "YEARLY" and not self.months:
            begin = date(day.year, 1, 1)
            place, count = (day - begin).days + 1, (date(day.year + 1, 1, 1) - begin).days
        return which in {(place - 1) // DAYS_OF_WEEK + 1, -((count - place) // DAYS_OF_WEEK + 1)}

    def _is_like(self, day: date, first: date) -> bool:
        """Whether ``day`` stands where the first one does, as nothing else is said."""
        if self.frequency == "WEEKLY":
            return day.weekday() == first.weekday()
        if self.frequency == "YEARLY" and not self.months:
            return (day.month, day.day) == (first.month, first.day)
        return self.frequency == "DAILY" or day.day == first.day


Periods = Callable[[DateRule, date, date], Iterator[Sequence[date]]]


def _days(rule: DateRule, first: date, last: date) -> Iterator[Sequence[date]]:
    for offset in range(0, (last - first).days + 1, rule.interval):
        yield [first + timedelta(days=offset)]


def _weeks(rule: DateRule, first: date, last: date) -> Iterator[Sequence[date]]:
    monday = first - timedelta(days=(first.weekday() - rule.week_start) % DAYS_OF_WEEK)
    for offset in range(0, (last - monday).days + 1, DAYS_OF_WEEK * rule.interval):
        yield _stretch(monday + timedelta(days=offset), DAYS_OF_WEEK)


def _months(rule: DateRule, first: date, last: date) -> Iterator[Sequence[date]]:
    begin = first.year * MONTHS + first.month - 1
    for month in range(begin, last.year * MONTHS + last.month, rule.interval):
        day = date(month // MONTHS, month % MONTHS + 1, 1)
        yield _stretch(day, _days_in(day))


def _years(rule: DateRule, first: date, last: date) -> Iterator[Sequence[date]]:
    for year in range(first.year, last.year + 1, rule.interval):
        begin = date(year, 1, 1)
        yield _stretch(begin, (date(year + 1, 1, 1) - begin).days)


_PERIODS: Mapping[str, Periods] = {
    "DAILY": _days,
    "WEEKLY": _weeks,
    "MONTHLY": _months,
    "YEARLY": _years,
}


def _stretch(begin: date, count: int) -> Sequence[date]:
    return [begin + timedelta(days=offset) for offset in range(count)]


def _placed(days: Sequence[date], positions: Sequence[int]) -> Sequence[date]:
    if not positions:
        return days
    chosen = {place - 1 if place > 0 else len(days) + place for place in positions}
    return [day for place, day in enumerate(days) if place in chosen]


def _days_in(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _weekday(text: str) -> tuple[int, int]:
    found = _DAY.fullmatch(text.upper())
    if found is None:
        raise UnreadableRule(text)
    return int(found[1] or 0), WEEKDAYS.index(found[2])
