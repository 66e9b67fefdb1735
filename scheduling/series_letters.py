"""What customers are told about a series: one message for all of its visits."""

from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string

from hub.models import Business
from hub.notifications.models import Notification
from hub.notifications.registry import Kind, Letter
from scheduling.letters import address_of
from scheduling.models import Appointment, Series, SeriesStatus
from scheduling.states import AppointmentStatus

SERIES = "series"
VISITS_LISTED = 12
_TEMPLATES = {
    SeriesStatus.ACTIVE: "active",
    SeriesStatus.PAUSED: "paused",
    SeriesStatus.ENDED: "ended",
}


def _why_not(notification: Notification, at: datetime) -> str:
    series = _series(notification)
    if series.status == SeriesStatus.ACTIVE and not _coming(series, at).exists():
        return "none of its visits is still to come"
    return ""


def _address(notification: Notification) -> str:
    return address_of(_series(notification).customer_id)


def _write(notification: Notification) -> Letter:
    series = _series(notification)
    template = f"scheduling/messages/series_{_TEMPLATES[SeriesStatus(series.status)]}.txt"
    text = render_to_string(template, _context(series, notification.due_at))
    subject, _, body = text.strip().partition("\n")
    return Letter(subject, body.strip() + "\n")


def _context(series: Series, at: datetime) -> dict[str, Any]:
    coming = list(_coming(series, at))
    return {
        "series": series,
        "rule": series.rule.in_words,
        "customer": series.customer,
        "place": series.location,
        "zone": series.time_zone,
        "visits": [_moment(visit) for visit in coming[:VISITS_LISTED]],
        "more": max(0, len(coming) - VISITS_LISTED),
        "business": Business.objects.values_list("name", flat=True).first() or "",
        "instructions": series.service.instructions,
    }


def _coming(series: Series, at: datetime) -> Any:
    booked = series.visits.filter(status=AppointmentStatus.BOOKED)
    return booked.filter(start_at__gt=at - timedelta(minutes=1)).order_by("start_at")


def _moment(visit: Appointment) -> str:
    local = visit.start_at.astimezone(visit.time_zone)
    return f"{local:%A, %B} {local.day}, {local.year}, {local:%H:%M}"


def _series(notification: Notification) -> Series:
    parts = Series.objects.select_related("customer", "service", "staff", "location")
    return parts.get(pk=notification.object_id)


KIND = Kind(SERIES, _why_not, _address, _write)
