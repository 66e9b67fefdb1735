"""Whether the customer came: complete it, mark a no-show, or open it again within a day."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import IllegalTransition, require_transition
from scheduling.models import Appointment
from scheduling.permitting import locked_for
from scheduling.states import TRANSITIONS, AppointmentStatus
from scheduling.texts import require_reason

REOPEN_WITHIN = timedelta(hours=24)


class NotYet(DomainError):
    code = "not_yet"


class TooLateToReopen(DomainError):
    code = "too_late_to_reopen"


@transaction.atomic
def complete_appointment(
    appointment_id: UUID, *, at: datetime, by: Actor, expected_version: int | None = None
) -> Appointment:
    """Note that it took place, from its start on; what is to be billed follows from this.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is over, or canceled.
    :raises NotYet: it has not begun.
    """
    appointment = locked_for(by, appointment_id)
    require_version(appointment.version, expected_version)
    _require(appointment, AppointmentStatus.COMPLETED, at=at)
    appointment.completed_at = at
    return _close(
        appointment,
        AppointmentStatus.COMPLETED,
        "completed_at",
        EventName.APPOINTMENT_COMPLETED,
        by=by,
    )


@transaction.atomic
def mark_no_show(
    appointment_id: UUID, *, at: datetime, by: Actor, expected_version: int | None = None
) -> Appointment:
    """Note that the customer did not come; the time stays taken.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is over, or canceled.
    :raises NotYet: it has not begun.
    """
    appointment = locked_for(by, appointment_id)
    require_version(appointment.version, expected_version)
    _require(appointment, AppointmentStatus.NO_SHOW, at=at)
    appointment.no_show_at = at
    return _close(
        appointment, AppointmentStatus.NO_SHOW, "no_show_at", EventName.APPOINTMENT_NO_SHOW, by=by
    )


@transaction.atomic
def reopen_appointment(
    appointment_id: UUID, *, reason: str, at: datetime, by: Actor
) -> Appointment:
    """Take back a completion or a no-show within 24 hours.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises IllegalTransition: it is neither completed nor a no-show.
    :raises TooLateToReopen: it was closed longer ago.
    :raises InvalidInput: no reason was given.
    """
    appointment = locked_for(by, appointment_id)
    closed_at = appointment.completed_at or appointment.no_show_at
    before = appointment.status
    if closed_at is None:
        raise IllegalTransition("Only a completed appointment or a no-show can be reopened.")
    if at > closed_at + REOPEN_WITHIN:
        raise TooLateToReopen("An appointment can be reopened for 24 hours only.")
    given = require_reason(reason)
    appointment.status = AppointmentStatus.BOOKED
    appointment.completed_at = appointment.no_show_at = None
    closing = ["status", "completed_at", "no_show_at"]
    history.save(appointment, fields=closing, by=by, reason=given)
    outbox.record(
        EventName.APPOINTMENT_REOPENED,
        subject=appointment,
        by=by,
        fields={"status": [before, AppointmentStatus.BOOKED], "reason": ["", given]},
    )
    return appointment


def _require(appointment: Appointment, target: AppointmentStatus, *, at: datetime) -> None:
    require_transition(TRANSITIONS, current=AppointmentStatus(appointment.status), target=target)
    if at < appointment.start_at:
        raise NotYet("This appointment has not begun yet.")


def _close(
    appointment: Appointment,
    status: AppointmentStatus,
    closing: str,
    name: EventName,
    *,
    by: Actor,
) -> Appointment:
    before = appointment.status
    appointment.status = status
    history.save(appointment, fields=["status", closing], by=by)
    outbox.record(name, subject=appointment, by=by, fields={"status": [before, status]})
    return appointment
