"""What scheduling tells on a customer's timeline: visits, and the messages about them."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from customers.timeline import Asked, Category, Moment, register_source
from hub.notifications.models import Notification, NotificationStatus
from scheduling import letters
from scheduling.models import Appointment
from scheduling.states import AppointmentStatus

S = AppointmentStatus
BADGES = {
    S.BOOKED: ("brand", "calendar-check"),
    S.COMPLETED: ("ok", "check"),
    S.NO_SHOW: ("bad", "user-x"),
    S.CANCELED: ("warn", "calendar-cancel"),
}
TITLES = {
    letters.BOOKED: "Confirmation of an appointment",
    letters.MOVED: "Message about a new time",
    letters.CANCELED: "Message about a cancellation",
    letters.REMINDER: "Reminder",
}
TONES = {NotificationStatus.SENT: "ok", NotificationStatus.UNKNOWN: "warn"}


def register() -> None:
    register_source(Category.VISITS, visits)
    register_source(Category.MESSAGES, messages)


def visits(asked: Asked) -> Iterator[Moment]:
    found = Appointment.objects.visible_to(asked.access).filter(customer=asked.customer)
    if asked.before:
        found = found.filter(start_at__lt=asked.before)
    newest = found.select_related("staff", "location").order_by("-start_at", "-pk")
    for visit in newest[: asked.limit]:
        tone, icon = BADGES.get(S(visit.status), ("", ""))
        yield Moment(
            at=visit.start_at,
            until=visit.end_at,
            zone=visit.time_zone,
            category=Category.VISITS,
            icon="calendar-event",
            tone="brand" if visit.end_at > asked.at else "ok",
            title=f"{visit.service_name} with {visit.staff}",
            detail=f"{visit.code} · {visit.location.name}",
            url=visit.get_absolute_url(),
            badge=(tone, icon, str(visit.get_status_display())),
        )


def messages(asked: Asked) -> Iterator[Moment]:
    """By when they were decided on; a message that is still planned, by when it is due."""
    visible = Appointment.objects.visible_to(asked.access).filter(customer=asked.customer)
    by_id = {visit.pk: visit for visit in visible.only("pk", "number", "time_zone")}
    for notice in Notification.objects.filter(object_id__in=by_id).order_by("-due_at", "-pk"):
        visit, at = by_id[notice.object_id], notice.decided_at or notice.due_at
        if asked.before and at >= asked.before:
            continue
        status = NotificationStatus(notice.status)
        yield Moment(
            at=at,
            zone=visit.time_zone,
            category=Category.MESSAGES,
            icon="mail",
            title=TITLES.get(notice.kind, "Message"),
            detail=f"{visit.code}{f' · {notice.reason}' if notice.reason else ''}",
            url=visit.get_absolute_url(),
            badge=(TONES.get(status, ""), "", str(status.label)),
        )


def told_of(customer_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return all visits with the messages about them, for the file a person can ask for."""
    visits = Appointment.objects.filter(customer__in=customer_ids).order_by("start_at", "pk")
    sent: dict[UUID, list[dict[str, Any]]] = {}
    for notice in Notification.objects.filter(object_id__in=visits.values("pk")).order_by("pk"):
        told = {"message": notice.kind, "status": notice.status, "at": notice.decided_at}
        sent.setdefault(notice.object_id, []).append(told)
    return [
        {
            "code": visit.code,
            "service": visit.service_name,
            "with": visit.staff.name,
            "start_at": visit.start_at,
            "end_at": visit.end_at,
            "time_zone": str(visit.time_zone),
            "status": visit.status,
            "confirmed_at": visit.confirmed_by_customer_at,
            "notes": visit.notes,
            "notes for the customer": visit.customer_notes,
            "tags": visit.tags,
            "cancel_reason": visit.cancel_reason,
            "messages": sent.get(visit.pk, []),
        }
        for visit in visits.select_related("staff")
    ]
