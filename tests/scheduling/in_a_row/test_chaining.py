"""Which times follow each other, against every combination there is."""

from itertools import pairwise, product
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.in_a_row.chaining import Slot, chains

ANNA, BEN = UUID(int=1), UUID(int=2)
WAIT = 15


def slots(whose: UUID, buffer: int) -> st.SearchStrategy[list[Slot]]:
    made = st.builds(
        lambda start, length: Slot(
            start * 5, start * 5 + length, whose, start * 5 - buffer, start * 5 + length + buffer
        ),
        st.integers(0, 20),
        st.sampled_from([10, 15, 30]),
    )
    return st.lists(made, max_size=5, unique=True)


steps = st.lists(
    st.builds(lambda one, other: one + other, slots(ANNA, 5), slots(BEN, 0)),
    min_size=1,
    max_size=4,
)


def fits(one: Slot, after: Slot) -> bool:
    return one.last <= after.first or one.who != after.who


@given(steps)
def test_every_chain_could_take_place(chosen: list[list[Slot]]) -> None:
    for chain in chains(chosen, longest_wait=WAIT):
        assert [slot in step for slot, step in zip(chain, chosen, strict=True)] == [True] * len(
            chosen
        )
        for place, slot in enumerate(chain[1:]):
            assert chain[place].end <= slot.start <= chain[place].end + WAIT
        assert all(
            fits(one, after) for place, one in enumerate(chain) for after in chain[place + 1 :]
        )


@given(steps.filter(lambda chosen: len(chosen) < 3))
def test_of_two_steps_each_possible_start_is_offered_once_and_ends_first(
    chosen: list[list[Slot]],
) -> None:
    possible = [
        chain
        for chain in product(*chosen)
        if all(
            one.end <= after.start <= one.end + WAIT and fits(one, after)
            for one, after in pairwise(chain)
        )
    ]
    ends: dict[int, int] = {}
    for chain in possible:
        first = chain[0].start
        ends[first] = min(ends.get(first, chain[-1].end), chain[-1].end)

    found = chains(chosen, longest_wait=WAIT)

    assert [(chain[0].start, chain[-1].end) for chain in found] == sorted(ends.items())


def test_whoever_began_goes_on_if_it_is_over_as_early() -> None:
    first = [Slot(0, 30, BEN, 0, 30)]
    second = [Slot(30, 60, ANNA, 30, 60), Slot(30, 60, BEN, 30, 60)]

    (found,) = chains([first, second], longest_wait=WAIT)

    assert [slot.who for slot in found] == [BEN, BEN]


def test_what_shares_a_room_stays_out_of_each_others_buffers() -> None:
    first = [Slot(0, 30, BEN, 0, 40)]
    second = [Slot(30, 60, ANNA, 30, 60), Slot(45, 75, ANNA, 45, 75)]

    (near,) = chains([first, second], longest_wait=WAIT)
    (far,) = chains([first, second], longest_wait=WAIT, apart={(0, 1)})

    assert (near[1].start, far[1].start) == (30, 45)
