"""Book for somebody on the waiting list whom staff speak with."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub.actors import Actor
from hub.errors import require_version
from hub.events import EventName
from scheduling.booking import Booking, book_appointment
from scheduling.holding_time import give_back, hand_over
from scheduling.models import Appointment, WaitingEntry, WaitingStatus
from scheduling.waiting.entries import LIST, WaitingIsOver, become, lock, require_reach
from scheduling.waiting.offering import ring


@transaction.atomic
def book_for(
    entry_id: UUID,
    *,
    staff_id: UUID,
    start_at: datetime,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> Appointment:
    """Book the time they chose, the offered one or another; they wait no longer.

    :raises AccessDenied: ``by`` may not book for its person, for ``staff_id``, or there.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises WaitingIsOver: it is booked, over, or off the list already.
    :raises DomainError: the time cannot be booked; see ``booking.book_appointment``.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    require_version(entry.version, expected_version)
    if not entry.is_open:
        raise WaitingIsOver("This is off the waiting list already.")
    booking = Booking(
        customer_id=entry.customer_id,
        service_id=entry.service_id,
        staff_id=staff_id,
        start_at=start_at,
        location_id=entry.location_id,
        hold_id=_held(entry, staff_id, start_at, at=at, by=by),
    )
    entry.appointment = book_appointment(booking, at=at, by=by)
    become(entry, WaitingStatus.BOOKED, EventName.WAITING_BOOKED, by=by, fields=["appointment"])
    ring()
    return entry.appointment


def _held(
    entry: WaitingEntry, staff_id: UUID, start_at: datetime, *, at: datetime, by: Actor
) -> UUID | None:
    """Return the hold of what is offered, when it is this time; of another it is given back."""
    hold_id, until = entry.hold, entry.offered_until
    if hold_id is None or until is None:
        return None
    offered = entry.offered_staff_id, entry.offered_start_at
    if offered == (staff_id, start_at) and at < until:
        hand_over(hold_id, giver=Actor.job(LIST), taker=by)
        return hold_id
    give_back(hold_id, by=Actor.job(LIST))
    return None
