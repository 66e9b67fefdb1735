"""Move a class with all who come, cancel it, give it more seats or fewer."""

from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition
from scheduling import limits, occupying
from scheduling.approving import decline_locked
from scheduling.canceling import cancel_locked
from scheduling.groups.planning import (
    require_only_one,
    require_seats,
    require_there,
    require_to_come,
)
from scheduling.models import (
    Appointment,
    CanceledBy,
    GroupSession,
    GroupStatus,
    Hold,
)
from scheduling.moves import NothingToChange, note_move, placement_of, with_parts
from scheduling.needs import beside_under, kept_by, require_all
from scheduling.offering import lead_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import place
from scheduling.seating import sit, taken_seats
from scheduling.states import OCCUPYING, TO_COME, AppointmentStatus
from scheduling.texts import require_reason


class SeatsTaken(DomainError):
    code = "seats_taken"


@occupying.retrying
def move_class(  # noqa: PLR0913
    session_id: UUID,
    *,
    start_at: datetime,
    staff_id: UUID | None = None,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
    override_reason: str = "",
) -> GroupSession:
    """Move a class with all its seats, which keep its length; each customer is told.

    :raises AccessDenied: it is a colleague's, or would become one's.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is canceled, or somebody's visit is over already.
    :raises NothingToChange: it is there already.
    :raises SlotTaken: person or room is taken then.
    """
    held = require_booker(by)
    seen = _whole(session_id)
    lead = lead_of(seen, staff_id)
    needs = kept_by(seen, lead, beside_under(seen, lead))
    subjects = [seen, seen.staff, lead, *(one for need in needs for one in need.candidates)]
    occupying.lock(subjects)
    occupying.require_unchanged(seen.location, [one for one in subjects if one != seen])
    session = _locked(seen, expected_version)
    require_reach(held, session.staff, session.location_id)
    require_reach(held, lead, session.location_id)
    require_all(needs, held)
    start_at = limits.in_utc(start_at, field="start_at")
    before = session.start_at
    if (before, session.staff_id) == (start_at, lead.pk):
        raise NothingToChange("It is there already.")
    require_to_come(start_at, at=at)
    session.end_at = start_at + (session.end_at - session.start_at)
    session.start_at, session.staff = start_at, lead
    require_only_one(session)
    reason = override_reason.strip() if limits.may_set_aside(held, override_reason) else ""
    needs = require_there(session, needs, reason)
    occupying.move(session, place(session, lead, needs, held=held, at=at))
    history.save(session, fields=["start_at", "end_at", "staff"], by=by, reason=reason)
    _move_seats(session, reason, by=by)
    outbox.record(
        EventName.SESSION_RESCHEDULED,
        subject=session,
        by=by,
        fields={"start_at": [before.isoformat(), start_at.isoformat()]},
    )
    return session


@occupying.retrying
def cancel_class(
    session_id: UUID,
    *,
    reason: str,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> GroupSession:
    """Cancel a class and the seat of everybody who was to come; each is told, nobody pays.

    :raises AccessDenied: it is a colleague's, or at another location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is canceled already, or somebody's visit is over.
    :raises InvalidInput: no reason was given.
    """
    held = require_booker(by)
    seen = _whole(session_id)
    occupying.lock([seen])
    session = _locked(seen, expected_version)
    require_reach(held, session.staff, session.location_id)
    session.cancel_reason = require_reason(reason)
    session.status, session.canceled_at = GroupStatus.CANCELED, at
    for seat in _seats(session, by=by):
        _cancel_seat(seat, session.cancel_reason, at=at, by=by)
    occupying.free(session)
    history.save(session, fields=["status", "canceled_at", "cancel_reason"], by=by)
    outbox.record(
        EventName.SESSION_CANCELED,
        subject=session,
        by=by,
        fields={"reason": ["", session.cancel_reason]},
    )
    return session


@occupying.retrying
def change_seats(
    session_id: UUID,
    seats: int,
    *,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
) -> GroupSession:
    """Give a class more seats, or fewer, as long as nobody sits on those that go.

    :raises AccessDenied: it is a colleague's, or at another location.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises SeatsTaken: somebody sits there.
    :raises InvalidInput: it is not 1 to 500.
    """
    held = require_booker(by)
    seen = _whole(session_id)
    occupying.lock([seen])
    session = _locked(seen, expected_version)
    require_reach(held, session.staff, session.location_id)
    require_seats(seats)
    beyond = taken_seats(at=at).filter(subject=session.subject, unit__gt=seats).count()
    if beyond:
        raise SeatsTaken(
            f"Somebody has seat {seats + 1} or a higher one: cancel or move them first.",
            field="seats",
            details={"appointments": beyond},
        )
    before, session.seats = session.seats, seats
    history.save(session, fields=["seats"], by=by)
    told = {"seats": [before, seats]}
    outbox.record(EventName.SESSION_UPDATED, subject=session, by=by, fields=told)
    return session


def _whole(session_id: UUID) -> GroupSession:
    return GroupSession.objects.select_related("service", "staff", "location").get(pk=session_id)


def _locked(seen: GroupSession, expected_version: int | None) -> GroupSession:
    """Return the class with its row locked, if it is as it was ``seen`` and still planned."""
    rows = GroupSession.objects.select_related("service", "staff", "location")
    session = rows.select_for_update(of=("self",)).get(pk=seen.pk)
    if session.staff_id != seen.staff_id:
        raise occupying.ChangedMeanwhile
    require_version(session.version, expected_version)
    if session.status != GroupStatus.PLANNED:
        raise IllegalTransition("This class is canceled.")
    return session


def _seats(session: GroupSession, *, by: Actor) -> list[Appointment]:
    """Return the visits that have a seat, locked; what was only kept or held is given back.

    :raises IllegalTransition: one is over.
    """
    Hold.objects.filter(occupancies__subject=session.subject).delete()
    rows = with_parts().filter(session=session).select_for_update(of=("self",)).order_by("pk")
    seats = []
    for visit in rows:
        if visit.slot_held_until is not None:
            occupying.release(visit, by=by)
        elif visit.status in TO_COME:
            seats.append(visit)
        elif visit.status in OCCUPYING:
            raise IllegalTransition("It has taken place for somebody already.")
    return seats


def _cancel_seat(seat: Appointment, reason: str, *, at: datetime, by: Actor) -> None:
    if seat.status == AppointmentStatus.REQUESTED:
        decline_locked(seat, reason, by=by)
    else:
        cancel_locked(seat, reason=reason, wanted_by=CanceledBy.BUSINESS, at=at, by=by)


def _move_seats(session: GroupSession, reason: str, *, by: Actor) -> None:
    for seat in _seats(session, by=by):
        before = placement_of(seat)
        seat.previous_start_at = seat.start_at
        sit(seat, session)
        seat.occupancies.update(block=DateTimeTZRange(*seat.block))
        note_move(seat, before, {}, reason, by=by)
