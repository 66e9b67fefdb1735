"""The page of an appointment, and its card in the calendar."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from hub import access
from hub.access import Access, Capability, requires
from hub.history_reading import entries
from hub.notifications.models import Notification
from scheduling.models import Appointment, WaitingEntry
from scheduling.reach import may_change
from scheduling.states import TO_COME, AppointmentStatus
from scheduling.tagging import known_tags
from scheduling.web.forms import NotesForm
from scheduling.web.wording import MESSAGES, elsewhere, remaining

SEES_APPOINTMENTS = (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR)
MAY_BOOK = (Capability.BOOK_APPOINTMENT, Capability.BOOK_OWN_APPOINTMENT)


def found(request: HttpRequest, pk: UUID) -> Appointment:
    """Return an appointment that this person may see.

    :raises Http404: there is none, or it is hidden: they look alike.
    """
    visible = Appointment.objects.visible_to(access.of(request))
    parts = visible.select_related(
        "customer", "service", "staff", "resource", "location", "series"
    )
    with_others = parts.prefetch_related("assignments__staff", "assignments__resource")
    return get_object_or_404(with_others, pk=pk)


@require_safe
@requires(*SEES_APPOINTMENTS)
def show_appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page(request, found(request, pk))


def page(
    request: HttpRequest,
    appointment: Appointment,
    *,
    notes: NotesForm | None = None,
    stale: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the page; with ``notes`` the form as it came back."""
    at, held = timezone.now(), access.of(request)
    initial = {
        "notes": appointment.notes,
        "customer_notes": appointment.customer_notes,
        "tags": ", ".join(appointment.tags),
        "color": appointment.color,
        "version": appointment.version,
    }
    context = facts(request, appointment, at=at) | {
        "notes_form": notes or NotesForm(initial=initial),
        "stale": stale,
        "known_tags": known_tags(appointment.location, held),
        "told": _told(appointment),
        "back_url": _day_of(appointment),
        "entries": entries(appointment, zone=appointment.time_zone)
        if held.can(Capability.VIEW_HISTORY)
        else None,
        "sees_invoice": held.can(Capability.VIEW_INVOICE),
        "sees_sync": held.can(Capability.VIEW_SYNC),
    }
    return render(request, "scheduling/appointment.html", context, status=status)


@require_safe
@requires(*SEES_APPOINTMENTS)
def show_card(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the quick view of the calendar, for its dialog."""
    context = facts(request, found(request, pk), at=timezone.now())
    return render(request, "scheduling/_card.html", context)


def facts(request: HttpRequest, appointment: Appointment, *, at: datetime) -> dict[str, Any]:
    """What page and card have in common: the record, and what this person may do with it now."""
    held = access.of(request)
    changes = may_change(held, appointment)
    booked = appointment.status == AppointmentStatus.BOOKED
    held_until = appointment.slot_held_until
    return {
        "appointment": appointment,
        "zone": appointment.time_zone,
        "customer_time": _customer_time(appointment),
        "sees_price": held.can(Capability.SEE_PRICES),
        "may_change": changes,
        "may_move": changes and booked,
        "may_cancel": changes and booked,
        "may_swap": changes and booked and appointment.session_id is None,
        "may_repeat": changes and appointment.series_id is None and appointment.session_id is None,
        "repeat_url": _repeat_url(appointment),
        "may_answer": changes and appointment.status == AppointmentStatus.REQUESTED,
        "may_accept": appointment.start_at > at,
        "may_close": changes and booked and appointment.start_at <= at,
        "may_reopen": changes
        and appointment.status in (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW),
        "may_undo": changes and held_until is not None and held_until > at,
        "undo_left": remaining(held_until - at) if held_until else "",
        "waits": _still_waiting(appointment, held, at=at),
    }


def _still_waiting(appointment: Appointment, held: Access, *, at: datetime) -> WaitingEntry | None:
    """Return what its customer waits for though it is booked here, to be taken off the list."""
    if appointment.status not in TO_COME or appointment.start_at <= at:
        return None
    waiting = WaitingEntry.objects.visible_to(held).open().select_related("customer", "service")
    return waiting.filter(
        customer=appointment.customer_id,
        service=appointment.service_id,
        location=appointment.location_id,
    ).first()


def _told(appointment: Appointment) -> list[tuple[Notification, str]]:
    """Messages that are planned, were sent, or were not, each with its kind in words."""
    rows = Notification.objects.filter(object_id=appointment.pk).order_by("due_at", "pk")
    return [(row, MESSAGES.get(row.kind, row.kind.replace("_", " ").capitalize())) for row in rows]


def _day_of(appointment: Appointment) -> str:
    local = appointment.start_at.astimezone(appointment.time_zone)
    query = urlencode({"date": f"{local:%Y-%m-%d}", "location": str(appointment.location_id)})
    return f"{reverse('scheduling:calendar')}?{query}"


def _repeat_url(appointment: Appointment) -> str:
    """Begin a week later, with all else as it is here."""
    local = appointment.start_at.astimezone(appointment.time_zone) + timedelta(weeks=1)
    asked = {
        "location": appointment.location_id,
        "customer": appointment.customer_id,
        "service": appointment.service_id,
        "staff": appointment.staff_id,
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M}",
    }
    return f"{reverse('scheduling:series_new')}?{urlencode(asked)}"


def _customer_time(appointment: Appointment) -> str:
    zone = appointment.customer.time_zone
    return elsewhere(appointment.start_at, appointment.time_zone, zone) if zone else ""
