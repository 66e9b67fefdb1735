"""Free time against the naive way: try every minute, look at the wall clock, compare all pairs."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import Shape, Span, free_starts, work_on
from scheduling.hours import Stretch

# A plain day, and both changes of the clocks where there are any.
DAYS = [
    (zone, day)
    for zone, days in {
        "Europe/Berlin": ("2026-01-15", "2026-03-29", "2026-10-25"),
        "America/New_York": ("2026-01-15", "2026-03-08", "2026-11-01"),
        "Asia/Kolkata": ("2026-01-15", "2026-03-29"),
        "Australia/Lord_Howe": ("2026-01-15", "2026-04-05", "2026-10-04"),
    }.items()
    for day in days
]
# Edges of work lie outside of the hours that change; examples pin those.
EDGES = [hour * 60 + minute for hour in (0, 4, 5, 6, 8, 9) for minute in (0, 10, 45)]
MINUTE = 60
HALF_DAY = 12 * 60


@st.composite
def working_hours(draw: st.DrawFn) -> list[Stretch]:
    edges = sorted(draw(st.sets(st.sampled_from(EDGES), min_size=2, max_size=6)))
    return list(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def busy_units(draw: st.DrawFn) -> list[list[tuple[int, int]]]:
    """Return for each unit its blocks as (minute of the day, length)."""
    block = st.tuples(st.integers(-30, HALF_DAY), st.integers(1, 180))
    return draw(st.lists(st.lists(block, max_size=5), min_size=1, max_size=3))


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(DAYS),
    working_hours(),
    st.lists(busy_units(), min_size=1, max_size=2),
    st.tuples(st.integers(5, 150), st.integers(0, 40), st.integers(0, 40)),
    st.integers(-60, HALF_DAY),
)
def test_the_same_starts_are_offered_as_by_the_naive_way(
    where: tuple[str, str],
    hours: list[Stretch],
    needs: list[list[list[tuple[int, int]]]],
    lengths: tuple[int, int, int],
    not_before: int,
) -> None:
    zone, day = ZoneInfo(where[0]), date.fromisoformat(where[1])
    midnight = int(datetime.combine(day, time(), tzinfo=zone).timestamp())
    shape = Shape(*(length * MINUTE for length in lengths))
    blocks = [[_spans(unit, midnight) for unit in units] for units in needs]
    earliest = midnight + not_before * MINUTE

    offered = free_starts(
        work_on(day, hours, zone),
        [[gap for unit in units for gap in _gaps(unit, midnight)] for units in blocks],
        shape,
        not_before=earliest,
    )

    assert offered == list(_naive(day, hours, zone, blocks, shape, earliest))


def _naive(
    day: date,
    hours: Sequence[Stretch],
    zone: ZoneInfo,
    needs: Sequence[Sequence[Sequence[Span]]],
    shape: Shape,
    not_before: int,
) -> list[int]:
    first = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    minutes = [first + timedelta(minutes=count) for count in range(26 * 60)]
    at_work = [_works(minute.astimezone(zone), day, hours) for minute in minutes]
    found, worked = [], 0
    for position, minute in enumerate(minutes):
        length = shape.length // MINUTE
        if at_work[position] and worked % 15 == 0 and all(at_work[position : position + length]):
            start = int(minute.timestamp())
            if start >= not_before and all(_fits(units, start, shape) for units in needs):
                found.append(start)
        worked = worked + 1 if at_work[position] else 0
    return found


def _works(local: datetime, day: date, hours: Sequence[Stretch]) -> bool:
    minutes = local.hour * 60 + local.minute
    return local.date() == day and any(start <= minutes < end for start, end in hours)


def _fits(units: Sequence[Sequence[Span]], start: int, shape: Shape) -> bool:
    block = (start - shape.before, start + shape.length + shape.after)
    return any(all(b[1] <= block[0] or block[1] <= b[0] for b in busy) for busy in units)


def _spans(unit: Sequence[tuple[int, int]], midnight: int) -> list[Span]:
    return [
        (midnight + start * MINUTE, midnight + (start + length) * MINUTE) for start, length in unit
    ]


def _gaps(busy: Sequence[Span], midnight: int) -> list[Span]:
    """Return what is left of two days around ``midnight``, minute by minute."""
    gaps: list[Span] = []
    for minute in range(midnight - HALF_DAY * MINUTE, midnight + 3 * HALF_DAY * MINUTE, MINUTE):
        if not any(start <= minute < end for start, end in busy):
            if gaps and gaps[-1][1] == minute:
                gaps[-1] = (gaps[-1][0], minute + MINUTE)
            else:
                gaps.append((minute, minute + MINUTE))
    return gaps
