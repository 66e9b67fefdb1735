"""Which times follow each other: pure arithmetic, no database, no clock.

A *chain* has one slot of each step, each beginning when the one before is over, or a little later.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from operator import attrgetter
from typing import NamedTuple, TypeAlias
from uuid import UUID


class Slot(NamedTuple):
    """A time at which a step could be, in seconds since 1970, and who leads it.

    ``first`` and ``last`` are the ends of what it takes, its buffers included.
    """

    start: int
    end: int
    who: UUID
    first: int
    last: int


Chain: TypeAlias = tuple[Slot, ...]
# The places of two steps that may not be in each other's buffers, whoever leads them.
Apart: TypeAlias = Collection[tuple[int, int]]


def chains(
    steps: Sequence[Sequence[Slot]], *, longest_wait: int, apart: Apart = ()
) -> list[Chain]:
    """Return one chain for each start of the first step, earliest first.

    Of several it is the one that is over first, then the one with the fewest changes of person.
    Where three steps are so short that the first and the third are in each other's buffers, a
    start that only another chain could have may be missing.
    """
    best: Mapping[Slot, Chain] = {slot: (slot,) for slot in steps[-1]}
    for place in range(len(steps) - 2, -1, -1):
        following = sorted(best, key=attrgetter("start"))
        starts = [slot.start for slot in following]
        must_part = (place, place + 1) in apart
        continued: dict[Slot, Chain] = {}
        for slot in steps[place]:
            begin = bisect_left(starts, slot.end)
            end = bisect_right(starts, slot.end + longest_wait)
            fitting = [
                (slot, *best[after])
                for after in following[begin:end]
                if _may_follow(slot, after, must_part=must_part)
            ]
            if fitting:
                continued[slot] = min(fitting, key=_merit)
        best = continued
    return list(_first_at_each_start(best.values(), apart))


def _may_follow(slot: Slot, after: Slot, *, must_part: bool) -> bool:
    return slot.last <= after.first or not (must_part or slot.who == after.who)


def _merit(chain: Chain) -> tuple[int, int]:
    changes = sum(one.who != after.who for one, after in pairwise(chain))
    return chain[-1].end, changes


def _first_at_each_start(found: Collection[Chain], apart: Apart) -> Iterator[Chain]:
    seen: set[int] = set()
    for chain in sorted(found, key=lambda one: (one[0].start, _merit(one))):
        if chain[0].start not in seen and _is_possible(chain, apart):
            seen.add(chain[0].start)
            yield chain


def _is_possible(chain: Chain, apart: Apart) -> bool:
    return all(
        _may_follow(one, after, must_part=(place, later) in apart)
        for (place, one), (later, after) in combinations(enumerate(chain), 2)
    )
