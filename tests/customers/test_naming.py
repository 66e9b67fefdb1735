"""How alike two names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.naming import (
    are_clearly_different,
    likeness,
    likeness_of_names,
    may_be_relatives,
)

NAMES = st.text(st.sampled_from("abcdehijnoruy é-"), max_size=12)


@pytest.mark.parametrize(
    ("one", "other", "differ", "may_be_two"),
    [
        ("Claire", "Claire", False, False),
        ("Claire", "Clare", False, False),
        ("Jon", "John", False, False),
        ("Chris", "Kris", False, False),
        ("Stéphane", "Stefane", False, False),
        ("C", "Claire", False, False),
        ("Dan", "Daniel", False, False),
        ("Claire Anne", "Claire", False, False),
        ("", "Claire", False, False),
        ("Cliare", "Claire", False, True),
        ("Lena", "Lea", False, True),
        ("Marina", "Martina", False, True),
        ("Paul", "Paula", True, True),
        ("Mario", "Maria", True, True),
        ("Julia", "Julian", True, True),
        ("Nicola", "Nicolas", True, True),
        ("Luc", "Claire", True, True),
    ],
)
def test_a_given_name_is_another_one(
    one: str, other: str, *, differ: bool, may_be_two: bool
) -> None:
    assert are_clearly_different(one, other) is differ
    assert may_be_relatives(one, other) is may_be_two


@given(NAMES, NAMES)
def test_it_does_not_matter_which_name_comes_first(one: str, other: str) -> None:
    assert are_clearly_different(one, other) == are_clearly_different(other, one)
    assert may_be_relatives(one, other) == may_be_relatives(other, one)
    assert likeness(one, other) == likeness(other, one)


@given(NAMES)
def test_a_name_is_never_another_than_itself(name: str) -> None:
    assert not are_clearly_different(name, name)
    assert not may_be_relatives(name, name)
    assert likeness(name, name) == 1.0


@given(NAMES, NAMES, NAMES, NAMES)
def test_swapped_parts_are_the_same_name(one: str, two: str, three: str, four: str) -> None:
    assert likeness_of_names((one, two), (two, one)) == 1.0
    assert likeness_of_names((one, two), (three, four)) == likeness_of_names(
        (three, four), (one, two)
    )
