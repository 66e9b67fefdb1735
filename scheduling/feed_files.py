"""What a subscribed calendar reads: appointments as entries of one iCalendar file (RFC 5545).

The file is the calendar: what is not in it any more disappears where it is read, so canceled
appointments are left out. Times are in UTC: each entry is an instant, nothing here repeats on a
wall clock, and every program shows UTC on its reader's own clock without having to know ours.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Subquery
from icalendar import Calendar, Event

from customers.labels import short_name_of
from hub.access import Capability
from hub.models import Business
from hub.rest.rendering import dump
from scheduling.event_files import PRODUCT, place_of, uid_of
from scheduling.models import Appointment, FeedDetails
from scheduling.states import AppointmentStatus
from scheduling.subscribing import OpenFeed

PAST, AHEAD = timedelta(days=30), timedelta(days=365)
LONGEST = timedelta(days=1)  # of an appointment
REFRESH = timedelta(minutes=15)
# A part of the ETag: to be raised when ``render`` writes the same entries in another way.
FORM = 1
SHOWN = (
    AppointmentStatus.REQUESTED,
    AppointmentStatus.BOOKED,
    AppointmentStatus.COMPLETED,
    AppointmentStatus.NO_SHOW,
)
COLUMNS = (
    *("pk", "version", "status", "start_at", "end_at", "service_name"),
    *("staff__name", "staff__user_id", "resource__name"),
    *("customer__given_name", "customer__family_name", "customer__company"),
    *("location__name", "location__street", "location__postal_code", "location__city"),
    "changed_at",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment as its reader may see it; ``place`` and ``notes`` may be empty."""

    id: UUID
    version: int
    changed_at: datetime
    start_at: datetime
    end_at: datetime
    is_certain: bool
    title: str
    place: str
    notes: str


@dataclass(frozen=True)
class FeedFile:
    """The entries under a heading; it becomes text only for a reader who does not have it yet."""

    heading: str
    entries: list[Entry]
    is_linked: bool

    @cached_property
    def etag(self) -> str:
        content = dump([FORM, self.heading, self.is_linked, settings.PUBLIC_URL, self.entries])
        return f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'

    def render(self) -> bytes:
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        for name in ("name", "x-wr-calname"):
            calendar.add(name, self.heading)
        calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", "PT15M")
        for entry in self.entries:
            calendar.add_component(_event(entry, is_linked=self.is_linked))
        return bytes(calendar.to_ical())


def file_of(opened: OpenFeed, *, at: datetime) -> FeedFile:
    """Return the appointments from 30 days before ``at`` to a year after it, earliest first.

    Two queries, however many there are.
    """
    feed = opened.feed
    business = Business.objects.values_list("name", flat=True).first() or ""
    heading = " · ".join(part for part in (feed.calendar.name, business) if part)
    write = _busy if feed.details == FeedDetails.BUSY else _told
    entries = [write(row, opened) for row in _rows(opened, at=at)]
    return FeedFile(heading, entries, is_linked=feed.details == FeedDetails.NAMES)


def _rows(opened: OpenFeed, *, at: datetime) -> Iterable[Any]:
    feed = opened.feed
    shown = Appointment.objects.visible_to(opened.held).between(at - PAST, at + AHEAD)
    of_place = shown.filter(location=feed.location)
    shown = shown.taken_by([feed.staff]) if feed.staff else of_place
    # The second bound of the start is for the index.
    shown = shown.filter(status__in=SHOWN, start_at__gt=at - PAST - LONGEST)
    versions = Appointment.history.filter(id=OuterRef("pk")).order_by("-history_id")
    shown = shown.annotate(changed_at=Subquery(versions.values("history_date")[:1]))
    return shown.order_by("start_at", "pk").values_list(*COLUMNS, named=True)


def _told(row: Any, opened: OpenFeed) -> Entry:
    """Say who comes for what: as far as whoever made the address may know."""
    parts = [row.service_name]
    if _knows_customer(row, opened):
        names = (row.customer__given_name, row.customer__family_name, row.customer__company)
        parts.append(short_name_of(*names))
    place = place_of(
        row.location__name, row.location__street, row.location__postal_code, row.location__city
    )
    notes = [AppointmentStatus(row.status).label, row.resource__name or ""]
    return _entry(row, [*parts, _column(row, opened)], place=place, notes=notes)


def _busy(row: Any, opened: OpenFeed) -> Entry:
    return _entry(row, ["Busy", _column(row, opened)])


def _entry(row: Any, title: list[str], *, place: str = "", notes: Iterable[str] = ()) -> Entry:
    return Entry(
        row.pk,
        row.version,
        row.changed_at,
        row.start_at,
        row.end_at,
        is_certain=row.status != AppointmentStatus.REQUESTED,
        title=" · ".join(filter(None, title)),
        place=place,
        notes="\n".join(filter(None, notes)),
    )


def _knows_customer(row: Any, opened: OpenFeed) -> bool:
    held = opened.held
    if held.can(Capability.VIEW_CUSTOMER):
        return True
    taking_part = {row.staff__user_id, opened.feed.staff and opened.feed.staff.user_id}
    is_own = held.user_id is not None and held.user_id in taking_part
    return is_own and held.can(Capability.VIEW_OWN_CUSTOMER)


def _column(row: Any, opened: OpenFeed) -> str:
    """Return who does it, where the calendar is not theirs alone."""
    return "" if opened.feed.staff else str(row.staff__name)


def _event(entry: Entry, *, is_linked: bool) -> Event:
    event = Event()
    # Whoever has the entry of a message to the customer, too, has it once.
    event.add("uid", uid_of(entry.id))
    event.add("sequence", entry.version)
    # Without a METHOD the stamp is the time of the last change, not of the reading.
    for name in ("dtstamp", "last-modified"):
        event.add(name, entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.start_at.astimezone(UTC))
    event.add("dtend", entry.end_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("status", "CONFIRMED" if entry.is_certain else "TENTATIVE")
    event.add("transp", "OPAQUE")
    for name, text in (("location", entry.place), ("description", entry.notes)):
        if text:
            event.add(name, text)
    if is_linked:
        event.add("url", f"{settings.PUBLIC_URL}/appointments/{entry.id}/")
    return event
