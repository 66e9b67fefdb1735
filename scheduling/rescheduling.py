"""Move an appointment to another time, make it longer or shorter, give it to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.access import Access
from hub.actors import Actor
from hub.errors import InvalidInput
from scheduling import limits, occupying
from scheduling.assigning import name_resource, reassign
from scheduling.groups.changing import change_seat
from scheduling.keeping_limits import Placement, require_limits
from scheduling.models import Appointment, Staff
from scheduling.moves import (
    Move,
    NothingToChange,
    locked_as,
    note_move,
    placement_of,
    with_parts,
)
from scheduling.needs import Need, beside_under, colleagues_called, kept_by, require_all
from scheduling.offering import lead_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import offering_alternatives, place


@dataclass(frozen=True, slots=True)
class Target:
    """Where a visit goes; ``reason`` sets hours and notice aside."""

    start_at: datetime
    staff: Staff
    reason: str


def reschedule_appointment(  # noqa: PLR0913
    appointment_id: UUID,
    *,
    start_at: datetime,
    staff_id: UUID | None = None,
    at: datetime,
    by: Actor,
    end_at: datetime | None = None,
    expected_version: int | None = None,
    override_reason: str = "",
    beside_ids: tuple[UUID, ...] | None = None,
) -> Appointment:
    """Move an appointment; a room stays if it is free then, else another one is taken.

    Whoever takes part beside stays with it, or ``beside_ids`` take their places. Its rules and
    price stay as they were booked. ``override_reason`` as in booking.

    :raises AccessDenied: it is not an appointment of ``by``, or would become somebody else's.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is over, or canceled.
    :raises NothingToChange: it is there already.
    :raises InvalidInput: a value cannot be right.
    :raises NotQualified: the new staff member does not offer the service.
    :raises OutsideWorkingHours: it would not be within one stretch of work.
    :raises TooLate: it would start too soon, or in the past.
    :raises TooEarly: it would be further away than the service can be booked ahead.
    :raises SlotTaken: person or room is taken; says by what, and the nearest free times.
    """
    move = Move(start_at, end_at, staff_id, override_reason, beside_ids)
    parts = Appointment.objects.values_list("service_id", "staff_id", "location_id", "session_id")
    service_id, current_id, location_id, session_id = parts.get(pk=appointment_id)
    has_seat = isinstance(session_id, UUID)  # else it is null
    verb = change_seat if has_seat else _reschedule
    with offering_alternatives(service_id, staff_id or current_id, location_id, start_at, at=at):
        return verb(appointment_id, move, expected_version, at=at, by=by)


@occupying.retrying
def _reschedule(
    appointment_id: UUID, move: Move, expected_version: int | None, *, at: datetime, by: Actor
) -> Appointment:
    held = require_booker(by)
    seen = with_parts().get(pk=appointment_id)
    staff = lead_of(seen, move.staff_id)
    beside = _beside(seen, staff, move)
    needs = kept_by(seen, staff, beside)
    subjects = [seen.staff, staff, *seen.beside, *(one for n in needs for one in n.candidates)]
    occupying.lock(subjects)
    occupying.require_unchanged(seen.location, subjects)
    appointment = locked_as(seen, expected_version)
    require_reach(held, appointment.staff, appointment.location_id)
    require_reach(held, staff, appointment.location_id)
    require_all(needs, held, beside=seen.beside)
    before = placement_of(appointment)
    _apply(move, appointment, staff, beside)
    set_aside = limits.may_set_aside(held, move.override_reason)
    if not set_aside:
        require_limits(appointment, needs, before, at=at, by=by)
    reason = move.override_reason if set_aside else ""
    _take(appointment, needs, before, reason, held=held, at=at, by=by)
    return appointment


def move_locked(
    visit: Appointment,
    target: Target,
    *,
    held: Access,
    at: datetime,
    by: Actor,
    as_part_of_series: bool = False,
) -> Appointment:
    """Move a locked visit together with others, as part of a series whose letter tells of it.

    People and rooms must be locked, and no other visit that moves along may be in the way.

    :raises DomainError: as ``reschedule_appointment`` does.
    """
    if visit.session_id is not None:
        raise InvalidInput("A seat in a class moves by itself, to another class.")
    needs = kept_by(visit, target.staff, beside_under(visit, target.staff))
    require_all(needs, held)
    before = placement_of(visit)
    length = visit.end_at - visit.start_at
    visit.previous_start_at = visit.start_at
    visit.start_at, visit.end_at = target.start_at, target.start_at + length
    visit.staff = target.staff
    if not target.reason:
        require_limits(visit, needs, before, at=at, by=by)
    _take(
        visit,
        needs,
        before,
        target.reason,
        held=held,
        at=at,
        by=by,
        as_part_of_series=as_part_of_series,
    )
    return visit


def _beside(seen: Appointment, lead: Staff, move: Move) -> list[Staff]:
    if move.beside_ids is None:
        return seen.beside
    return colleagues_called(
        move.beside_ids, beside=lead, service=seen.service, place=seen.location
    )


def _apply(move: Move, appointment: Appointment, staff: Staff, beside: Sequence[Staff]) -> None:
    start_at = limits.in_utc(move.start_at, field="start_at")
    end_at = start_at + (appointment.end_at - appointment.start_at)
    if move.end_at is not None:
        end_at = limits.in_utc(move.end_at, field="end_at")
    limits.require_length(start_at, end_at)
    before = placement_of(appointment)
    appointment.previous_start_at = appointment.start_at
    appointment.start_at, appointment.end_at, appointment.staff = start_at, end_at, staff
    if placement_of(appointment) == before and set(beside) == set(appointment.beside):
        raise NothingToChange("It is there already.")


def _take(  # noqa: PLR0913
    appointment: Appointment,
    needs: Sequence[Need],
    before: Placement,
    reason: str,
    *,
    held: Access,
    at: datetime,
    by: Actor,
    as_part_of_series: bool = False,
) -> None:
    units = place(appointment, appointment.staff, needs, held=held, at=at)
    name_resource(appointment, units)
    occupying.move(appointment, units)
    also = reassign(appointment, units, at=at, by=by)
    note_move(appointment, before, also, reason, by=by, as_part_of_series=as_part_of_series)
