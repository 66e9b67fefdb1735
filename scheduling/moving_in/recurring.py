"""Which dates an event that repeats has to come, and whether a series of ours has the same.

A rule of a calendar can say more than one of ours. Whether both mean the same is not argued
from their words: the dates of both are laid side by side.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule

from hub.errors import InvalidInput
from scheduling.local_times import YEARS
from scheduling.moving_in.stated import Repetition
from scheduling.recurrence import WEEKDAYS, Monthly, Rule, Unit, wall_instant

#: Single dates come in for a year, and so many at most; a newer file brings the next ones.
AHEAD = timedelta(days=366)
MOST_AT_ONCE = 60
#: So far two rules are compared; those that count have to come to their end.
COMPARED = timedelta(days=3 * 366)
COUNTED = timedelta(days=10 * 366)
MOST_COMPARED = 1200
_UNITS = {"DAILY": Unit.DAY, "WEEKLY": Unit.WEEK, "MONTHLY": Unit.MONTH, "YEARLY": Unit.YEAR}
PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
    | {"BYYEARDAY", "BYWEEKNO"}
)
MOST_EXPANDED = 40_000
LONGEST_RULE = 500
_NUMBER = re.compile(r"0*[1-9]\d{0,3}")
_ENDS = frozenset({"COUNT", "UNTIL"})
STRANGE = "It repeats in a way that appointments do not."
OVER = "All its dates are over; of what repeats, only dates to come are moved in."
BROKEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Repeats:
    """``starts``, in UTC, are the dates to come that are meant; ``goes_on``: there are more.

    ``rule`` has the same dates, those to ``leave_out`` besides; None: no rule of ours does.
    """

    starts: tuple[datetime, ...]
    goes_on: bool
    rule: Rule | None
    leave_out: frozenset[date]


def repeats_of(
    repetition: Repetition, first: datetime, zone: tzinfo, place_zone: ZoneInfo, *, at: datetime
) -> Repeats:
    """Return what comes again after ``at``; ``first`` is the start on the wall clock of ``zone``.

    :raises InvalidInput: the rule cannot be read, or has no date to come.
    """
    try:
        parts = _parts(repetition.rule)
        until = at + (COUNTED if "COUNT" in parts else COMPARED)
        found = _instants(parts, first, zone, until=until)
        coming = [pair for pair in found if pair[1] > at]
        is_whole = len(found) == int(parts.get("COUNT", 0))
        rule = _rule_like(parts, coming, place_zone, is_whole=is_whole, until=until)
    except BROKEN:
        raise InvalidInput(STRANGE, field="rule") from None
    meant = [start for local, start in coming if not _is_out(repetition, local, start)]
    if not meant:
        raise InvalidInput(OVER, field="rule")
    near = [start for start in meant if start <= at + AHEAD] or meant[:1]
    left_out = {start for _, start in coming} - set(meant)
    return Repeats(
        starts=tuple(near[:MOST_AT_ONCE]),
        goes_on=len(meant) > len(near[:MOST_AT_ONCE]),
        rule=rule,
        leave_out=frozenset(start.astimezone(place_zone).date() for start in left_out),
    )


def _parts(rule: str) -> dict[str, str]:
    """:raises ValueError: it says more than dates, or counts to nothing."""
    if len(rule) > LONGEST_RULE:
        raise ValueError(rule)
    found = dict(part.split("=", 1) for part in rule.upper().split(";") if part)
    if not found.keys() <= PARTS or found.get("FREQ") not in _UNITS:
        raise ValueError(rule)
    for name in ("INTERVAL", "COUNT"):
        if not _NUMBER.fullmatch(found.get(name, "1")):
            raise ValueError(rule)
    return found


def _instants(
    parts: Mapping[str, str], first: datetime, zone: tzinfo, *, until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the wall times and instants of the rule, exceptions included."""
    if first.year not in YEARS:
        raise ValueError(first)
    end = _until(parts.get("UNTIL", ""), zone)
    wall = (until if end is None else min(until, end)) + timedelta(days=1)
    said = ";".join(f"{name}={value}" for name, value in parts.items() if name not in _ENDS)
    pattern: Any = rrule.rrulestr(said, dtstart=first)
    count = min(int(parts.get("COUNT", MOST_EXPANDED)), MOST_EXPANDED)
    found = islice(pattern.replace(until=wall.replace(tzinfo=None)), count)
    instants = ((local, local.replace(tzinfo=zone).astimezone(UTC)) for local in found)
    return [pair for pair in instants if end is None or pair[1] <= end]


def _until(text: str, zone: tzinfo) -> datetime | None:
    """Return the last instant that UNTIL allows; a date means the whole day."""
    if not text:
        return None
    if "T" not in text:
        return datetime.combine(date.fromisoformat(text), time(23, 59), zone).astimezone(UTC)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _is_out(repetition: Repetition, local: datetime, start: datetime) -> bool:
    written = {start.isoformat(), local.isoformat(), local.date().isoformat()}
    return not written.isdisjoint(repetition.left_out)


def _rule_like(
    parts: Mapping[str, str],
    coming: Sequence[tuple[datetime, datetime]],
    zone: ZoneInfo,
    *,
    is_whole: bool,
    until: datetime,
) -> Rule | None:
    """Return our rule with exactly the dates ``coming``, at one time on the clock of ``zone``."""
    starts = [start for _, start in coming[:MOST_COMPARED]]
    if not starts or ("COUNT" in parts and not is_whole):
        return None
    days = [start.astimezone(zone).date() for start in starts]
    clock = starts[0].astimezone(zone).time().replace(fold=0)
    if [wall_instant(day, clock, zone) for day in days] != starts:
        return None  # it keeps to another clock
    last = until.astimezone(zone).date()
    near = [day for day in days if day <= last]
    for rule in _candidates(parts, days, zone):
        if list(islice(rule.dates(last=last), MOST_COMPARED)) == near:
            return rule
    return None


def _candidates(parts: Mapping[str, str], days: Sequence[date], zone: ZoneInfo) -> Iterator[Rule]:
    unit, end = _UNITS[parts["FREQ"]], _until(parts.get("UNTIL", ""), zone)
    values: dict[str, Any] = {"unit": unit, "first_date": days[0]}
    values["interval"] = int(parts.get("INTERVAL", 1))
    if "COUNT" in parts:
        values["count"] = len(days)
    elif end:
        values["until"] = max(days[-1], end.astimezone(zone).date())
    if unit is Unit.WEEK:
        named = parts.get("BYDAY", "").split(",")
        values["weekdays"] = tuple(WEEKDAYS.index(day) for day in named if day in WEEKDAYS)
    for monthly in Monthly if unit is Unit.MONTH else (Monthly.SAME_DAY,):
        try:
            yield Rule(monthly=monthly, **values)
        except InvalidInput:
            continue
