"""The arithmetic of free time, by example: edges, buffers, clocks that change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability import (
    Shape,
    Span,
    common,
    free_starts,
    holds,
    joined,
    on_grid,
    starts_in_gaps,
    starts_with,
    work_on,
)

HOUR = 3600
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # Berlin


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def hours_of(stretch: Span) -> float:
    return (stretch[1] - stretch[0]) / HOUR


def test_spans_that_touch_or_overlap_are_one() -> None:
    assert joined([(5, 7), (0, 2), (2, 4), (6, 9)]) == [(0, 4), (5, 9)]


def test_a_stretch_holds_what_lies_within_its_edges() -> None:
    assert holds([(0, 10), (20, 30)], (20, 30))
    assert not holds([(0, 10), (20, 30)], (9, 21))


def test_a_gap_must_hold_the_appointment_and_both_buffers() -> None:
    assert starts_in_gaps([(0, 100)], Shape(40, before=10, after=20)) == [(10, 40)]
    assert starts_in_gaps([(0, 70)], Shape(40, before=10, after=20)) == [(10, 10)]
    assert starts_in_gaps([(0, 69)], Shape(40, before=10, after=20)) == []


@given(
    st.integers(1, 4),
    st.lists(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=4), max_size=5),
)
def test_starts_with_enough_of_many_are_those_that_so_many_allow(
    count: int, drawn: list[list[tuple[int, int]]]
) -> None:
    choices = [joined((start, start + length) for start, length in one) for one in drawn]

    found = starts_with(count, choices)

    for instant in range(-1, 54):
        allowed = sum(any(a <= instant <= b for a, b in one) for one in choices)
        assert any(a <= instant <= b for a, b in found) == (allowed >= count)


def test_starts_common_to_two_needs() -> None:
    assert common([(0, 10), (20, 30)], [(10, 20), (25, 40)]) == [(10, 10), (20, 20), (25, 30)]


def test_the_grid_begins_with_the_work() -> None:
    assert list(on_grid((100, 1000), [(100, 420), (500, 700)], 150)) == [100, 250, 400, 550, 700]


def test_work_is_local_and_its_length_elapses() -> None:
    """Nights in which the clocks change are an hour shorter or longer; in Lord Howe half one."""
    night = [(0, 6 * 60)]

    assert hours_of(work_on(date(2026, 3, 28), night, BERLIN)[0]) == 6
    assert hours_of(work_on(SPRING, night, BERLIN)[0]) == 5
    assert hours_of(work_on(AUTUMN, night, BERLIN)[0]) == 7
    assert hours_of(work_on(date(2026, 10, 4), night, LORD_HOWE)[0]) == 5.5
    assert hours_of(work_on(date(2026, 4, 5), night, LORD_HOWE)[0]) == 6.5


def test_an_edge_that_the_clocks_skip_moves_forward_by_the_gap() -> None:
    begin, end = work_on(SPRING, [(2 * 60 + 30, 10 * 60)], BERLIN)[0]

    assert datetime.fromtimestamp(begin, BERLIN).time() == time(3, 30)
    assert datetime.fromtimestamp(end, BERLIN).time() == time(10)


def test_of_an_edge_that_comes_twice_the_first_counts() -> None:
    assert work_on(AUTUMN, [(2 * 60 + 30, 10 * 60)], BERLIN)[0][0] == utc(2026, 10, 25, 0, 30)
    assert work_on(AUTUMN, [(60, 2 * 60 + 30)], BERLIN)[0][1] == utc(2026, 10, 25, 0, 30)


def test_a_stretch_that_lies_wholly_in_the_skipped_hour_moves_with_it() -> None:
    assert work_on(SPRING, [(2 * 60, 3 * 60)], BERLIN) == []


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([[(0, 10_000)]], [0, 900, 1800]),
        ([[(0, 2_700), (1_800, 10_000)]], [0, 900, 1800]),  # two units, each for a part
        ([[(0, 10_000)], [(900, 10_000)]], [900, 1800]),  # a room that comes free later
        ([[(0, 10_000)], []], []),  # no room at all
    ],
)
def test_starts_are_offered_when_every_need_has_one_free_unit(
    gaps: list[list[Span]], expected: list[int]
) -> None:
    assert free_starts([(0, 3600)], gaps, Shape(1800), not_before=0) == expected


def test_nothing_is_offered_before_the_notice_is_kept() -> None:
    assert free_starts([(0, 3600)], [[(0, 9999)]], Shape(900), not_before=901) == [1800, 2700]
