"""Hold a time for somebody who is about to book it; give it back; forget what is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from hub.identifiers import uuid7
from scheduling import limits, occupying
from scheduling.models import Appointment, Hold
from scheduling.models.holds import holder_of
from scheduling.needs import require_all
from scheduling.offering import offer_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import offering_alternatives
from scheduling.seating import draft_for, seated
from scheduling.securing import HoldIsOver, secure

USUAL = timedelta(minutes=10)
LONGEST = timedelta(minutes=15)
MOST_AT_ONCE = 50


class TooManyHolds(DomainError):
    code = "too_many_holds"


@dataclass(frozen=True, slots=True)
class TimeWanted:
    """What is to be held; see ``booking.Booking``."""

    service_id: UUID
    staff_id: UUID
    start_at: datetime
    resource_ids: tuple[UUID, ...] = ()
    beside_ids: tuple[UUID, ...] = ()
    location_id: UUID | None = None


def hold_time(
    wanted: TimeWanted,
    *,
    lasting: timedelta = USUAL,
    hold_id: UUID | None = None,
    contact: str = "",
    at: datetime,
    by: Actor,
) -> Hold:
    """Let nobody but ``by`` book this time, for ``lasting`` from ``at`` on, 15 minutes at most.

    :raises AccessDenied: ``by`` may not book for this staff member.
    :raises InvalidInput: a value is unknown, not active, or cannot be right.
    :raises NotQualified: the staff member does not offer the service.
    :raises OutsideWorkingHours: it is not within one stretch of work.
    :raises TooLate: it starts too soon, or in the past.
    :raises TooEarly: it is further away than the service can be booked ahead.
    :raises TooManyHolds: ``by`` holds ``MOST_AT_ONCE`` times already.
    :raises SlotTaken: person or room is taken; says by what, and the nearest free times.
    """
    if not timedelta(minutes=1) <= lasting <= LONGEST:
        raise InvalidInput("A time is held for 1 to 15 minutes.", field="minutes")
    with offering_alternatives(
        wanted.service_id, wanted.staff_id, wanted.location_id, wanted.start_at, at=at
    ):
        kept = {"pk": hold_id or uuid7(), "contact": contact, "expires_at": at + lasting}
        return _hold(wanted, kept, at=at, by=by)


def hold_until(wanted: TimeWanted, expires_at: datetime, *, at: datetime, by: Actor) -> Hold:
    """Do what ``hold_time`` does until ``expires_at``, which may be hours away.

    For offers, which people answer when they read them; who calls bounds it.

    :raises DomainError: as ``hold_time`` does; a refusal names no free times.
    """
    kept = {"pk": uuid7(), "contact": "", "expires_at": expires_at}
    return _hold(wanted, kept, at=at, by=by)


def hand_over(hold_id: UUID, *, giver: Actor, taker: Actor) -> None:
    """Let ``taker`` book what ``giver`` holds, in the transaction of the booking."""
    Hold.objects.of(giver).filter(pk=hold_id).update(holder=holder_of(taker))


@transaction.atomic
def give_back(hold_id: UUID, *, by: Actor) -> None:
    """End a hold of ``by`` before its time; one that is over already changes nothing."""
    require_booker(by)
    Hold.objects.of(by).filter(pk=hold_id).delete()


def hold_for(hold_id: UUID, draft: Appointment, *, at: datetime, by: Actor) -> Hold:
    """Return the hold by which ``by`` books ``draft``.

    :raises HoldIsOver: there is none of theirs, or its time is over.
    :raises InvalidInput: it is for another time, service, person or place.
    """
    hold = Hold.objects.of(by).standing(at).filter(pk=hold_id).first()
    if hold is None:
        raise HoldIsOver("This time is not held any more. Choose a time again.", field="hold")
    kept = (hold.service_id, hold.staff_id, hold.location_id, hold.start_at)
    if kept != (draft.service_id, draft.staff_id, draft.location_id, draft.start_at):
        raise InvalidInput("What is held is another time, service or person.", field="hold")
    return hold


def forget_over(*, at: datetime) -> int:
    """Delete the holds whose time is over, and say how many; a booking in their way does too."""
    _, deleted = Hold.objects.filter(expires_at__lte=at).delete()
    return deleted.get("scheduling.Hold", 0)


@occupying.retrying
def _hold(wanted: TimeWanted, kept: Mapping[str, Any], *, at: datetime, by: Actor) -> Hold:
    held = require_booker(by)
    start_at = limits.in_utc(wanted.start_at, field="start_at")
    found = offer_of(
        wanted.service_id,
        wanted.staff_id,
        wanted.location_id,
        resource_ids=wanted.resource_ids,
        beside_ids=wanted.beside_ids,
    )
    offer = seated(found, start_at)
    require_reach(held, offer.staff, offer.place.pk)
    require_all(offer.needs, held)
    draft = draft_for(offer, start_at)
    units = secure(draft, offer, held=held, at=at)
    if Hold.objects.of(by).standing(at).count() >= MOST_AT_ONCE:
        raise TooManyHolds(f"At most {MOST_AT_ONCE} times can be held at once. Give one back.")
    hold = Hold.objects.create(
        service=offer.service,
        staff=offer.staff,
        location=offer.place,
        start_at=draft.start_at,
        end_at=draft.end_at,
        time_zone=offer.place.time_zone,
        buffer_before_minutes=draft.buffer_before_minutes,
        buffer_after_minutes=draft.buffer_after_minutes,
        holder=holder_of(by),
        created_at=at,
        **kept,
    )
    occupying.take(hold, units)
    return hold
