"""What customers are told about their appointments, decided and written when it is sent."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from customers.models import ContactKind, ContactPoint
from hub.notifications.models import Notification, NotificationStatus
from hub.notifications.registry import Hold, Kind, Letter
from scheduling.composing import Occasion, compose, template_for
from scheduling.event_files import event_file
from scheduling.linking import address_for
from scheduling.models import Appointment
from scheduling.models.messages import MessageKind
from scheduling.quiet import after_quiet, before_quiet
from scheduling.states import AppointmentStatus

BOOKED = "appointment_booked"
MOVED = "appointment_moved"
CANCELED = "appointment_canceled"
REMINDER = "appointment_reminder"
REQUESTED = "appointment_requested"
DECLINED = "appointment_declined"
# What is not promised is no entry of a calendar.
NO_ENTRY = (MessageKind.REQUESTED, MessageKind.DECLINED)
TOLD = (NotificationStatus.SENT, NotificationStatus.SENDING, NotificationStatus.UNKNOWN)

Placement = tuple[datetime, datetime, UUID]


def last_told(appointment_id: UUID) -> Notification | None:
    """Return the newest message about an appointment that went out, or may have."""
    told = Notification.objects.filter(object_id=appointment_id, status__in=TOLD)
    told = told.exclude(kind=REMINDER)  # which is of a version of the time, not of the record
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


def _why_no_receipt(notification: Notification, at: datetime) -> str:
    return _why_not(_appointment(notification), AppointmentStatus.REQUESTED, at)


def _why_no_refusal(notification: Notification, at: datetime) -> str:  # noqa: ARG001
    appointment = _appointment(notification)
    is_declined = appointment.status == AppointmentStatus.DECLINED
    return "" if is_declined else f"the appointment is {appointment.get_status_display().lower()}"


def remind_at(appointment: Appointment) -> datetime:
    """Return when the reminder is due: its time before the start, but not in quiet hours."""
    due_at = appointment.start_at - timedelta(minutes=appointment.reminder_minutes)
    return before_quiet(due_at, appointment.location.quiet_hours, _zone_of_customer(appointment))


def _why_no_reminder(notification: Notification, at: datetime) -> str:
    appointment = _appointment(notification)
    if notification.object_version != appointment.schedule_version:
        return "superseded: it was moved"
    if notification.planned_at >= remind_at(appointment):
        return "it was booked after the time for a reminder"
    return _why_over(appointment, at)


def _hold_reminder(notification: Notification, at: datetime) -> Hold | None:
    """Wait for the end of quiet hours, after an outage for instance."""
    appointment = _appointment(notification)
    zone = _zone_of_customer(appointment)
    until = after_quiet(at, appointment.location.quiet_hours, zone)
    if until <= at:
        return None
    return Hold(f"quiet hours until {until.astimezone(zone):%H:%M}", until)


def _zone_of_customer(appointment: Appointment) -> ZoneInfo:
    zone: ZoneInfo = appointment.customer.time_zone or appointment.time_zone
    return zone


def _why_over(appointment: Appointment, at: datetime) -> str:
    return _why_not(appointment, AppointmentStatus.BOOKED, at)


def _why_not(appointment: Appointment, status: AppointmentStatus, at: datetime) -> str:
    if appointment.status != status:
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
    return address_of(_appointment(notification).customer_id)


def address_of(customer_id: UUID) -> str:
    """Return the e-mail address to write to, ``""`` where there is none."""
    points = ContactPoint.objects.filter(customer=customer_id, kind=ContactKind.EMAIL)
    primary = points.order_by("-is_primary", "created_at", "pk").first()
    return primary.value if primary else ""


def _write_confirmation(notification: Notification) -> Letter:
    return _letter(MessageKind.BOOKED, notification)


def _write_reminder(notification: Notification) -> Letter:
    return _letter(MessageKind.REMINDER, notification)


def _write_move(notification: Notification) -> Letter:
    known = _known_placement(notification)
    before = known[0] if known else _appointment(notification).previous_start_at
    return _letter(MessageKind.MOVED, notification, before=before)


def _write_cancellation(notification: Notification) -> Letter:
    return _letter(MessageKind.CANCELED, notification)


def _write_receipt(notification: Notification) -> Letter:
    return _letter(MessageKind.REQUESTED, notification)


def _write_refusal(notification: Notification) -> Letter:
    return _letter(MessageKind.DECLINED, notification)


def _letter(
    kind: MessageKind, notification: Notification, *, before: datetime | None = None
) -> Letter:
    """Write the message, and add the entry for a calendar."""
    appointment, address = _appointment(notification), _address(notification)
    link = address_for(appointment, email=address)
    occasion = Occasion(kind, appointment, link, before)
    words = compose(occasion, template_for(kind, appointment))
    if kind in NO_ENTRY:
        return Letter(words.subject, words.body)
    method = "CANCEL" if appointment.status == AppointmentStatus.CANCELED else "REQUEST"
    event = event_file(
        appointment,
        method=method,
        attendee=address,
        stamped_at=notification.due_at,
    )
    return Letter(words.subject, words.body, event, method)


def _appointment(notification: Notification) -> Appointment:
    parts = Appointment.objects.select_related("customer", "staff", "location", "service")
    return parts.get(pk=notification.object_id)


KINDS = (
    Kind(BOOKED, _why_no_confirmation, _address, _write_confirmation),
    Kind(MOVED, _why_no_move, _address, _write_move),
    Kind(REQUESTED, _why_no_receipt, _address, _write_receipt),
    Kind(DECLINED, _why_no_refusal, _address, _write_refusal),
    Kind(CANCELED, _why_no_cancellation, _address, _write_cancellation),
    Kind(
        REMINDER,
        _why_no_reminder,
        _address,
        _write_reminder,
        hold=_hold_reminder,
        is_held_by_others=True,
    ),
)
