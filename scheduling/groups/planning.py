"""Plan classes: times of a service for several customers at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hub import history, outbox
from hub.access import Access
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.events import EventName
from scheduling import limits, occupying
from scheduling.local_times import said
from scheduling.models import (
    GroupSession,
)
from scheduling.models.catalog import MOST_SEATS
from scheduling.needs import Need, at_work, at_work_first, require_all
from scheduling.occupying import SlotTaken
from scheduling.offering import Offer, offer_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import place

MOST_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What a class is of; without ``seats`` as many as the service says."""

    service_id: UUID
    staff_id: UUID
    location_id: UUID | None = None
    seats: int | None = None
    resource_ids: tuple[UUID, ...] = ()
    beside_ids: tuple[UUID, ...] = ()


@occupying.retrying
def plan_classes(
    plan: Plan, starts: Sequence[datetime], *, at: datetime, by: Actor, override_reason: str = ""
) -> list[GroupSession]:
    """Plan a class at each of ``starts``, all or none.

    ``override_reason`` sets working hours aside, for those who may; never overlap.

    :raises AccessDenied: ``by`` may not book for this staff member.
    :raises InvalidInput: a value is unknown or cannot be right, or the service has no seats.
    :raises NotQualified: the staff member does not offer the service.
    :raises OutsideWorkingHours: one is not within one stretch of work.
    :raises BusyElsewhere: somebody is busy in a calendar outside then.
    :raises SlotTaken: person or room is taken; names the date.
    """
    held = require_booker(by)
    offer = offer_of(
        plan.service_id,
        plan.staff_id,
        plan.location_id,
        resource_ids=plan.resource_ids,
        beside_ids=plan.beside_ids,
    )
    require_reach(held, offer.staff, offer.place.pk)
    require_all(offer.needs, held)
    moments = sorted({limits.in_utc(start, field="start_at") for start in starts})
    _require_plannable(offer, plan, moments, at=at)
    reason = override_reason.strip() if limits.may_set_aside(held, override_reason) else ""
    occupying.lock(offer.subjects)
    occupying.require_unchanged(offer.place, offer.subjects)
    return [_planned(offer, plan, start, reason, held=held, at=at, by=by) for start in moments]


def _require_plannable(
    offer: Offer, plan: Plan, starts: Sequence[datetime], *, at: datetime
) -> None:
    if not offer.rules.is_group:
        raise InvalidInput(f"{offer.service} has no seats: set more than one up.", field="service")
    if not 1 <= len(starts) <= MOST_AT_ONCE:
        raise InvalidInput(f"1 to {MOST_AT_ONCE} classes are planned at once.", field="start_at")
    if plan.seats is not None:
        require_seats(plan.seats)
    require_to_come(starts[0], at=at)


def require_only_one(session: GroupSession) -> None:
    """:raises InvalidInput: its lead leads another class of the service at the very same time."""
    same = GroupSession.objects.planned().filter(
        service=session.service, staff=session.staff, start_at=session.start_at
    )
    if same.exclude(pk=session.pk).exists():
        when = said(session.start_at.astimezone(session.time_zone))
        text = f"{session.staff} leads a class of {session.service} on {when} already."
        raise InvalidInput(text, field="start_at")


def require_seats(seats: int) -> None:
    """:raises InvalidInput: no class has so many, or none."""
    if not 1 <= seats <= MOST_SEATS:
        raise InvalidInput(f"A class has 1 to {MOST_SEATS} seats.", field="seats")


def require_to_come(start_at: datetime, *, at: datetime) -> None:
    """:raises InvalidInput: it has begun."""
    if start_at <= at:
        raise InvalidInput("A class is planned for a time to come.", field="start_at")


def _planned(  # noqa: PLR0913
    offer: Offer,
    plan: Plan,
    start_at: datetime,
    reason: str,
    *,
    held: Access,
    at: datetime,
    by: Actor,
) -> GroupSession:
    rules = offer.rules
    session = GroupSession(
        service=offer.service,
        staff=offer.staff,
        location=offer.place,
        start_at=start_at,
        end_at=start_at + timedelta(minutes=rules.duration_minutes),
        time_zone=offer.place.time_zone,
        buffer_before_minutes=rules.buffer_before_minutes,
        buffer_after_minutes=rules.buffer_after_minutes,
        seats=plan.seats or rules.seats,
        created_at=at,
    )
    require_only_one(session)
    needs = require_there(session, offer.needs, reason)
    try:
        units = place(session, offer.staff, needs, held=held, at=at)
    except SlotTaken as refusal:
        local = start_at.astimezone(session.time_zone)
        raise SlotTaken(
            f"{said(local)}: {refusal}", field="start_at", details=refusal.details
        ) from refusal
    history.create(session, by=by, reason=reason)
    occupying.take(session, units)
    outbox.record(EventName.SESSION_PLANNED, subject=session, by=by)
    return session


def require_there(session: GroupSession, needs: Sequence[Need], reason: str) -> list[Need]:
    """Return ``needs`` of people who are there then; with a ``reason`` they only come first.

    :raises OutsideWorkingHours: the lead, or somebody who was named, does not work then.
    :raises BusyElsewhere: one of them is busy in a calendar outside.
    """
    if reason:
        return at_work_first(needs, session)
    limits.require_there(session.staff, session)
    return at_work(needs, session)
