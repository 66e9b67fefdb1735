"""Numbering plans: what the phone library knows of them, asked in as few steps as can be.

The library answers the same in three to ten times as long, and is asked wherever a shortcut
cannot tell. A file of a hundred thousand customers has as many numbers, no two alike.
"""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers.re_util import enable_pattern_cache

REGIONS: frozenset[str] = frozenset(phonenumbers.SUPPORTED_REGIONS)
_REGIONS_OF = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
# As most programs write a number.
_E164 = re.compile(r"\+([1-9][0-9]{6,14})")
# Where most people's phones are comes first; it is a question of time alone.
_RANGES = (
    *("mobile", "fixed_line", "voip", "personal_number", "toll_free", "shared_cost"),
    *("premium_rate", "pager", "uan", "voicemail"),
)

enable_pattern_cache()


class _Range(NamedTuple):
    lengths: frozenset[int]
    pattern: re.Pattern[str]

    def holds(self, national: str) -> bool:
        fits = not self.lengths or len(national) in self.lengths
        return fits and self.pattern.fullmatch(national) is not None


def read_e164(text: str) -> phonenumbers.PhoneNumber | None:
    """Return what the library reads from +4915123456789; ``None`` leaves it to the library."""
    written = _E164.fullmatch(text)
    if written is None:
        return None
    digits = written[1]
    code = next((digits[:end] for end in (1, 2, 3) if int(digits[:end]) in _REGIONS_OF), "")
    if not code:
        return None
    national = digits[len(code) :]
    prefix = _prefix_of(int(code))
    if national.startswith("0") or (prefix and prefix.match(national)):
        return None
    return phonenumbers.PhoneNumber(country_code=int(code), national_number=int(national))


def is_assigned(number: phonenumbers.PhoneNumber) -> bool:
    """Say whether a number lies in a range that is in use: the library's ``is_valid_number``."""
    plan = _plan_of(number.country_code)
    if plan is None:
        return bool(phonenumbers.is_valid_number(number))
    national = phonenumbers.national_significant_number(number)
    whole, *ranges = plan
    return whole.holds(national) and any(one.holds(national) for one in ranges)


@cache
def _plan_of(country_code: int) -> tuple[_Range, ...] | None:
    """Return the plan as a whole and its ranges; ``None`` where regions share a country code."""
    if len(_REGIONS_OF.get(country_code, ())) != 1:
        return None
    found = _main_plan_of(country_code)
    whole = found.general_desc if found else None
    if whole is None or not whole.national_number_pattern:
        return None
    described = [whole, *(getattr(found, name) for name in _RANGES)]
    return tuple(
        _Range(frozenset(one.possible_length), re.compile(one.national_number_pattern))
        for one in described
        if one is not None and one.national_number_pattern
    )


@cache
def _prefix_of(country_code: int) -> re.Pattern[str] | None:
    """Return what may stand before a national number without being part of it."""
    found = _main_plan_of(country_code)
    prefix = found and found.national_prefix_for_parsing
    return re.compile(prefix) if prefix else None


def _main_plan_of(country_code: int) -> phonenumbers.PhoneMetadata | None:
    region = _REGIONS_OF[country_code][0]
    return phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
