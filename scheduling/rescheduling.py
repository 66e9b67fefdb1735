"""Move an appointment to another time, make it longer or shorter, give it to somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub import history, outbox
from hub.access import Access
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition
from scheduling import limits, occupying
from scheduling.assigning import name_resource, reassign
from scheduling.keeping_limits import Placement, require_limits
from scheduling.models import Appointment, Staff
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.needs import Need, beside_under, colleagues_called, kept_by, require_all
from scheduling.offering import lead_of
from scheduling.permitting import require_booker, require_reach
from scheduling.placing import offering_alternatives, place
from scheduling.states import AppointmentStatus


class NothingToChange(DomainError):
    code = "nothing_to_change"


@dataclass(frozen=True, slots=True)
class Move:
    """Where to; ``None`` keeps the length, who leads, or who takes part beside."""

    start_at: datetime
    end_at: datetime | None
    staff_id: UUID | None
    override_reason: str
    beside_ids: tuple[UUID, ...] | None = None


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
    parts = Appointment.objects.values_list("service_id", "staff_id", "location_id")
    service_id, current_id, location_id = parts.get(pk=appointment_id)
    with offering_alternatives(service_id, staff_id or current_id, location_id, start_at, at=at):
        return _reschedule(appointment_id, move, expected_version, at=at, by=by)


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
    before = _placement(appointment)
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
    needs = kept_by(visit, target.staff, beside_under(visit, target.staff))
    require_all(needs, held)
    before = _placement(visit)
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


def with_parts() -> AppointmentQuerySet:
    """Load all along that a move looks at."""
    found = Appointment.objects.select_related("staff", "resource", "location", "service")
    return found.prefetch_related("assignments__staff", "assignments__resource")


def _beside(seen: Appointment, lead: Staff, move: Move) -> list[Staff]:
    if move.beside_ids is None:
        return seen.beside
    return colleagues_called(
        move.beside_ids, beside=lead, service=seen.service, place=seen.location
    )


def locked_as(seen: Appointment, expected_version: int | None) -> Appointment:
    """Return the appointment with its row locked, if it can be moved and takes who was ``seen``.

    :raises ChangedMeanwhile: others take part in it by now.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is over, or canceled.
    """
    appointment = with_parts().select_for_update(of=("self",)).get(pk=seen.pk)
    if _taken_by(appointment) != _taken_by(seen):
        raise occupying.ChangedMeanwhile
    require_version(appointment.version, expected_version)
    if appointment.status != AppointmentStatus.BOOKED:
        status = AppointmentStatus(appointment.status)
        raise IllegalTransition(f"This is {status.label.lower()} and cannot be moved any more.")
    return appointment


def _taken_by(appointment: Appointment) -> tuple[UUID, UUID | None, frozenset[UUID | None]]:
    beside = (row.staff_id or row.resource_id for row in appointment.assignments.all())
    return appointment.staff_id, appointment.resource_id, frozenset(beside)


def _apply(move: Move, appointment: Appointment, staff: Staff, beside: Sequence[Staff]) -> None:
    start_at = limits.in_utc(move.start_at, field="start_at")
    end_at = start_at + (appointment.end_at - appointment.start_at)
    if move.end_at is not None:
        end_at = limits.in_utc(move.end_at, field="end_at")
    limits.require_length(start_at, end_at)
    before = _placement(appointment)
    appointment.previous_start_at = appointment.start_at
    appointment.start_at, appointment.end_at, appointment.staff = start_at, end_at, staff
    if _placement(appointment) == before and set(beside) == set(appointment.beside):
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
    _write(appointment, before, also, reason, by=by, as_part_of_series=as_part_of_series)


def _write(
    appointment: Appointment,
    before: Placement,
    also: Mapping[str, list[str]],
    reason: str,
    *,
    by: Actor,
    as_part_of_series: bool,
) -> None:
    after = _placement(appointment)
    names = [*before]
    if after != before:
        appointment.schedule_version += 1
        appointment.reschedule_count += 1
        appointment.confirmed_by_customer_at = None  # that was about the old time
        names += ["schedule_version", "reschedule_count", "previous_start_at"]
        names.append("confirmed_by_customer_at")
    if as_part_of_series:
        names += ["series", "occurs_on"]
    history.save(
        appointment, fields=names, by=by, reason=reason or _others_told(appointment, also)
    )
    fields: dict[str, list[str | None]] = {
        name: [_said(before[name]), _said(after[name])]
        for name in before
        if before[name] != after[name]
    } | {name: [*sides] for name, sides in also.items()}
    if reason:
        fields["override_reason"] = ["", reason]
    if as_part_of_series:
        fields["series"] = [None, str(appointment.series_id)]
    name = EventName.APPOINTMENT_RESCHEDULED
    if after == before:  # only somebody or something beside is another
        name = EventName.APPOINTMENT_UPDATED
    outbox.record(name, subject=appointment, by=by, fields=fields)


def _others_told(appointment: Appointment, also: Mapping[str, list[str]]) -> str:
    """Say for the history who takes part beside by now, where that has changed."""
    if "beside" not in also:
        return ""
    names = ", ".join(person.name for person in appointment.beside)
    return f"Also takes part: {names or 'nobody'}"


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
