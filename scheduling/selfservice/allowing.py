"""What a customer may do with an appointment by its link now, and why not more."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hub.errors import DomainError
from scheduling.local_times import said
from scheduling.models import Appointment
from scheduling.rules import rules_of
from scheduling.states import AppointmentStatus

OVER = {
    AppointmentStatus.REQUESTED: "We have not answered this request yet.",
    AppointmentStatus.DECLINED: "We could not accept this request.",
    AppointmentStatus.CANCELED: "This appointment is canceled.",
    AppointmentStatus.COMPLETED: "This appointment has taken place.",
    AppointmentStatus.NO_SHOW: "The time of this appointment is over.",
}


class NotAllowedByLink(DomainError):
    """Only the business can do this now; the page says how to reach it."""

    code = "not_allowed_by_link"


class SeenAnother(DomainError):
    """The time, or the fee, is not the one that the page showed."""

    code = "seen_another"


@dataclass(frozen=True, slots=True)
class Standing:
    """``why_not`` and ``why_not_move`` are sentences, empty where nothing speaks against it.

    ``fee`` is what canceling costs now, in the currency of the appointment.
    """

    why_not: str
    why_not_move: str
    fee: Decimal
    is_confirmed: bool

    @property
    def may_confirm(self) -> bool:
        return not self.why_not and not self.is_confirmed

    @property
    def may_cancel(self) -> bool:
        return not self.why_not

    @property
    def may_move(self) -> bool:
        return not self.why_not_move


def standing_of(appointment: Appointment, *, at: datetime) -> Standing:
    """Say what its customer may do with ``appointment`` at this moment."""
    why_not = _why_over(appointment, at=at)
    return Standing(
        why_not=why_not,
        why_not_move=why_not or _why_asked(appointment) or _why_too_late(appointment, at=at),
        fee=fee_of(appointment, at=at),
        is_confirmed=appointment.confirmed_by_customer_at is not None,
    )


def fee_of(appointment: Appointment, *, at: datetime) -> Decimal:
    """Return what it costs the customer to cancel at this moment, by the rules of the booking."""
    return appointment.late_fee if at > appointment.free_until else Decimal(0)


def require_coming(appointment: Appointment, *, at: datetime) -> None:
    """:raises NotAllowedByLink: it is not booked any more, or has begun."""
    refusal = _why_over(appointment, at=at)
    if refusal:
        raise NotAllowedByLink(refusal)


def require_movable(appointment: Appointment, *, at: datetime) -> None:
    """:raises NotAllowedByLink: it is over, or canceling it would be late already."""
    refusal = standing_of(appointment, at=at).why_not_move
    if refusal:
        raise NotAllowedByLink(refusal)


def require_seen(appointment: Appointment, schedule_version: int) -> None:
    """:raises SeenAnother: it was moved since the customer looked at it."""
    if appointment.schedule_version != schedule_version:
        raise SeenAnother("It was moved meanwhile. Look at the new time and try again.")


def _why_over(appointment: Appointment, *, at: datetime) -> str:
    status = AppointmentStatus(appointment.status)
    if status != AppointmentStatus.BOOKED:
        return OVER.get(status, "This appointment is not booked.")
    return "This appointment has begun already." if appointment.start_at <= at else ""


def _why_asked(appointment: Appointment) -> str:
    """Another time would have to be accepted anew."""
    rules = rules_of(appointment.service, appointment.location)
    return "Somebody has to agree to another time." if rules.needs_approval else ""


def _why_too_late(appointment: Appointment, *, at: datetime) -> str:
    if not appointment.cancellation_window_minutes or at <= appointment.free_until:
        return ""
    until = said(appointment.free_until.astimezone(appointment.time_zone))
    return f"It could be moved here until {until}."
