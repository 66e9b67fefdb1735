"""What customers are told about their appointments, decided and written when it is sent."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from customers.models import ContactKind, ContactPoint
from hub.models import Business
from hub.notifications.models import Notification, NotificationStatus
from hub.notifications.registry import Kind, Letter
from scheduling.local_times import offset_name
from scheduling.models import Appointment
from scheduling.states import AppointmentStatus

BOOKED = "appointment_booked"
MOVED = "appointment_moved"
CANCELED = "appointment_canceled"
TOLD = (NotificationStatus.SENT, NotificationStatus.SENDING, NotificationStatus.UNKNOWN)

Placement = tuple[datetime, datetime, UUID]


def last_told(appointment_id: UUID) -> Notification | None:
    """Return the newest message about an appointment that went out, or may have."""
    told = Notification.objects.filter(object_id=appointment_id, status__in=TOLD)
    return told.order_by("-object_version", "-pk").first()


def _why_no_confirmation(notification: Notification, at: datetime) -> str:
    return _why_over(_appointment(notification), at)


def _why_no_move(notification: Notification, at: datetime) -> str:
    appointment = _appointment(notification)
    known = _known_placement(notification)
    if known is not None and known == _placement(appointment):
        return "nothing changed since the last message"
    return _why_over(appointment, at)


def _why_no_cancellation(notification: Notification, at: datetime) -> str:
    appointment = _appointment(notification)
    if appointment.status != AppointmentStatus.CANCELED:
        return "withdrawn: undone"
    return "its time is over" if appointment.start_at <= at else ""


def _why_over(appointment: Appointment, at: datetime) -> str:
    if appointment.status != AppointmentStatus.BOOKED:
        return f"the appointment is {appointment.get_status_display().lower()}"
    return "its time is over" if appointment.start_at <= at else ""


def _known_placement(notification: Notification) -> Placement | None:
    """Return when and with whom it was as far as the customer knows."""
    told = last_told(notification.object_id)
    if told is not None:
        version = told.object_version
    else:
        moves = Notification.objects.filter(object_id=notification.object_id, kind=MOVED)
        version = min(moves.values_list("object_version", flat=True)) - 1
    row = Appointment.history.filter(id=notification.object_id, version=version).first()
    return None if row is None else (row.start_at, row.end_at, row.staff_id)


def _placement(appointment: Appointment) -> Placement:
    return appointment.start_at, appointment.end_at, appointment.staff_id


def _address(notification: Notification) -> str:
    # Not ``recipient_id``: by now the customer may have become another one by a merge.
    customer_id = _appointment(notification).customer_id
    points = ContactPoint.objects.filter(customer=customer_id, kind=ContactKind.EMAIL)
    primary = points.order_by("-is_primary", "created_at", "pk").first()
    return primary.value if primary else ""


def _write_confirmation(notification: Notification) -> Letter:
    return _letter("booked", _appointment(notification))


def _write_move(notification: Notification) -> Letter:
    appointment = _appointment(notification)
    known = _known_placement(notification)
    before = known[0] if known else appointment.previous_start_at
    moved = before is not None and before != appointment.start_at
    old = _moment(before, appointment.time_zone) if moved and before else ""
    return _letter("moved", appointment, {"old": old})


def _write_cancellation(notification: Notification) -> Letter:
    return _letter("canceled", _appointment(notification))


def _letter(
    template: str, appointment: Appointment, more: Mapping[str, Any] | None = None
) -> Letter:
    """Fill a template, whose first line is the subject."""
    text = render_to_string(
        f"scheduling/messages/{template}.txt", _context(appointment) | dict(more or {})
    )
    subject, _, body = text.strip().partition("\n")
    return Letter(subject, body.strip() + "\n")


def _context(appointment: Appointment) -> dict[str, Any]:
    zone = appointment.time_zone
    start, end = appointment.start_at.astimezone(zone), appointment.end_at.astimezone(zone)
    own = appointment.customer.time_zone
    elsewhere = own is not None and own.utcoffset(start.replace(tzinfo=None)) != start.utcoffset()
    return {
        "appointment": appointment,
        "customer": appointment.customer,
        "place": appointment.location,
        "business": Business.objects.values_list("name", flat=True).first() or "",
        "time": f"{_moment(start, zone)} – {end:%H:%M}",
        "zone": f"{zone}, {offset_name(start)}",
        "own_time": _moment(start, own) if elsewhere else "",
        "own_zone": f"{own}, {offset_name(start.astimezone(own))}" if elsewhere else "",
    }


def _moment(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%A, %B} {local.day}, {local.year}, {local:%H:%M}"


def _appointment(notification: Notification) -> Appointment:
    parts = Appointment.objects.select_related("customer", "staff", "location", "service")
    return parts.get(pk=notification.object_id)


KINDS = (
    Kind(BOOKED, _why_no_confirmation, _address, _write_confirmation),
    Kind(MOVED, _why_no_move, _address, _write_move),
    Kind(CANCELED, _why_no_cancellation, _address, _write_cancellation),
)
