"""Look for free times that somebody waits for, and offer each to the first who wished for it.

One worker looks at a time, so that who waits longest comes first; that nobody else gets an
offered time is the matter of its hold, under the locks and the constraint of all bookings.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from customers.models import ContactKind, ContactPoint
from hub import locks, outbox
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from hub.models import Change
from hub.notifications import planning
from scheduling import search
from scheduling.holding_time import TimeWanted, hold_until
from scheduling.models import Hold, WaitingEntry, WaitingStatus
from scheduling.quiet import after_quiet
from scheduling.search import HORIZON_DAYS, OpenTime, Wish
from scheduling.waiting.entries import LIST, OFFER, become, lock

TASK = "scheduling.offer_freed_times"
LASTS = timedelta(hours=2)
# Less time is none to read a mail in.
SHORTEST = timedelta(minutes=20)
# Of kinds of wishes in one look: searching sixty days takes an eighth of a second for each.
MOST_SEARCHES = 6
# Which kinds were looked at in this round, while there are more than one look is for.
ROUND = "waiting-list-looked-at"
ROUND_SECONDS = 3600
# Of times that were free when looked for and are not any more.
TRIES = 5

Sort = tuple[UUID, UUID, UUID | None]


@dataclass(frozen=True, slots=True)
class Found:
    """The free times of a service, a place, and a person or anybody; earliest first."""

    wish: Wish
    times: list[OpenTime]


def look_after_cancellation(change: Change, by: Actor) -> None:  # noqa: ARG001
    """Let the list be looked at once a cancellation is final; a reaction (``hub.reactions``)."""
    ring()


def ring() -> None:
    """Let a worker look after the commit, if anybody waits."""
    if WaitingEntry.objects.filter(is_open=True).exists():
        outbox.ring_after_commit(TASK)


def offer_freed(*, at: datetime) -> int:
    """Offer the free times to those who wait for them, oldest first; return how many offers.

    Nobody is written to in the quiet hours of the location. Whoever has no e-mail address is
    passed by: the list says so. Another worker that looks at this moment is enough. Where people
    wish for many different things, one look is for some of them, and the next one for others.
    """
    if not WaitingEntry.objects.filter(is_open=True).exists():
        return 0
    with locks.alone_in_session(LIST) as is_alone:
        return _offer_all(at=at) if is_alone else 0


def _offer_all(*, at: datetime) -> int:
    waiting = _in_order(at=at)
    found: dict[Sort, Found | None] = {}
    days = _days_by_sort(waiting, at=at)
    turn, offered = _in_turn(days), 0
    for entry in waiting:
        sort = _sort(entry)
        if sort not in turn:
            continue
        if sort not in found:
            found[sort] = _search(sort, days[sort], at=at)
        times = found[sort]
        offered += times is not None and _offer_first(entry, times, at=at)
    return offered


def _in_order(*, at: datetime) -> list[WaitingEntry]:
    reachable = ContactPoint.objects.filter(kind=ContactKind.EMAIL).values("customer")
    waiting = WaitingEntry.objects.open().filter(
        status=WaitingStatus.WAITING, customer__in=reachable
    )
    rows = waiting.select_related("location").order_by("queued_at", "pk")
    return [
        entry
        for entry in rows
        if after_quiet(at, entry.location.quiet_hours, entry.location.time_zone) <= at
    ]


def _sort(entry: WaitingEntry) -> Sort:
    return entry.service_id, entry.location_id, entry.staff_id


def _days_by_sort(
    waiting: Iterable[WaitingEntry], *, at: datetime
) -> Mapping[Sort, tuple[date, date]]:
    """Return for each sort of wish the local days that hold those of all who wish it."""
    days: dict[Sort, tuple[date, date]] = {}
    for entry in waiting:
        today = at.astimezone(entry.location.time_zone).date()
        first, last = entry.days_left(today, most=HORIZON_DAYS)
        known = days.get(_sort(entry), (first, last))
        days[_sort(entry)] = min(first, known[0]), max(last, known[1])
    return days


def _in_turn(sorts: Collection[Sort]) -> set[Sort]:
    """Return which of ``sorts`` are looked at now, longest waiting first, until all were."""
    if len(sorts) <= MOST_SEARCHES:
        return set(sorts)
    looked_at: set[str] = set(cache.get(ROUND, ()))
    left = [sort for sort in sorts if str(sort) not in looked_at]
    if not left:
        looked_at, left = set(), list(sorts)
    turn = left[:MOST_SEARCHES]
    cache.set(ROUND, sorted({*looked_at, *map(str, turn)}), ROUND_SECONDS)
    return set(turn)


def _search(sort: Sort, days: tuple[date, date], *, at: datetime) -> Found | None:
    service_id, location_id, staff_id = sort
    wish = search.wish_for(service_id, location_id=location_id, staff_id=staff_id, at=at)
    if wish is None:
        return None
    first, last = days
    listed = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return Found(wish, search.times_on(listed, wish, at=at))


def _offer_first(entry: WaitingEntry, found: Found, *, at: datetime) -> bool:
    """Offer the first time that suits and is still free."""
    left = TRIES
    for time in found.times:
        until = min(at + LASTS, time.start_at - (found.wish.not_before - at))
        if until - at < SHORTEST or not entry.suits(time.start_at.astimezone(found.wish.zone)):
            continue
        with suppress(DomainError):
            return _offer(entry.pk, time, until, at=at)
        left -= 1
        if not left:
            break
    return False


@transaction.atomic
def _offer(entry_id: UUID, time: OpenTime, until: datetime, *, at: datetime) -> bool:
    """Hold ``time`` for whoever waits, and tell them; once, whoever else tries.

    :raises DomainError: the time cannot be held any more.
    """
    by = Actor.job(LIST)
    entry = lock(entry_id)
    if entry.status != WaitingStatus.WAITING:
        return False
    wanted = TimeWanted(
        entry.service_id, time.staff_id, time.start_at, location_id=entry.location_id
    )
    hold = hold_until(wanted, until, at=at, by=by)
    _note(entry, hold, by=by)
    planning.plan(
        OFFER,
        subject=entry,
        object_version=entry.version,
        recipient_id=entry.customer_id,
        due_at=at,
        by=by,
    )
    return True


def _note(entry: WaitingEntry, hold: Hold, *, by: Actor) -> None:
    entry.hold, entry.offered_until = hold.pk, hold.expires_at
    entry.offered_start_at, entry.offered_staff = hold.start_at, hold.staff
    become(
        entry,
        WaitingStatus.OFFERED,
        EventName.WAITING_OFFERED,
        by=by,
        fields=["offered_start_at", "offered_staff"],
    )
