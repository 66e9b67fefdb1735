"""Answer what customers have asked for where a service is booked by request: accept or decline."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from hub import history, outbox
from hub.actors import Actor, ActorKind
from hub.errors import DomainError, require_version
from hub.events import EventName
from hub.lifecycle import require_transition
from scheduling import occupying
from scheduling.models import Appointment
from scheduling.permitting import locked_for
from scheduling.rules import Rules
from scheduling.states import TRANSITIONS, AppointmentStatus
from scheduling.texts import require_reason

# Whoever works here has decided by booking.
ASKING = frozenset({ActorKind.VISITOR, ActorKind.CUSTOMER, ActorKind.KEY})
UNANSWERED = "It was not answered before its time."


class TooLateToAccept(DomainError):
    code = "too_late_to_accept"


def status_at_booking(rules: Rules, by: Actor) -> AppointmentStatus:
    """Return what a booking by ``by`` is at first: a request, where the service needs approval."""
    asks = rules.needs_approval and by.kind in ASKING
    return AppointmentStatus.REQUESTED if asks else AppointmentStatus.BOOKED


@transaction.atomic
def accept_request(
    appointment_id: UUID, *, at: datetime, by: Actor, expected_version: int | None = None
) -> Appointment:
    """Book what was asked for; its time has been taken since, so nothing can be in the way.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is no request any more.
    :raises TooLateToAccept: its time has begun.
    """
    appointment = _locked(appointment_id, expected_version, by=by)
    require_transition(
        TRANSITIONS,
        current=AppointmentStatus(appointment.status),
        target=AppointmentStatus.BOOKED,
    )
    if appointment.start_at <= at:
        raise TooLateToAccept("Its time has begun. Decline it, or book another time.")
    return _answered(appointment, AppointmentStatus.BOOKED, EventName.APPOINTMENT_BOOKED, by=by)


@transaction.atomic
def decline_request(
    appointment_id: UUID, *, reason: str, by: Actor, expected_version: int | None = None
) -> Appointment:
    """Free the time; the customer is told, with the reason.

    :raises AccessDenied: it is not an appointment of ``by``.
    :raises StaleVersion: somebody else changed it since ``expected_version``.
    :raises IllegalTransition: it is no request any more.
    :raises InvalidInput: no reason was given.
    """
    appointment = _locked(appointment_id, expected_version, by=by)
    return decline_locked(appointment, require_reason(reason), by=by)


def decline_unanswered(*, at: datetime) -> int:
    """Decline, each in its own transaction, what nobody answered until its time; say how many."""
    due = Appointment.objects.filter(status=AppointmentStatus.REQUESTED, start_at__lte=at)
    return sum(_decline_unanswered(pk) for pk in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _decline_unanswered(appointment_id: UUID) -> bool:
    appointment = Appointment.objects.select_for_update().get(pk=appointment_id)
    if appointment.status != AppointmentStatus.REQUESTED:
        return False
    decline_locked(appointment, UNANSWERED, by=Actor.job("decline unanswered requests"))
    return True


def _locked(appointment_id: UUID, expected_version: int | None, *, by: Actor) -> Appointment:
    appointment = locked_for(by, appointment_id)
    require_version(appointment.version, expected_version)
    return appointment


def decline_locked(appointment: Appointment, reason: str, *, by: Actor) -> Appointment:
    """Decline a request whose row is locked.

    :raises IllegalTransition: it is no request any more.
    """
    require_transition(
        TRANSITIONS,
        current=AppointmentStatus(appointment.status),
        target=AppointmentStatus.DECLINED,
    )
    occupying.free(appointment)
    appointment.cancel_reason = reason
    return _answered(
        appointment, AppointmentStatus.DECLINED, EventName.APPOINTMENT_DECLINED, by=by
    )


def _answered(
    appointment: Appointment, status: AppointmentStatus, name: EventName, *, by: Actor
) -> Appointment:
    before, appointment.status = appointment.status, status
    fields = {"status": [before, status]}
    changed = ["status"]
    if appointment.cancel_reason:
        fields["reason"] = ["", appointment.cancel_reason]
        changed.append("cancel_reason")
    history.save(appointment, fields=changed, by=by)
    outbox.record(name, subject=appointment, by=by, fields=fields)
    return appointment
