"""One entry of the waiting list, and what a customer waits for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.models import Customer
from hub import access
from hub.access import Access, requires
from hub.history_reading import Entry, entries
from scheduling.models import Staff, WaitingEntry, WaitingStatus
from scheduling.reach import bookable_staff
from scheduling.waiting.entries import may_keep
from scheduling.waiting.suiting import suiting_times
from scheduling.web.appointments import MAY_BOOK, SEES_APPOINTMENTS
from scheduling.web.waiting.listing import row_of, with_email

DAYS_SHOWN = 5
ON_A_DAY = 12

# What became of somebody, by the event that was announced.
TITLES = {
    "Joined": "Put on the list",
    "Offered": "A time was offered",
    "Passed up": "The offer was passed up",
    "Booked": "Booked",
    "Updated": "Changed",
    "Ended": "Off the list",
}
TOLD = {
    "customer",
    "staff",
    "first_date",
    "last_date",
    "earliest_time",
    "latest_time",
    "status",
    "offered_start_at",
    "offered_staff",
    "appointment",
}


@dataclass(frozen=True, slots=True)
class FreeTime:
    """``value`` goes back to the hub: the start and the person, with a blank between them."""

    value: str
    start_at: datetime
    staff: Staff


def found(request: HttpRequest, pk: UUID) -> WaitingEntry:
    """:raises Http404: there is none, or it is hidden: they look alike."""
    visible = WaitingEntry.objects.visible_to(access.of(request))
    return get_object_or_404(with_email(visible).select_related("appointment"), pk=pk)


@require_safe
@requires(*SEES_APPOINTMENTS)
def show_entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    at, entry, held = timezone.now(), found(request, pk), access.of(request)
    zone = entry.location.time_zone
    keeps = may_keep(held, entry.staff)
    context: dict[str, Any] = {
        "entry": entry,
        "zone": zone,
        "row": row_of(entry),
        "may_change": keeps and entry.is_open,
        "may_come_back": keeps
        and entry.status == WaitingStatus.LEFT
        and entry.last_date >= at.astimezone(zone).date(),
        "history": [_in_words(one) for one in entries(entry, zone=zone)],
    }
    if context["may_change"]:
        context |= {
            "offered": _offered(entry, at=at),
            "days": _free(entry, held, at=at),
            "panel_url": _panel_url(entry, at=at),
        }
    return render(request, "scheduling/waiting/entry.html", context)


@require_safe
@requires(*SEES_APPOINTMENTS)
def of_customer(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Answer what a customer waits for, as a card of their page."""
    held = access.of(request)
    customer = get_object_or_404(Customer.objects.visible_to(held), pk=customer_id)
    waiting = WaitingEntry.objects.visible_to(held).open().filter(customer=customer)
    context = {
        "customer": customer,
        "rows": [row_of(entry) for entry in with_email(waiting).order_by("queued_at", "pk")],
        "may_add": held.can(*MAY_BOOK) and not customer.canonical_id and not customer.erased_at,
    }
    return render(request, "scheduling/waiting/_of_customer.html", context)


def _offered(entry: WaitingEntry, *, at: datetime) -> FreeTime | None:
    until, start, staff = entry.offered_until, entry.offered_start_at, entry.offered_staff
    if until is None or until <= at or start is None or staff is None:
        return None
    return _free_time(start, staff)


def _free(
    entry: WaitingEntry, held: Access, *, at: datetime
) -> list[tuple[object, list[FreeTime]]]:
    """Return the free times that suit, by local day."""
    people = {person.pk: person for person in bookable_staff(held, entry.location)}
    zone = entry.location.time_zone
    times = suiting_times(entry, people, at=at, days=DAYS_SHOWN)
    rows: Iterator[FreeTime] = (_free_time(one.start_at, people[one.staff_id]) for one in times)
    days = groupby(rows, key=lambda row: row.start_at.astimezone(zone).date())
    return [(day, list(on_it)[:ON_A_DAY]) for day, on_it in days]


def _free_time(start: datetime, staff: Staff) -> FreeTime:
    return FreeTime(f"{start.isoformat()} {staff.pk}", start, staff)


def _panel_url(entry: WaitingEntry, *, at: datetime) -> str:
    """The booking panel, for a time that is not wished for; they wait on after it."""
    day = max(entry.first_date, at.astimezone(entry.location.time_zone).date())
    asked = {
        "new": 1,
        "location": entry.location_id,
        "date": day,
        "customer": entry.customer_id,
        "service": entry.service_id,
        "staff": entry.staff_id or "",
    }
    return f"{reverse('scheduling:calendar')}?{urlencode(asked)}"


def _in_words(entry: Entry) -> Entry:
    """Say what happened, without the bookkeeping of the list."""
    told = tuple(change for change in entry.changes if change.name in TOLD)
    return replace(entry, title=TITLES.get(entry.title, entry.title), changes=told)
