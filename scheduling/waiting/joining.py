"""Put somebody on the waiting list, take them off, and put them back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.models.waiting import NOTE_LENGTH
from scheduling.offering import customer_for
from scheduling.permitting import require_booker
from scheduling.texts import require_text
from scheduling.waiting.entries import WaitingIsOver, become, lock, require_reach
from scheduling.waiting.offering import ring
from scheduling.waiting.wishes import Wished, asked_for, require_days


class WaitsAlready(DomainError):
    code = "waits_already"


@transaction.atomic
def join(wished: Wished, *, at: datetime, by: Actor) -> WaitingEntry:
    """Put a customer on the list; they are offered the first free time that suits.

    :raises AccessDenied: ``by`` may not book for this person, or at this location.
    :raises InvalidInput: a value is unknown, not active, or cannot be right.
    :raises NotQualified: the person does not offer the service.
    :raises WaitsAlready: the customer waits for this service here already.
    """
    held = require_booker(by)
    place, service, staff = asked_for(wished)
    require_days(wished, at=at, place=place)
    entry = WaitingEntry(
        customer=customer_for(wished.customer_id, held),
        service=service,
        location=place,
        staff=staff,
        first_date=wished.first_date,
        last_date=wished.last_date,
        earliest_time=wished.earliest_time,
        latest_time=wished.latest_time,
        note=require_text(wished.note, field="note", longest=NOTE_LENGTH),
        queued_at=at,
        created_at=at,
    )
    require_reach(entry, by)
    try:
        with transaction.atomic():
            history.create(entry, by=by)
    except IntegrityError as error:
        raise _twice(entry) from error
    outbox.record(EventName.WAITING_JOINED, subject=entry, by=by)
    ring()
    return entry


@transaction.atomic
def leave(entry_id: UUID, *, by: Actor, expected_version: int | None = None) -> WaitingEntry:
    """Take an entry off the list; what was offered is free again.

    :raises AccessDenied: ``by`` may not book for its person, or at its location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises WaitingIsOver: it is booked, over, or off the list already.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    require_version(entry.version, expected_version)
    if not entry.is_open:
        raise WaitingIsOver("This is off the waiting list already.")
    become(entry, WaitingStatus.LEFT, EventName.WAITING_ENDED, by=by)
    ring()
    return entry


@transaction.atomic
def come_back(entry_id: UUID, *, at: datetime, by: Actor) -> WaitingEntry:
    """Put back on the list whoever was taken off, in the place they had.

    :raises AccessDenied: ``by`` may not book for its person, or at its location.
    :raises InvalidInput: the days they waited for are over.
    :raises WaitingIsOver: they were not taken off: it is booked, or it is over.
    :raises WaitsAlready: the customer waits for this service here again already.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    if entry.status != WaitingStatus.LEFT:
        raise WaitingIsOver("Only who was taken off the list can be put back.")
    if entry.last_date < at.astimezone(entry.location.time_zone).date():
        raise InvalidInput("The days of this wish are over.", field="last_date")
    try:
        with transaction.atomic():
            become(entry, WaitingStatus.WAITING, EventName.WAITING_JOINED, by=by)
    except IntegrityError as error:
        raise _twice(entry) from error
    ring()
    return entry


def _twice(entry: WaitingEntry) -> WaitsAlready:
    return WaitsAlready(
        f"{entry.customer} waits for {entry.service} at {entry.location} already.",
        field="customer",
    )
