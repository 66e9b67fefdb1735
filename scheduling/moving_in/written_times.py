"""Dates, times and durations as other systems and people write them."""

import re
from datetime import date, datetime, time, timedelta

from hub.errors import InvalidInput

_DATE = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ ,T]+(.+))?")
_CLOCK = re.compile(
    r"(\d{1,2})(?:[:.h](\d{2})?(?::(\d{2})(?:\.0+)?)?)?\s*([ap])?\.?m?\.?", re.IGNORECASE
)
_HOURS_AND_MINUTES = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_LENGTH = re.compile(
    r"(?:(\d+(?:[.,]\d+)?)\s*(?:h|hr|hrs|hour|hours|std|stunden?))?\s*"
    r"(?:(\d+)\s*(?:m|min|mins|minutes?|minuten)?\.?)?",
    re.IGNORECASE,
)
NOON = 12
LONGEST_TEXT = 60


def read_moment(text: str, *, month_first: bool, field: str) -> date | datetime | time:
    """Return a date, a time, or both; with an offset only where the text has one.

    ``month_first`` decides what 3/4/2027 means.

    :raises InvalidInput: it is none of these.
    """
    written = text.strip()
    try:
        return _iso(written) or _numbered(written, month_first=month_first) or _clock(written)
    except ValueError:
        shown = written[:LONGEST_TEXT]
        raise InvalidInput(
            f"“{shown}” is no time. Write it as 2027-03-14 09:30.", field=field
        ) from None


def read_duration(text: str) -> timedelta:
    """Read 45, “45 min”, “1:30”, “1.5 h”, “1 h 30 min” or PT1H30M.

    :raises InvalidInput: it is none of these.
    """
    written = text.strip().removeprefix("PT")
    if len(written) <= LONGEST_TEXT:
        if found := _HOURS_AND_MINUTES.fullmatch(written):
            return timedelta(hours=int(found[1]), minutes=int(found[2]))
        found = _LENGTH.fullmatch(written)
        if found and (found[1] or found[2]) and len(found[2] or "") < LONGEST_TEXT // 10:
            hours = float((found[1] or "0").replace(",", "."))
            return timedelta(minutes=round(min(hours, 1e5) * 60) + int(found[2] or 0))
    raise InvalidInput(
        f"“{written[:LONGEST_TEXT]}” is no duration. Write it in minutes.", field="duration"
    )


def _iso(text: str) -> date | datetime | None:
    if len(text) > LONGEST_TEXT:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _numbered(text: str, *, month_first: bool) -> date | datetime | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    one, sign, two, year, clock = found.groups()
    day, month = (two, one) if sign == "/" and month_first else (one, two)
    written = date(int(year), int(month), int(day))
    return datetime.combine(written, _clock(clock)) if clock else written


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text.strip())
    if found is None or len(text) > LONGEST_TEXT:
        raise ValueError(text)
    hour, minute, second, half = found.groups()
    number = int(hour)
    if minute is None and half is None:
        raise ValueError(text)
    if half:
        if not 1 <= number <= NOON:
            raise ValueError(text)
        number = number % NOON + (NOON if half.lower() == "p" else 0)
    return time(number, int(minute or 0), int(second or 0))
