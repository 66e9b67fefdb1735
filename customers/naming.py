"""How alike two names of people are. Pure: no database, no clock; every answer is symmetric."""

import re
from difflib import SequenceMatcher

from customers.normalizing import fold

LIKE_THE_SAME_NAME = 0.75
SHORT_FORM_LETTERS = 3
SHORTENED_LETTERS = 2
# What turns one given name into another: Paul and Paula, Mario and Maria, Nicola and Nicolas.
_AFTER_A_STEM = (
    "a e o s as os us ie ia ina ine ita le lle la na ne nne tte ette ique iana ka ko n en"
)
_ENDINGS = frozenset({"", *_AFTER_A_STEM.split()})
_SOUNDS = (
    (r"ph", "f"),
    (r"ck|ch|c(?![eiy])|q", "k"),
    (r"y", "i"),
    (r"ai|ei|ae", "a"),
    (r"ie|ee|ea", "i"),
    (r"ou|oo|ue", "u"),
    (r"h", ""),
    (r"(.)\1+", r"\1"),
)


def are_clearly_different(one: str, other: str) -> bool:
    """Say whether two given names cannot be the same: no initial, short form or slip of either."""
    left, right = _in_order(fold(one), fold(other))
    if not left or set(left.split()) & set(right.split()) or _is_short_for(left, right):
        return False
    if _differ_in_ending(left, right):
        return True
    if _sound(left) == _sound(right):
        return False
    return likeness(left, right) < LIKE_THE_SAME_NAME


def may_be_relatives(one: str, other: str) -> bool:
    """Say whether two given names could be those of two people in one family.

    Only a spelling that sounds the same, an initial or a short form is surely one person; a
    slip as small as the one between Lena and Lea may be a sister.
    """
    left, right = _in_order(fold(one), fold(other))
    if not left or set(left.split()) & set(right.split()) or _is_short_for(left, right):
        return False
    return _sound(left) != _sound(right)


def likeness(one: str, other: str) -> float:
    """Return how alike two folded texts are, from 0 to 1."""
    left, right = _in_order(one, other)
    if left == right:
        return 1.0
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def likeness_of_names(one: tuple[str, str], other: tuple[str, str]) -> float:
    """Compare two folded (given, family) names, in either order of their parts, from 0 to 1."""
    one, other = sorted((one, other))
    own, straight, swapped = " ".join(one), " ".join(other), " ".join(reversed(other))
    if sorted(own.split()) == sorted(straight.split()):
        return 1.0
    return max(likeness(own.strip(), text.strip()) for text in (straight, swapped))


def is_initial_of(one: str, other: str) -> bool:
    """Say whether one of two folded given names is only the first letter of the other."""
    left, right = _in_order(one, other)
    return len(left) == 1 and right.startswith(left)


def differ_by_a_slip(one: str, other: str) -> bool:
    """Say whether one letter was mistyped, left out, added or swapped with the next one."""
    left, right = _in_order(one, other)
    start = 0
    while start < len(left) and left[start] == right[start]:
        start += 1
    mine, theirs = left[start:], right[start:]
    if len(mine) < len(theirs):
        return mine == theirs[1:]
    if len(theirs) > 1 and mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:]:
        return True
    return bool(mine) and mine[1:] == theirs[1:]


def _in_order(one: str, other: str) -> tuple[str, str]:
    left, right = sorted((one, other), key=lambda text: (len(text), text))
    return left, right


def _is_short_for(left: str, right: str) -> bool:
    """An initial, or a beginning: Dan for Daniel, but not Paul for Paula or Pauline."""
    if len(left) == 1:
        return right.startswith(left)
    is_beginning = len(left) >= SHORT_FORM_LETTERS and right.startswith(left)
    rest = right[len(left) :]
    return is_beginning and len(rest) >= SHORTENED_LETTERS and rest not in _ENDINGS


def _differ_in_ending(left: str, right: str) -> bool:
    if left == right:
        return False
    shared = 0
    while shared < len(left) and left[shared] == right[shared]:
        shared += 1
    return (
        shared >= SHORT_FORM_LETTERS and left[shared:] in _ENDINGS and right[shared:] in _ENDINGS
    )


def _sound(name: str) -> str:
    for pattern, replacement in _SOUNDS:
        name = re.sub(pattern, replacement, name)
    return name
