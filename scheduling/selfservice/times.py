"""Free times as people without an account choose among them: a strip of days, one day's times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hub.errors import DomainError
from scheduling import search
from scheduling.local_times import YEARS
from scheduling.search import OpenTime, Wish

STRIP_DAYS = 7
SEARCHED_DAYS = search.HORIZON_DAYS
NEAREST = 3


class NotOffered(DomainError):
    """Nobody is free then, or it is no time that is offered; who asks learns no more."""

    code = "not_offered"


@dataclass(frozen=True, slots=True)
class Strip:
    """A week of local days, each with its free times; ``day`` is the one to show.

    ``earlier`` and ``later`` are the same day a week before and after, where that can be booked.
    """

    days: Mapping[date, Sequence[OpenTime]]
    day: date
    earlier: date | None
    later: date | None


def strip_of(wish: Wish, *, day: date | None, at: datetime) -> Strip:
    """Return the week that holds ``day``, counted from today; without one, the first with a time.

    A day that cannot be booked becomes the nearest that can.
    """
    today = at.astimezone(wish.zone).date()
    last = max(today, min(wish.last_date, date(YEARS[-1], 12, 31) - timedelta(days=STRIP_DAYS)))
    if day is None:
        day = _first_free(wish, today, at=at) or today
    day = min(max(day, today), last)
    first = today + timedelta(days=(day - today).days // STRIP_DAYS * STRIP_DAYS)
    week = timedelta(days=STRIP_DAYS)
    return Strip(
        days=_by_day(wish, first, at=at),
        day=day,
        earlier=day - week if first > today else None,
        later=min(day + week, last) if first + week <= last else None,
    )


def free_staff(wish: Wish | None, start_at: datetime, *, at: datetime) -> list[UUID]:
    """Return who is free at ``start_at``, in the order of the calendar, the certain ones first.

    :raises NotOffered: nobody is, or it is not one of the times that are offered.
    """
    if wish is not None and start_at.year in YEARS:
        day = start_at.astimezone(wish.zone).date()
        times = search.times_on([day], wish, at=at)
        then = [time for time in times if time.start_at == start_at]
        free = [time.staff_id for time in sorted(then, key=lambda time: time.is_unconfirmed)]
        if free:
            return free
    raise NotOffered("This time is not free any more. Choose another one, please.")


def nearest_of(wish: Wish, start_at: datetime, *, at: datetime) -> list[OpenTime]:
    """Return the offered times nearest to ``start_at``, each start once, in order."""
    if start_at.year not in YEARS:
        return []
    begin = max(start_at, at).astimezone(wish.zone).date() - timedelta(days=1)
    days = [begin + timedelta(days=offset) for offset in range(STRIP_DAYS + 1)]
    times = {time.start_at: time for time in search.times_on(days, wish, at=at)}
    nearest = sorted(times, key=lambda start: abs(start - start_at))[:NEAREST]
    return [times[start] for start in sorted(nearest)]


def _by_day(wish: Wish, first: date, *, at: datetime) -> dict[date, list[OpenTime]]:
    """Return each start of the week once: who does it first in the order of the calendar.

    Whoever is certain to be free comes before whoever may be busy elsewhere.
    """
    days = [first + timedelta(days=offset) for offset in range(STRIP_DAYS)]
    found: dict[date, dict[datetime, OpenTime]] = {day: {} for day in days}
    times = search.times_on(days, wish, at=at)
    for time in sorted(times, key=lambda time: (time.start_at, time.is_unconfirmed)):
        found[time.start_at.astimezone(wish.zone).date()].setdefault(time.start_at, time)
    return {day: list(times.values()) for day, times in found.items()}


def _first_free(wish: Wish, today: date, *, at: datetime) -> date | None:
    for offset in range(0, SEARCHED_DAYS, STRIP_DAYS):
        for day, times in _by_day(wish, today + timedelta(days=offset), at=at).items():
            if times:
                return day
    return None
