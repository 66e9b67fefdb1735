"""What every move of an appointment looks at first, and writes down in the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition
from scheduling import occupying
from scheduling.keeping_limits import Placement
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.states import AppointmentStatus


@dataclass(frozen=True, slots=True)
class Move:
    """Where to; ``None`` keeps the length, who leads, or who takes part beside."""

    start_at: datetime
    end_at: datetime | None
    staff_id: UUID | None
    override_reason: str
    beside_ids: tuple[UUID, ...] | None = None


class NothingToChange(DomainError):
    code = "nothing_to_change"


def with_parts() -> AppointmentQuerySet:
    """Load all along that a move looks at."""
    found = Appointment.objects.select_related("staff", "resource", "location", "service")
    return found.prefetch_related("assignments__staff", "assignments__resource")


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
        if status == AppointmentStatus.REQUESTED:
            raise IllegalTransition("This is a request: accept it first, then move it.")
        raise IllegalTransition(f"This is {status.label.lower()} and cannot be moved any more.")
    return appointment


def _taken_by(appointment: Appointment) -> tuple[UUID, UUID | None, frozenset[UUID | None]]:
    beside = (row.staff_id or row.resource_id for row in appointment.assignments.all())
    return appointment.staff_id, appointment.resource_id, frozenset(beside)


def note_move(
    appointment: Appointment,
    before: Placement,
    also: Mapping[str, list[str]],
    reason: str,
    *,
    by: Actor,
    as_part_of_series: bool = False,
) -> None:
    """Write a move from ``before``, and to the outbox what is ``also`` another.

    A new time, lead or room is told to the customer and makes reminders anew; somebody or
    something else beside is not.
    """
    after = placement_of(appointment)
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


def placement_of(appointment: Appointment) -> Placement:
    """Return where ``appointment`` stands, by the names of its columns."""
    return {
        "start_at": appointment.start_at,
        "end_at": appointment.end_at,
        "staff": appointment.staff_id,
        "resource": appointment.resource_id,
        "session": appointment.session_id,
    }


def _said(value: datetime | UUID | None) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value is None else str(value)
