"""Pure arithmetic of free time: spans of whole seconds since 1970, no database, no clock.

A *span* is half-open, ``(from, to)``. A *range of starts* is closed: an appointment may start at
either end of it and anywhere between. Only local working hours know a time zone.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from scheduling.hours import Stretch

Span = tuple[int, int]
Starts = tuple[int, int]

GRID_SECONDS = 15 * 60
END = 2**62  # later than anything


@dataclass(frozen=True, slots=True)
class Shape:
    """How long an appointment takes, and its buffers, in seconds."""

    length: int
    before: int = 0
    after: int = 0


def work_on(day: date, hours: Iterable[Stretch], zone: ZoneInfo) -> list[Span]:
    """Return ``hours`` of the local ``day`` as instants, earliest first; touching ones joined.

    An edge that the clocks skip moves forward by the gap; of one that comes twice the first
    counts.
    """
    stretches = ((_instant(day, start, zone), _instant(day, end, zone)) for start, end in hours)
    return joined(stretch for stretch in stretches if stretch[0] < stretch[1])


def work_over(days: Iterable[tuple[date, Iterable[Stretch]]], zone: ZoneInfo) -> list[Span]:
    """Return the hours of several local days as instants; what touches over midnight is joined."""
    return joined(stretch for day, hours in days for stretch in work_on(day, hours, zone))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return ``spans`` sorted, with those that touch or overlap made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """Return what ``taken`` leaves of ``spans``, which must be sorted and without overlaps."""
    result: list[Span] = []
    obstacles = joined(taken)
    for first, end in spans:
        start = first
        for obstacle in obstacles:
            if obstacle[1] <= start:
                continue
            if obstacle[0] >= end:
                break
            if start < obstacle[0]:
                result.append((start, obstacle[0]))
            start = max(start, obstacle[1])
        if start < end:
            result.append((start, end))
    return result


def holds(stretches: Iterable[Span], span: Span) -> bool:
    """Say whether one of ``stretches`` holds the whole ``span``."""
    return any(start <= span[0] and span[1] <= end for start, end in stretches)


def touches(stretches: Iterable[Span], start_at: datetime, end_at: datetime) -> bool:
    """Say whether one of ``stretches`` has some of the time from ``start_at`` to ``end_at``."""
    return any(first < seconds(end_at) and seconds(start_at) < last for first, last in stretches)


def starts_in_gaps(gaps: Iterable[Span], shape: Shape) -> list[Starts]:
    """Return when an appointment may start so that its buffers fit into one of ``gaps``."""
    tail = shape.length + shape.after
    fitting = ((start + shape.before, end - tail) for start, end in gaps)
    return joined(starts for starts in fitting if starts[0] <= starts[1])


def common(one: Sequence[Starts], other: Sequence[Starts]) -> list[Starts]:
    """Return the starts that are in both; each must be sorted and without overlaps."""
    result: list[Starts] = []
    left = right = 0
    while left < len(one) and right < len(other):
        start = max(one[left][0], other[right][0])
        end = min(one[left][1], other[right][1])
        if start <= end:
            result.append((start, end))
        if one[left][1] < other[right][1]:
            left += 1
        else:
            right += 1
    return result


def on_grid(stretch: Span, starts: Iterable[Starts], step: int = GRID_SECONDS) -> Iterator[int]:
    """Yield the starts that lie a whole number of ``step`` after the begin of work."""
    for first, last in starts:
        offset = max(0, first - stretch[0])
        yield from range(stretch[0] + -(-offset // step) * step, last + 1, step)


def starts_at_work(work: Iterable[Span], shape: Shape) -> list[Starts]:
    """Return when an appointment, its buffers aside, may start within one stretch of ``work``."""
    fitting = ((start, end - shape.length) for start, end in work)
    return joined(starts for starts in fitting if starts[0] <= starts[1])


def starts_with(count: int, choices: Iterable[Iterable[Starts]]) -> list[Starts]:
    """Return the starts that at least ``count``, one or more, of ``choices`` allow.

    Each of these must be without overlaps.
    """
    # At one instant, who comes to be free counts before who ceases to be.
    edges = [(start, -1) for of_one in choices for start, _ in of_one]
    edges += [(end, 1) for of_one in choices for _, end in of_one]
    found: list[Starts] = []
    free, since = 0, 0
    for instant, change in sorted(edges):
        before, free = free, free - change
        if before < count <= free:
            since = instant
        elif free < count <= before:
            found.append((since, instant))
    return joined(found)


def free_starts(
    work: Iterable[Span],
    gaps: Iterable[Iterable[Span]],
    shape: Shape,
    *,
    not_before: int,
    also: Iterable[Sequence[Starts]] = (),
) -> list[int]:
    """Return the starts to offer, earliest first.

    ``gaps`` holds for each thing that is needed (a person, a room) the stretches in which one
    unit of it is free; spans of different units may overlap. Only starts in each of ``also``
    are offered.
    """
    possible: list[Starts] | None = None
    for starts in (*(starts_in_gaps(of_one, shape) for of_one in gaps), *also):
        possible = list(starts) if possible is None else common(possible, starts)
    offered: list[int] = []
    for stretch in work:
        wanted = (max(stretch[0], not_before), stretch[1] - shape.length)
        offered += on_grid(stretch, _within(possible or [], wanted))
    return offered


def _within(possible: Sequence[Starts], wanted: Starts) -> Iterator[Starts]:
    """Yield what ``possible``, sorted and without overlaps, has within ``wanted``."""
    first, last = wanted
    for place in range(bisect_left(possible, first, key=itemgetter(1)), len(possible)):
        start, end = possible[place]
        if start > last:
            break
        yield max(start, first), min(end, last)


def seconds(moment: datetime) -> int:
    """Return whole seconds since 1970, cut down."""
    return int(moment.timestamp() // 1)


def moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)


@lru_cache(maxsize=8192)
def _instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return seconds(local.replace(tzinfo=zone))
