"""Free times that suit somebody who waits, for whoever speaks with them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from scheduling import search
from scheduling.models import WaitingEntry
from scheduling.search import HORIZON_DAYS, OpenTime

WEEK = 7


def suiting_times(
    entry: WaitingEntry, staff_ids: Collection[UUID], *, at: datetime, days: int
) -> list[OpenTime]:
    """Return the free times wished for on the first ``days`` days that have any, in order.

    Each start once, with the first of ``staff_ids`` in the order of the calendar. What was
    passed up by mail is among them; what is held for somebody is not. Looks sixty days ahead.
    """
    wish = search.wish_for(
        entry.service_id, location_id=entry.location_id, staff_id=entry.staff_id, at=at
    )
    found: dict[datetime, OpenTime] = {}
    if wish is None:
        return []
    first, last = entry.days_left(at.astimezone(wish.zone).date(), most=HORIZON_DAYS)
    while first <= last and len(_days(found, wish)) <= days:
        week = [first + timedelta(days=offset) for offset in range(WEEK)]
        for time in search.times_on([day for day in week if day <= last], wish, at=at):
            if time.staff_id in staff_ids and entry.wants(time.start_at.astimezone(wish.zone)):
                found.setdefault(time.start_at, time)
        first += timedelta(days=WEEK)
    shown = _days(found, wish)[:days]
    return [time for start, time in found.items() if start.astimezone(wish.zone).date() in shown]


def _days(found: Collection[datetime], wish: search.Wish) -> list[object]:
    return list(dict.fromkeys(start.astimezone(wish.zone).date() for start in found))
