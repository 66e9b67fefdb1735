"""When the owner of a calendar is busy with what one of its objects says. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Event

from syncs.canonical import plain_text, zone_name
from syncs.connectors.base import Busy
from syncs.connectors.caldav.mapping import BROKEN, parsed
from syncs.connectors.caldav.recurring import DateRule

ONE_DAY = timedelta(days=1)
# Further than any two clocks are apart: wall times and whole days are compared with instants.
SOME_DAYS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _First:
    """The first time of an event: what its clock shows, where that clock is, and how long.

    ``zone`` is None for whole days and for times on any clock.
    """

    wall: datetime
    zone: tzinfo | None
    length: timedelta
    is_whole_days: bool

    def at(self, wall: datetime, length: timedelta | None = None) -> Busy:
        """Return the time that begins when the clock shows ``wall``."""
        length = self.length if length is None else length
        if self.is_whole_days:
            return wall.date(), (wall + length).date()
        if self.zone is None:
            return wall, wall + length
        start = wall.replace(tzinfo=self.zone).astimezone(UTC)
        return start, start + length


def busy_times(
    ics: str, *, begin: datetime, end: datetime, floating_zone: str | None = None
) -> list[Busy]:
    """Return when an object makes its owner busy at some moment from ``begin`` to ``end``.

    Nothing where it cannot be read at all. Of a rule that cannot be followed, all that it could
    mean is busy: its event goes on from its first start without a gap.
    """
    try:
        events = parsed(ics).events
    except BROKEN:
        return []
    moved = [event for event in events if "RECURRENCE-ID" in event]
    found: set[Busy] = set()
    for event in events:
        if _is_free(event):
            continue
        try:
            others = () if event in moved else moved
            found.update(_times(event, others, begin, end, floating_zone))
        except BROKEN:
            continue
    return sorted((busy for busy in found if _touches(busy, begin, end)), key=str)


def _is_free(event: Event) -> bool:
    """Whether it takes no time of anybody: canceled, or said to be free."""
    said = {name: plain_text(event.get(name)).upper() for name in ("TRANSP", "STATUS")}
    free = plain_text(event.get("X-MICROSOFT-CDO-BUSYSTATUS")).upper() == "FREE"
    return free or said["TRANSP"] == "TRANSPARENT" or said["STATUS"] == "CANCELLED"


def _times(
    event: Event,
    moved: Sequence[Event],
    begin: datetime,
    end: datetime,
    floating_zone: str | None,
) -> Iterator[Busy]:
    first = _first(event, floating_zone)
    left_out = {
        _key(value, first)
        for value in [
            *_listed(event, "EXDATE"),
            *(one for each in moved for one in _listed(each, "RECURRENCE-ID")),
        ]
    }
    walls = {first.wall}
    for rule in _many(event.get("RRULE")):
        try:
            walls.update(_walls(rule, first, begin, end))
        except BROKEN:
            yield first.at(first.wall, end.replace(tzinfo=None) + SOME_DAYS - first.wall)
    yield from (first.at(wall) for wall in walls if _key(first.at(wall)[0], first) not in left_out)
    for value in _listed(event, "RDATE"):
        start, length = value if isinstance(value, tuple) else (value, first.length)
        if _key(start, first) not in left_out:
            yield _listed_time(start, length, first)


def _first(event: Event, floating_zone: str | None) -> _First:
    start: Any = event.start
    end: Any = event.end
    if not isinstance(start, datetime):
        return _First(datetime.combine(start, time()), None, end - start, is_whole_days=True)
    zone = start.tzinfo
    if zone is None and floating_zone is not None:
        zone = ZoneInfo(zone_name(floating_zone))
    if zone is None:
        return _First(start, None, end.replace(tzinfo=None) - start, is_whole_days=False)
    edges = (edge if edge.tzinfo else edge.replace(tzinfo=zone) for edge in (start, end))
    first, last = (edge.astimezone(UTC) for edge in edges)
    return _First(start.replace(tzinfo=None), zone, last - first, is_whole_days=False)


def _walls(rule: Any, first: _First, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield what the clock shows when it comes again, where that may touch what is asked for."""
    until = next(iter(rule.get("UNTIL", ())), None)
    count = next(iter(rule.get("COUNT", ())), None)
    last = (end + ONE_DAY).date()
    earliest = (begin.replace(tzinfo=None) - SOME_DAYS) - first.length
    dates = DateRule.of(rule).dates(first.wall.date(), last)
    for day in islice(dates, None if count is None else int(count)):
        wall = datetime.combine(day, first.wall.time())
        if until is not None and _is_past(wall, until, first):
            return
        if wall >= earliest:
            yield wall


def _is_past(wall: datetime, until: date, first: _First) -> bool:
    if not isinstance(until, datetime):
        return wall.date() > until
    start = first.at(wall)[0]
    if until.tzinfo is None or not isinstance(start, datetime) or start.tzinfo is None:
        return wall > until.replace(tzinfo=None)
    return start > until


def _listed_time(start: date, length: Any, first: _First) -> Busy:
    """Return a time of RDATE, of which each may have a clock and an end of its own."""
    if not isinstance(start, datetime):
        wall = datetime.combine(start, first.wall.time())
        return first.at(wall)
    if not isinstance(length, timedelta):
        length = length - start
    if start.tzinfo is None:
        return first.at(start, length)
    start = start.astimezone(UTC)
    return start, start + length


def _key(value: Any, first: _First) -> date:
    """Return what tells two starts of an event apart: the instant, the wall time, or the day."""
    if isinstance(value, tuple):
        value = value[0]
    if first.is_whole_days:
        day: date = value.date() if isinstance(value, datetime) else value
        return day
    if not isinstance(value, datetime):
        return first.at(datetime.combine(value, first.wall.time()))[0]
    if value.tzinfo is None:
        return first.at(value)[0]
    return value.astimezone(UTC) if first.zone else value.replace(tzinfo=None)


def _listed(event: Event, name: str) -> Iterator[Any]:
    for value in _many(event.get(name)):
        yield from (one.dt for one in getattr(value, "dts", [value]))


def _many(found: Any) -> list[Any]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _touches(busy: Busy, begin: datetime, end: datetime) -> bool:
    first, last = (_roughly(edge) for edge in busy)
    return first < last and last > begin - SOME_DAYS and first < end + SOME_DAYS


def _roughly(edge: date) -> datetime:
    if not isinstance(edge, datetime):
        edge = datetime.combine(edge, time())
    return edge if edge.tzinfo else edge.replace(tzinfo=UTC)
