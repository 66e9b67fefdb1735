"""Hours of a local day, as people write them: “09:00–12:30, 13:30–18:00”.

A stretch is half-open, in minutes since midnight on the clock of a location; 1440 is the end of
the day. What goes past midnight is written on both days.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from hub.errors import InvalidInput

Stretch = tuple[int, int]
DAY_MINUTES = 24 * 60
MOST_STRETCHES = 8
DASH = "–"


class Hours:
    """Stretches in order that neither touch nor overlap; equal ones compare equal.

    :raises ValueError: a stretch is empty, or not within one day.
    """

    __slots__ = ("_stretches",)

    def __init__(self, stretches: Iterable[Stretch] = ()) -> None:
        joined: list[Stretch] = []
        for start, end in sorted(stretches):
            if not 0 <= start < end <= DAY_MINUTES:
                raise ValueError(f"{start} to {end} is no stretch of a day.")
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        self._stretches = tuple(joined)

    def __iter__(self) -> Iterator[Stretch]:
        return iter(self._stretches)

    def __len__(self) -> int:
        return len(self._stretches)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hours) and self._stretches == other._stretches

    def __hash__(self) -> int:
        return hash(self._stretches)

    def __str__(self) -> str:
        return ", ".join(f"{clock(start)}{DASH}{clock(end)}" for start, end in self)

    def __repr__(self) -> str:
        return f"Hours({str(self)!r})"


CLOSED: Final = Hours()


def clock(minutes: int) -> str:
    """Return “09:05” for 545 minutes since midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def read_hours(text: str, *, field: str) -> Hours:
    """Read hours as people type them: “9-12:30, 13.30 – 18”, “9am-5pm”; nothing means none.

    :raises InvalidInput: it cannot be read, ends before it starts, or overlaps itself.
    """
    parts = [part.strip() for part in re.split(r"[,;]| and ", text) if part.strip()]
    if len(parts) > MOST_STRETCHES:
        raise InvalidInput(f"At most {MOST_STRETCHES} stretches a day, please.", field=field)
    stretches = sorted(_stretch(part, field) for part in parts)
    for (_, end), (start, _) in pairwise(stretches):
        if start < end:
            raise InvalidInput(f"These hours overlap at {clock(start)}.", field=field)
    return Hours(stretches)


def _stretch(text: str, field: str) -> Stretch:
    found = _STRETCH.fullmatch(text.lower())
    if found is None:
        raise InvalidInput(f"“{text[:40]}” is not like 09:00–17:30.", field=field)
    start, end = _minutes(*found.group(1, 2, 3)), _minutes(*found.group(4, 5, 6))
    if found[6] and not found[3]:  # “2-5pm” means the afternoon, “9-5pm” the whole day
        same = _minutes(found[1], found[2], found[6])
        start = same if same is not None and end is not None and same < end else start
    if start is None or end is None:
        raise InvalidInput(f"“{text[:40]}” names a time that no day has.", field=field)
    if end == 0:
        end = DAY_MINUTES
    if end <= start:
        raise InvalidInput(
            f"“{text[:40]}” ends before it starts. What goes past midnight is written on both"
            " days: 22:00–24:00, and 00:00–06:00 on the next.",
            field=field,
        )
    return start, end


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    hours, minutes = int(hour), int(minute or 0)
    if half and not 1 <= hours <= HALF_DAY_HOURS:
        return None
    if half:
        hours = hours % HALF_DAY_HOURS + (HALF_DAY_HOURS if half == "pm" else 0)
    total = hours * 60 + minutes
    return total if minutes < MINUTES_OF_HOUR and total <= DAY_MINUTES else None


HALF_DAY_HOURS = 12
MINUTES_OF_HOUR = 60
_TIME = r"(\d{1,2})(?:[:.h](\d{2}))?h?\s*(am|pm)?"
_STRETCH = re.compile(rf"{_TIME}\s*(?:-|–|—|to|until)\s*{_TIME}", re.ASCII)
