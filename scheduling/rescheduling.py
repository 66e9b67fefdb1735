"""Move an appointment to another time, make it longer or shorter, give it to somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub import history, outbox
from hub.access import Access
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition
from scheduling import limits, occupying
from scheduling.models import Appointment, Resource, Staff
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.offering import active_staff, require_qualified, rooms_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import offering_alternatives, place
from scheduling.rules import rules_of
from scheduling.states import AppointmentStatus

Placement = dict[str, datetime | UUID | None]


class NothingToChange(DomainError):
    code = "nothing_to_change"


@dataclass(frozen=True, slots=True)
class Move:
    """Where to; ``None`` keeps the length, or the person."""

    start_at: datetime
    end_at: datetime | None
    staff_id: UUID | None
    override_reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a visit goes; ``reason`` sets hours and notice aside."""

    start_at: datetime
    staff: Staff
    rooms: Sequence[Resource] | None
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
) -> Appointment:
    """Move an appointment; the room stays if it is free then, else another one is taken.

    Its rules and price stay as they were booked. ``override_reason`` as in booking.

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
    move = Move(start_at, end_at, staff_id, override_reason)
    parts = Appointment.objects.values_list("service_id", "staff_id", "location_id")
    service_id, current_id, location_id = parts.get(pk=appointment_id)
    with offering_alternatives(service_id, staff_id or current_id, location_id, start_at, at=at):
        return _reschedule(appointment_id, move, expected_version, at=at, by=by)


@occupying.retrying
def _reschedule(
    appointment_id: UUID, move: Move, expected_version: int | None, *, at: datetime, by: Actor
) -> Appointment:
    held = require_booker(by)
    seen = _with_parts().get(pk=appointment_id)
    staff = _staff_for(seen, move)
    rooms = (
        rooms_of(seen.location, seen.resource.kind, first=seen.resource) if seen.resource else None
    )
    occupying.lock([seen.staff, staff, *(rooms or ())])
    occupying.require_unchanged(staff, seen.location, rooms or (), seen.staff)
    appointment = _locked(seen, expected_version)
    require_reach(held, appointment.staff, appointment.location_id)
    require_reach(held, staff, appointment.location_id)
    before = _placement(appointment)
    _apply(move, appointment, staff)
    set_aside = limits.may_set_aside(held, move.override_reason)
    if not set_aside:
        _require_limits(appointment, before, at=at, by=by)
    units = place(appointment, staff, rooms, held=held, at=at)
    appointment.resource = next((of for of, _ in units if isinstance(of, Resource)), None)
    occupying.move(appointment, units)
    _write(appointment, before, move.override_reason if set_aside else "", by=by)
    return appointment


def move_visit(
    visit: Appointment, target: Target, *, held: Access, at: datetime, by: Actor
) -> Appointment:
    """Move a locked visit together with others of its series; the series tells the customer.

    People and rooms must be locked, and no other visit that moves along may be in the way.

    :raises DomainError: as ``reschedule_appointment`` does.
    """
    before = _placement(visit)
    length = visit.end_at - visit.start_at
    visit.previous_start_at = visit.start_at
    visit.start_at, visit.end_at = target.start_at, target.start_at + length
    visit.staff = target.staff
    if not target.reason:
        _require_limits(visit, before, at=at, by=by)
    units = place(visit, target.staff, target.rooms, held=held, at=at)
    visit.resource = next((of for of, _ in units if isinstance(of, Resource)), None)
    occupying.move(visit, units)
    _write(visit, before, target.reason, by=by, as_part_of_series=True)
    return visit


def _with_parts() -> AppointmentQuerySet:
    return Appointment.objects.select_related("staff", "resource", "location", "service")


def _staff_for(seen: Appointment, move: Move) -> Staff:
    if move.staff_id is None or move.staff_id == seen.staff_id:
        return seen.staff
    staff = active_staff(move.staff_id)
    require_qualified(staff, seen.service)
    if not Staff.objects.working_at(seen.location).filter(pk=staff.pk).exists():
        raise InvalidInput(f"{staff} works at another location.", field="staff")
    return staff


def _locked(seen: Appointment, expected_version: int | None) -> Appointment:
    appointment = _with_parts().select_for_update(of=("self",)).get(pk=seen.pk)
    if (appointment.staff_id, appointment.resource_id) != (seen.staff_id, seen.resource_id):
        raise occupying.ChangedMeanwhile
    require_version(appointment.version, expected_version)
    if appointment.status != AppointmentStatus.BOOKED:
        status = AppointmentStatus(appointment.status)
        raise IllegalTransition(f"This is {status.label.lower()} and cannot be moved any more.")
    return appointment


def _apply(move: Move, appointment: Appointment, staff: Staff) -> None:
    start_at = limits.in_utc(move.start_at, field="start_at")
    end_at = start_at + (appointment.end_at - appointment.start_at)
    if move.end_at is not None:
        end_at = limits.in_utc(move.end_at, field="end_at")
    limits.require_length(start_at, end_at)
    before = _placement(appointment)
    appointment.previous_start_at = appointment.start_at
    appointment.start_at, appointment.end_at, appointment.staff = start_at, end_at, staff
    if _placement(appointment) == before:
        raise NothingToChange("It is there already.")


def _require_limits(
    appointment: Appointment, before: Placement, *, at: datetime, by: Actor
) -> None:
    try:
        if appointment.start_at != before["start_at"]:
            limits.require_notice(appointment, at=at)
            _require_horizon(appointment, before, at=at)
        limits.require_hours(
            appointment.staff, appointment.location, appointment.start_at, appointment.end_at
        )
    except limits.LIMITS:
        if not _takes_back(appointment, by):
            raise


def _require_horizon(appointment: Appointment, before: Placement, *, at: datetime) -> None:
    """:raises TooEarly: it would be later than it is, and further away than can be booked."""
    was = before["start_at"]
    if isinstance(was, datetime) and appointment.start_at > was:
        rules = rules_of(appointment.service, appointment.location)
        limits.require_horizon(appointment, rules.horizon_days, at=at)


def _takes_back(appointment: Appointment, by: Actor) -> bool:
    """Say whether ``by`` returns it to where it was before the change ``by`` made just now.

    What stood then may stand again, whatever hours and notice would say of it today; without
    this an undo could be refused.
    """
    latest, *earlier = appointment.history.order_by("-history_id")[:2]
    if not earlier or latest.actor_id != by.id:
        return False
    was = earlier[0]
    here = (appointment.start_at, appointment.end_at, appointment.staff_id)
    return (was.start_at, was.end_at, was.staff_id) == here


def _write(
    appointment: Appointment,
    before: Placement,
    reason: str,
    *,
    by: Actor,
    as_part_of_series: bool = False,
) -> None:
    appointment.schedule_version += 1
    appointment.reschedule_count += 1
    names = [*before, "schedule_version", "reschedule_count", "previous_start_at"]
    if as_part_of_series:
        names += ["series", "occurs_on"]
    history.save(appointment, fields=names, by=by, reason=reason)
    after = _placement(appointment)
    fields = {
        name: [_said(before[name]), _said(after[name])]
        for name in before
        if before[name] != after[name]
    }
    if reason:
        fields["override_reason"] = ["", reason]
    if as_part_of_series:
        fields["series"] = [None, str(appointment.series_id)]
    outbox.record(EventName.APPOINTMENT_RESCHEDULED, subject=appointment, by=by, fields=fields)


def _placement(appointment: Appointment) -> Placement:
    return {
        "start_at": appointment.start_at,
        "end_at": appointment.end_at,
        "staff": appointment.staff_id,
        "resource": appointment.resource_id,
    }


def _said(value: datetime | UUID | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
