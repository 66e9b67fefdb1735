"""What the verbs of the waiting list share: locks, access, and how a change is written down.

The advisory lock of an entry comes before all others, and its row is locked last, just before it
is written: booking and merging lock customers and people in between.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hub import history, locks, outbox
from hub.access import Access, AccessDenied, Capability
from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from hub.notifications import planning
from scheduling.holding_time import give_back
from scheduling.models import Staff, WaitingEntry, WaitingStatus
from scheduling.models.waiting import OPEN
from scheduling.permitting import is_own, require_booker

OFFER = "waiting_offer"
OF_OFFER = ("offered_until", "hold")
# In whose name offered times are held, until a customer takes one.
LIST = "waiting list"


class WaitingIsOver(DomainError):
    """The entry is booked, over, or was taken off the list."""

    code = "waiting_is_over"


def lock(entry_id: UUID) -> WaitingEntry:
    """Let nobody else act on the entry until the end of the transaction, and return it."""
    locks.exclusively([f"waiting:{entry_id}"])
    return WaitingEntry.objects.select_related("location", "staff").get(pk=entry_id)


def require_reach(entry: WaitingEntry, by: Actor) -> None:
    """:raises AccessDenied: ``by`` books nobody with this person, or at this location."""
    held = require_booker(by)
    if held.locations is not None and entry.location_id not in held.locations:
        raise AccessDenied("Your role does not reach this location.")
    if not may_keep(held, entry.staff):
        raise AccessDenied("Your role lets you keep a waiting list only for yourself.")


def may_keep(held: Access, staff: Staff | None) -> bool:
    """Say whether ``held`` decides who waits for ``staff``, or for anybody."""
    if held.can(Capability.BOOK_APPOINTMENT):
        return True
    is_theirs = staff is not None and is_own(held, staff)
    return is_theirs and held.can(Capability.BOOK_OWN_APPOINTMENT)


def become(
    entry: WaitingEntry,
    status: WaitingStatus,
    event: EventName,
    *,
    by: Actor,
    fields: Sequence[str] = (),
    reason: str = "",
) -> None:
    """Write ``status`` and ``fields``, and announce it; without an offer nothing is held.

    :raises WaitingIsOver: it was ended meanwhile by what takes no lock of entries, such as a
        merge of its customer with another one.
    """
    row = WaitingEntry.objects.select_for_update().get(pk=entry.pk)
    if row.status != entry.status:
        raise WaitingIsOver("This was changed at this moment. Look again.")
    before, entry.version, entry.customer_id = row.status, row.version, row.customer_id
    entry.status, entry.is_open = status, status in OPEN
    if status != WaitingStatus.OFFERED:
        _end_offer(entry)
    written = dict.fromkeys(("status", "is_open", *OF_OFFER, *fields))
    history.save(entry, fields=list(written), by=by, reason=reason)
    start = entry.offered_start_at
    outbox.record(
        event,
        subject=entry,
        by=by,
        fields={
            "status": [before, str(status)],
            "offered_start_at": [None, start.isoformat() if start else None],
        },
    )


def pass_up(entry: WaitingEntry, *, at: datetime) -> tuple[str, ...]:
    """Move the entry behind the others, never to be offered this time again; not written yet."""
    if entry.offered_start_at is not None:
        entry.passed_up = [*entry.passed_up, entry.offered_start_at]
    entry.queued_at = at
    return ("passed_up", "queued_at")


def _end_offer(entry: WaitingEntry) -> None:
    planning.withdraw(entry.pk, [OFFER], reason="the offer is over")
    if entry.hold is not None:
        give_back(entry.hold, by=Actor.job(LIST))
    entry.hold = entry.offered_until = None
