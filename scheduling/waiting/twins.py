"""Two customers who become one wait once for a service at a place: whoever waits longer."""

from collections.abc import Iterable
from uuid import UUID

from hub.actors import Actor
from hub.events import EventName
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting.entries import become
from scheduling.waiting.offering import ring


def settle(customer_ids: Iterable[UUID], *, reason: str, by: Actor) -> list[UUID]:
    """End the later one of two open entries for one service and place; return what ended.

    Merging holds both customers, so it takes no lock of entries, which would come before: what
    acts on an entry meanwhile finds it ended (``entries.become``).
    """
    both = WaitingEntry.objects.filter(customer__in=customer_ids, is_open=True)
    rows = list(both.select_for_update(of=("self",)).order_by("pk"))
    longest: set[tuple[UUID, UUID]] = set()
    ended = []
    for entry in sorted(rows, key=lambda row: (row.queued_at, row.pk)):
        wish = entry.service_id, entry.location_id
        if wish in longest:
            become(entry, WaitingStatus.LEFT, EventName.WAITING_ENDED, by=by, reason=reason)
            ended.append(entry.pk)
        longest.add(wish)
    if ended:
        ring()
    return ended


def restore(ids: Iterable[UUID], *, reason: str, by: Actor) -> None:
    """Put back on the list what ``settle`` ended, unless its customer waits again already."""
    ended = WaitingEntry.objects.filter(pk__in=ids, status=WaitingStatus.LEFT)
    for entry in ended.select_for_update(of=("self",)).order_by("pk"):
        again = WaitingEntry.objects.filter(
            customer=entry.customer_id,
            service=entry.service_id,
            location=entry.location_id,
            is_open=True,
        )
        if not again.exists():
            become(entry, WaitingStatus.WAITING, EventName.WAITING_JOINED, by=by, reason=reason)
            ring()
