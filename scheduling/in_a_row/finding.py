"""Find times for several services in a row for one customer.

As with one service, an answer is as of now and promises nothing; booking looks again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from uuid import UUID

from scheduling import search
from scheduling.availability import seconds
from scheduling.in_a_row.chaining import Slot, chains
from scheduling.search import HORIZON_DAYS, OpenTime, Wish

# What somebody waits between two services without going home.
LONGEST_WAIT = timedelta(minutes=15)
DAYS_AT_ONCE = 7


@dataclass(frozen=True, slots=True)
class Step:
    """One service, with one person or anybody."""

    service_id: UUID
    staff_id: UUID | None = None


def rows_on(
    days: Sequence[date],
    steps: Sequence[Step],
    *,
    location_id: UUID,
    at: datetime,
    among: Collection[UUID] | None = None,
) -> list[tuple[OpenTime, ...]]:
    """Return when ``steps`` could follow each other from consecutive local ``days`` on.

    One answer for each start, earliest first, with a time for each step; ``among`` limits who
    leads. Empty when a service, the location or a person is unknown or cannot be booked.
    """
    wishes = [
        search.wish_for(step.service_id, location_id=location_id, staff_id=step.staff_id, at=at)
        for step in steps
    ]
    known = [wish for wish in wishes if wish is not None]
    if len(known) < len(steps) or not known:
        return []
    times = [_times(days, wish, at=at, among=among) for wish in known]
    wait = round(LONGEST_WAIT.total_seconds())
    return [
        tuple(found[slot] for slot, found in zip(chain, times, strict=True))
        for chain in chains(
            [list(found) for found in times], longest_wait=wait, apart=_apart(known)
        )
    ]


def next_rows(
    start_date: date,
    steps: Sequence[Step],
    *,
    location_id: UUID,
    at: datetime,
    among: Collection[UUID] | None = None,
    limit: int = 5,
) -> list[tuple[OpenTime, ...]]:
    """Return the first ``limit`` of ``rows_on`` from ``start_date`` on, within sixty days."""
    found: list[tuple[OpenTime, ...]] = []
    for offset in range(0, HORIZON_DAYS, DAYS_AT_ONCE):
        if len(found) >= limit:
            break
        days = [start_date + timedelta(days=offset + day) for day in range(DAYS_AT_ONCE)]
        found += rows_on(days, steps, location_id=location_id, at=at, among=among)
    return found[:limit]


def _times(
    days: Sequence[date], wish: Wish, *, at: datetime, among: Collection[UUID] | None
) -> dict[Slot, OpenTime]:
    before, after = wish.shape.before, wish.shape.after
    found: dict[Slot, OpenTime] = {}
    for time in search.times_on(days, wish, at=at):
        if among is None or time.staff_id in among:
            start, end = seconds(time.start_at), seconds(time.end_at)
            found[Slot(start, end, time.staff_id, start - before, end + after)] = time
    return found


def _apart(wishes: Sequence[Wish]) -> set[tuple[int, int]]:
    """Return which steps could want the same room, or take a colleague who leads another one."""
    return {
        (place, later)
        for (place, one), (later, other) in combinations(enumerate(wishes), 2)
        if one.beside or other.beside or _things(one) & _things(other)
    }


def _things(wish: Wish) -> set[str]:
    return {thing.subject for need in wish.needs for thing in need.candidates}
