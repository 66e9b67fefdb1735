"""A customer takes what they were offered, or passes it up; and an offer nobody answered ends."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from hub.actors import Actor
from hub.errors import DomainError
from hub.events import EventName
from scheduling.booking import Booking, book_appointment
from scheduling.holding_time import hand_over
from scheduling.models import Appointment, Hold, WaitingEntry, WaitingStatus
from scheduling.securing import HoldIsOver
from scheduling.waiting.entries import (
    LIST,
    WaitingIsOver,
    become,
    lock,
    pass_up,
    require_reach,
)
from scheduling.waiting.offering import ring

# Who never answers would keep times from all others.
MOST_UNANSWERED = 3


class OfferIsOver(DomainError):
    code = "offer_is_over"


@transaction.atomic
def accept(entry_id: UUID, *, start_at: datetime, at: datetime, by: Actor) -> Appointment:
    """Book what is offered at ``start_at``, which ``by`` has seen; a second time changes nothing.

    :raises AccessDenied: ``by`` may not book for its person, or at its location.
    :raises OfferIsOver: it is not offered any more, or something else is.
    :raises InvalidInput: service, person or place cannot be booked any more.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    booked = entry.appointment
    if booked is not None and entry.offered_start_at == start_at:
        return booked
    staff_id, hold_id = _require_offered(entry, start_at, at=at)
    hand_over(hold_id, giver=Actor.job(LIST), taker=by)
    booking = Booking(
        customer_id=entry.customer_id,
        service_id=entry.service_id,
        staff_id=staff_id,
        start_at=start_at,
        location_id=entry.location_id,
        hold_id=hold_id,
    )
    try:
        entry.appointment = book_appointment(booking, at=at, by=by)
    except HoldIsOver as error:
        raise _over() from error
    become(entry, WaitingStatus.BOOKED, EventName.WAITING_BOOKED, by=by, fields=["appointment"])
    return entry.appointment


@transaction.atomic
def decline(entry_id: UUID, *, start_at: datetime, at: datetime, by: Actor) -> WaitingEntry:
    """Pass up what is offered at ``start_at``, and wait on, behind the others.

    :raises AccessDenied: ``by`` may not book for its person, or at its location.
    :raises OfferIsOver: it is not offered any more, or something else is.
    """
    entry = lock(entry_id)
    require_reach(entry, by)
    if entry.status == WaitingStatus.WAITING and start_at in entry.passed_up:
        return entry
    _require_offered(entry, start_at, at=at)
    entry.unanswered = 0
    fields = ("unanswered", *pass_up(entry, at=at))
    become(entry, WaitingStatus.WAITING, EventName.WAITING_PASSED_UP, by=by, fields=fields)
    ring()
    return entry


def expire_offers(*, at: datetime) -> int:
    """End the offers whose time is over and the wishes whose days are; return how many.

    Who did not answer waits on behind the others, as mails are overlooked; after the third time
    the entry is over, as times were kept from others in vain.
    """
    kept = Hold.objects.standing(at).filter(pk=OuterRef("hold"))
    lapsed = Q(status=WaitingStatus.OFFERED) & ~Exists(kept)
    past = Q(status=WaitingStatus.WAITING, last_date__lt=at.date())
    due = WaitingEntry.objects.filter(lapsed | past, is_open=True).order_by(
        F("offered_until").asc(nulls_last=True), "pk"
    )
    ended = 0
    for pk in list(due.values_list("pk", flat=True)):
        with suppress(WaitingIsOver):  # by a merge or an erasure, at this moment
            ended += _expire(pk, at=at)
    return ended


@transaction.atomic
def _expire(entry_id: UUID, *, at: datetime) -> bool:
    """End one offer, or one wish, unless somebody was faster."""
    entry, by = lock(entry_id), Actor.job(LIST)
    is_past = entry.last_date < at.astimezone(entry.location.time_zone).date()
    if entry.status == WaitingStatus.WAITING and is_past:
        become(entry, WaitingStatus.EXPIRED, EventName.WAITING_ENDED, by=by)
        return True
    if entry.status != WaitingStatus.OFFERED or _stands(entry, at=at):
        return False
    entry.unanswered += 1
    fields = ("unanswered", *pass_up(entry, at=at))
    if is_past or entry.unanswered >= MOST_UNANSWERED:
        become(entry, WaitingStatus.EXPIRED, EventName.WAITING_ENDED, by=by, fields=fields)
    else:
        become(entry, WaitingStatus.WAITING, EventName.WAITING_PASSED_UP, by=by, fields=fields)
    return True


def _stands(entry: WaitingEntry, *, at: datetime) -> bool:
    return entry.hold is not None and Hold.objects.standing(at).filter(pk=entry.hold).exists()


def _require_offered(
    entry: WaitingEntry, start_at: datetime, *, at: datetime
) -> tuple[UUID, UUID]:
    """Return the person and the hold of the offer.

    :raises OfferIsOver: there is none for ``start_at`` any more.
    """
    until, staff_id, hold_id = entry.offered_until, entry.offered_staff_id, entry.hold
    if until is None or until <= at or staff_id is None or hold_id is None:
        raise _over()
    if entry.offered_start_at != start_at:
        raise OfferIsOver("By now another time is offered. Look at it and answer again.")
    return staff_id, hold_id


def _over() -> OfferIsOver:
    return OfferIsOver("This offer is over, and the time may be somebody else's by now.")
