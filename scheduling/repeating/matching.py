"""Match the visits that follow in a series with the dates of its new rule, one by one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import zip_longest

from hub.errors import InvalidInput
from scheduling import limits
from scheduling.models import Appointment, Series
from scheduling.repeating.ending import PAUSED, visits_from
from scheduling.repeating.foreseeing import MOST_AT_ONCE
from scheduling.repeating.starting import LEFT_OUT
from scheduling.rules import rules_of

CANCELED = "Canceled before the series changed."
Placed = tuple[Appointment, date]


@dataclass(slots=True)
class Plan:
    """What becomes of the visits that follow, in the unsaved ``series`` that goes on.

    ``moves`` and ``kept`` are pairs of a visit and its new date; what is kept was moved by
    itself, and stays where it is. ``fresh`` dates have no visit yet; ``surplus`` visits no date.
    """

    series: Series
    moves: list[Placed] = field(default_factory=list)
    kept: list[Placed] = field(default_factory=list)
    fresh: list[date] = field(default_factory=list)
    surplus: list[Appointment] = field(default_factory=list)

    def place(self, visit: Appointment, day: date | None, *, was_moved: bool) -> None:
        """Give ``visit`` its new date; ``None`` where the rule has none for it."""
        if was_moved:
            if day is not None:
                self.kept.append((visit, day))
        elif day is None:
            self.surplus.append(visit)
        else:
            self.moves.append((visit, day))

    def fill(self, day: date, why_not: str) -> None:
        """Let a date without a visit be booked, or stay out for the reason ``why_not``."""
        if why_not:
            self.series.left_out[str(day)] = why_not
        else:
            self.fresh.append(day)


def matched(
    old: Series, new: Series, from_date: date, leave_out: Collection[date], *, at: datetime
) -> Plan:
    """Return what becomes of the visits of ``old`` from ``from_date`` on, whose rows it locks.

    :raises InvalidInput: no visit would be left.
    """
    visits = {visit.occurs_on: visit for visit in visits_from(old, from_date, at=at)}
    olds = [day for day in old.dates(last=old.booked_until) if day >= from_date]
    news = _dates_of(new, len(olds), at=at)
    if not set(news) - set(leave_out):
        raise InvalidInput("No visit would be left.", field="rule")
    new.booked_until = news[-1]
    new.left_out = {str(day): LEFT_OUT for day in news if day in leave_out}
    plan = Plan(new)
    for old_day, new_day in zip_longest(olds, news):
        wanted = None if new_day in leave_out else new_day
        if visit := visits.get(old_day):
            plan.place(visit, wanted, was_moved=_was_moved_by_itself(visit, old))
        elif wanted is not None:
            plan.fill(wanted, _why_it_stays_out(old, new, old_day, wanted))
    return plan


def _dates_of(new: Series, count: int, *, at: datetime) -> Sequence[date]:
    """Return at least ``count`` dates, if there are so many, and those that can be booked now.

    How far ahead one can book today takes nobody a visit that was promised.
    """
    rules = rules_of(new.service, new.location)
    last = limits.last_date(rules.horizon_days, at=at, zone=new.time_zone)
    found: list[date] = []
    for day in new.dates(last=date.max):
        if len(found) >= count and (day > last or len(found) >= MOST_AT_ONCE):
            break
        found.append(day)
    return found


def _why_it_stays_out(old: Series, new: Series, old_day: date | None, new_day: date) -> str:
    """Say why a date without a visit stays without one; what was taken then is tried again."""
    if old_day is None or (new.rule != old.rule and new_day != old_day):
        return ""
    why: str = old.left_out.get(str(old_day), CANCELED)
    was_decided = why in (CANCELED, LEFT_OUT) or why.startswith(PAUSED)
    return why if was_decided else ""


def _was_moved_by_itself(visit: Appointment, old: Series) -> bool:
    day = visit.occurs_on
    expected = None if day is None else old.start_on(day)
    return (visit.start_at, visit.staff_id) != (expected, old.staff_id)
