"""Cancel an appointment: at once, or with a time in which it can be undone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import require_transition
from scheduling import occupying
from scheduling.models import Appointment, CanceledBy
from scheduling.permitting import locked_for
from scheduling.states import TRANSITIONS, AppointmentStatus
from scheduling.telling import hasten_cancellation
from scheduling.texts import require_reason

CANCELING = ("status", "cancel_reason", "canceled_at", "canceled_by", "slot_held_until")


class UndoIsOver(DomainError):
    code = "undo_is_over"


@transaction.atomic
def cancel_appointment(
    appointment_id: UUID,
    *,
    reason: str,
    at: datetime,
    by: Actor,
    expected_version: int | None = None,
    wanted_by: CanceledBy = CanceledBy.BUSINESS,
) -> Appointment:
    """Cancel for good; the time is free at once.

    ``wanted_by`` says whose wish it was: a customer's that comes too late may cost a fee.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is over, or canceled already.
    :raises InvalidInput: no reason was given.
    """
    appointment = locked_for(by, appointment_id)
    require_version(appointment.version, expected_version)
    return cancel_locked(appointment, reason=reason, wanted_by=wanted_by, at=at, by=by)


def cancel_visit(
    appointment: Appointment, *, reason: str, wanted_by: CanceledBy, at: datetime, by: Actor
) -> Appointment:
    """Cancel a locked visit together with others of its series; the series tells the customer.

    :raises IllegalTransition: it is over, or canceled already.
    """
    told = {"series": [None, str(appointment.series_id)]}
    return cancel_locked(appointment, reason=reason, wanted_by=wanted_by, at=at, by=by, more=told)


def cancel_locked(
    appointment: Appointment,
    *,
    reason: str,
    wanted_by: CanceledBy,
    at: datetime,
    by: Actor,
    more: Mapping[str, Sequence[str | None]] | None = None,
) -> Appointment:
    """Cancel for good an appointment whose row is locked; the outbox is told ``more``.

    :raises IllegalTransition: it is over, or canceled already.
    """
    occupying.free(appointment)
    appointment.canceled_by = wanted_by
    return _cancel(appointment, reason=reason, held_until=None, at=at, by=by, more=more)


@transaction.atomic
def cancel_with_undo(
    appointment_id: UUID, *, reason: str, undo_until: datetime, at: datetime, by: Actor
) -> Appointment:
    """Cancel, but keep the time taken and the customer untold until ``undo_until``.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises IllegalTransition: it is over, or canceled already.
    :raises InvalidInput: no reason was given.
    """
    appointment = locked_for(by, appointment_id)
    # Who deleted an entry in another tool is not known, so it costs nobody anything.
    appointment.canceled_by = CanceledBy.BUSINESS
    return _cancel(appointment, reason=reason, held_until=undo_until, at=at, by=by)


@transaction.atomic
def undo_cancellation(appointment_id: UUID, *, at: datetime, by: Actor) -> Appointment:
    """Make it booked again, at its old time, which was kept for it.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises IllegalTransition: it is not canceled.
    :raises UndoIsOver: the time to undo is over; book anew.
    """
    appointment = locked_for(by, appointment_id)
    _require_transition(appointment, AppointmentStatus.BOOKED)
    if appointment.status != AppointmentStatus.CANCELED or not _is_held(appointment, at):
        raise UndoIsOver("This can no longer be undone. Book a new appointment instead.")
    appointment.status = AppointmentStatus.BOOKED
    appointment.cancel_reason = appointment.canceled_by = ""
    appointment.canceled_at = appointment.slot_held_until = None
    history.save(appointment, fields=CANCELING, by=by)
    outbox.record(
        EventName.APPOINTMENT_CANCELLATION_UNDONE,
        subject=appointment,
        by=by,
        fields={"status": [AppointmentStatus.CANCELED, AppointmentStatus.BOOKED]},
    )
    return appointment


@transaction.atomic
def confirm_cancellation(appointment_id: UUID, *, at: datetime, by: Actor) -> Appointment:
    """End the time to undo now: the slot is free, and the customer is told.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises UndoIsOver: it is not canceled, or the time was over already.
    """
    appointment = locked_for(by, appointment_id)
    if not _is_held(appointment, at):
        raise UndoIsOver("There is nothing left to confirm.")
    occupying.release(appointment, by=by)
    hasten_cancellation(appointment.pk, at=at)
    return appointment


def release_expired(*, at: datetime) -> int:
    """Free the slots whose time to undo is over, each in its own transaction; say how many.

    Only tidies up: a booking that comes first frees what stands in its way by itself.
    """
    due = Appointment.objects.filter(slot_held_until__lt=at).order_by("slot_held_until", "pk")
    return sum(_release(pk, at=at) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _release(appointment_id: UUID, *, at: datetime) -> bool:
    """Free one slot, unless somebody was faster."""
    appointment = Appointment.objects.select_for_update().get(pk=appointment_id)
    if appointment.slot_held_until is None or _is_held(appointment, at):
        return False
    occupying.release(appointment, by=Actor.job("release expired slots"))
    return True


def _cancel(
    appointment: Appointment,
    *,
    reason: str,
    held_until: datetime | None,
    at: datetime,
    by: Actor,
    more: Mapping[str, Sequence[str | None]] | None = None,
) -> Appointment:
    before = appointment.status
    _require_transition(appointment, AppointmentStatus.CANCELED)
    appointment.cancel_reason = require_reason(reason)
    appointment.status = AppointmentStatus.CANCELED
    appointment.canceled_at = at
    appointment.slot_held_until = held_until
    history.save(appointment, fields=CANCELING, by=by)
    fields: dict[str, Sequence[str | None]] = {
        "status": [before, AppointmentStatus.CANCELED],
        "reason": ["", appointment.cancel_reason],
        "slot_held_until": [None, None if held_until is None else held_until.isoformat()],
        **(more or {}),
    }
    outbox.record(EventName.APPOINTMENT_CANCELED, subject=appointment, by=by, fields=fields)
    return appointment


def _require_transition(appointment: Appointment, target: AppointmentStatus) -> None:
    require_transition(TRANSITIONS, current=AppointmentStatus(appointment.status), target=target)


def _is_held(appointment: Appointment, at: datetime) -> bool:
    return appointment.slot_held_until is not None and at <= appointment.slot_held_until
