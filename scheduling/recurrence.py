"""Rules such as “every 6 weeks on Tuesday, 8 times”: the dates they yield. Pure: no clock.

A rule knows local dates only; a series puts its time of day on each of them (``wall_instant``).
Written as an RRULE of RFC 5545, of which it holds what people choose.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from hub.errors import InvalidInput
from scheduling.local_times import require_day

LONGEST_INTERVAL = 99
MOST_VISITS = 500
YEARS_AHEAD = 10
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SHORTEST_MONTH = 28
DAYS_OF_WEEK = 7


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Monthly(StrEnum):
    """Which day of each month; the first two differ for dates after the 28th only."""

    SAME_DAY = "same_day"
    SAME_OR_LAST_DAY = "same_or_last_day"
    SAME_WEEKDAY = "same_weekday"
    LAST_WEEKDAY = "last_weekday"


_FREQUENCIES = {
    Unit.DAY: ("DAILY", rrule.DAILY),
    Unit.WEEK: ("WEEKLY", rrule.WEEKLY),
    Unit.MONTH: ("MONTHLY", rrule.MONTHLY),
    Unit.YEAR: ("YEARLY", rrule.YEARLY),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """``first_date`` is the first date unless the rule passes it by; then the next one it yields.

    ``weekdays`` (0 is Monday) belong to weeks, ``monthly`` to months. At most one of ``count``
    and ``until`` (a local date, included) is given; with neither the rule has no end.
    """

    unit: Unit
    first_date: date
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    monthly: Monthly = Monthly.SAME_DAY
    count: int | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        """:raises InvalidInput: a value cannot be right; ``field`` names it."""
        require_day(self.first_date, field="first_date")
        if not 1 <= self.interval <= LONGEST_INTERVAL:
            raise InvalidInput(f"Repeat every 1 to {LONGEST_INTERVAL}.", field="interval")
        if not set(self.weekdays) <= set(range(DAYS_OF_WEEK)):
            raise InvalidInput("There are seven days in a week.", field="weekdays")
        if self.count is not None and self.until is not None:
            raise InvalidInput("End it after a number of visits or on a date.", field="count")
        if self.count is not None and not 1 <= self.count <= MOST_VISITS:
            raise InvalidInput(f"Choose 1 to {MOST_VISITS} visits.", field="count")
        if self.until is not None and self.until < self.first_date:
            raise InvalidInput("It would end before it begins.", field="until")
        if self.until is not None and self.until > self._furthest:
            raise InvalidInput(f"Choose a date within {YEARS_AHEAD} years.", field="until")

    def __str__(self) -> str:
        """The RRULE, without its end date: that depends on a time zone and is kept beside it."""
        parts = [f"FREQ={_FREQUENCIES[self.unit][0]}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.unit is Unit.WEEK:
            parts.append(f"BYDAY={','.join(WEEKDAYS[day] for day in self._days)}")
        if self.unit is Unit.MONTH:
            parts += self._monthly_parts()
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)

    def dates(self, *, last: date) -> Iterator[date]:
        """Yield the dates up to ``last``, in order; of a rule without end ten years at most."""
        end = min(last, self.until or last, self._furthest)
        pattern = rrule.rrulestr(
            str(replace(self, count=None)),
            dtstart=datetime.combine(self.first_date, time()),
        ).replace(until=datetime.combine(end, time()))
        yield from (moment.date() for moment in islice(pattern, self.count))

    @property
    def in_words(self) -> str:
        """“every 6 weeks on Tuesday, 8 times”."""
        each, often = str(self.unit), self.interval
        every = f"every {each}" if often == 1 else f"every {often} {each}s"
        if self.unit is Unit.WEEK:
            every += f" on {_listed([f'{_day(day):%A}' for day in self._days])}"
        if self.unit is Unit.MONTH:
            every += f" on the {self._monthly_words}"
        if self.unit is Unit.YEAR:
            every += f" on {self.first_date:%B} {self.first_date.day}"
        if self.count is not None:
            every += f", {self.count} time{'' if self.count == 1 else 's'}"
        if self.until is not None:
            every += f", until {self.until:%B} {self.until.day}, {self.until.year}"
        return every

    @property
    def _furthest(self) -> date:
        first = self.first_date
        return date(first.year + YEARS_AHEAD, first.month, min(first.day, SHORTEST_MONTH))

    @property
    def _days(self) -> tuple[int, ...]:
        return tuple(sorted(set(self.weekdays))) or (self.first_date.weekday(),)

    @property
    def _week_of_month(self) -> int:
        return (self.first_date.day - 1) // DAYS_OF_WEEK + 1

    def _monthly_parts(self) -> list[str]:
        day, weekday = self.first_date.day, WEEKDAYS[self.first_date.weekday()]
        if self.monthly is Monthly.SAME_WEEKDAY:
            return [f"BYDAY={self._week_of_month}{weekday}"]
        if self.monthly is Monthly.LAST_WEEKDAY:
            return [f"BYDAY=-1{weekday}"]
        if self.monthly is Monthly.SAME_OR_LAST_DAY and day > SHORTEST_MONTH:
            days = ",".join(str(each) for each in range(SHORTEST_MONTH, day + 1))
            return [f"BYMONTHDAY={days}", "BYSETPOS=-1"]
        return [f"BYMONTHDAY={day}"]

    @property
    def _monthly_words(self) -> str:
        day, weekday = self.first_date.day, f"{self.first_date:%A}"
        if self.monthly is Monthly.SAME_WEEKDAY:
            return f"{_ORDINALS[self._week_of_month]} {weekday}"
        if self.monthly is Monthly.LAST_WEEKDAY:
            return f"last {weekday}"
        if day > SHORTEST_MONTH and self.monthly is Monthly.SAME_OR_LAST_DAY:
            return f"{_ordinal(day)}, or the last day of a shorter month"
        return f"{_ordinal(day)}" + (", where there is one" if day > SHORTEST_MONTH else "")


def wall_instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the wall clock of ``zone`` shows ``clock`` on ``day``.

    A time that the clocks skip moves forward by the gap; of one that comes twice the first
    counts. Nobody typed it for that day, so nobody can be asked.
    """
    return datetime.combine(day, clock.replace(fold=0), zone).astimezone(UTC)


def is_shifted(day: date, clock: time, zone: ZoneInfo) -> bool:
    """Say whether the clocks skip ``clock`` on ``day``."""
    shown = wall_instant(day, clock, zone).astimezone(zone)
    return shown.replace(tzinfo=None, fold=0) != datetime.combine(day, clock.replace(fold=0))


_ORDINALS = ("", "first", "second", "third", "fourth", "fifth")


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")  # noqa: PLR2004
    return f"{number}{ending}"


def _day(weekday: int) -> date:
    return date(2024, 1, 1) + timedelta(days=weekday)  # a Monday


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
