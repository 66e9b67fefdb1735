"""Which time zones are taken, and which of them people choose from."""

from functools import cache
from zoneinfo import available_timezones

# What a computer calls its own zone means another one elsewhere.
_OF_NO_PLACE = frozenset({"localtime", "Factory", "posixrules"})
_PLACES = (
    *("Africa/", "America/", "Antarctica/", "Arctic/", "Asia/"),
    *("Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"),
)


@cache
def known() -> frozenset[str]:
    """Return the IANA names, with the old ones such as US/Pacific that other tools still send."""
    return frozenset(available_timezones() - _OF_NO_PLACE)


@cache
def offered() -> tuple[tuple[str, str], ...]:
    """Return names and words of zones that are called after a place, and UTC, sorted."""
    names = {name for name in known() if name.startswith(_PLACES)} | {"UTC"}
    return tuple((name, name.replace("_", " ")) for name in sorted(names))
