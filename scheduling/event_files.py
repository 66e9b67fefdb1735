"""An appointment as an iCalendar file that adds, updates or cancels one entry (RFC 5545, 5546).

The same appointment always has the same UID, and each change of its time a higher SEQUENCE: the
recipient's calendar moves the entry it has instead of making a second one.
"""

from datetime import UTC, datetime
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress

from hub.models import Business
from scheduling.models import Appointment
from scheduling.states import AppointmentStatus

PRODUCT = "-//hub//appointments//EN"


def event_file(
    appointment: Appointment, *, method: str, attendee: str, stamped_at: datetime
) -> bytes:
    """Return the file; times are in UTC, which every calendar shows on its own clock.

    ``attendee`` is the recipient's e-mail address: a calendar takes up what is meant for it.
    """
    calendar = _calendar(method)
    event = event_of(appointment, stamped_at=stamped_at)
    guest = vCalAddress(f"mailto:{attendee}")
    guest.params["PARTSTAT"] = "ACCEPTED"
    event.add("attendee", guest)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def published_file(appointment: Appointment, *, stamped_at: datetime) -> bytes:
    """Return the file for whoever fetches it; it has the entry that mails have, and no address."""
    calendar = _calendar("PUBLISH")
    calendar.add_component(event_of(appointment, stamped_at=stamped_at))
    return bytes(calendar.to_ical())


def event_of(appointment: Appointment, *, stamped_at: datetime) -> Event:
    """Return the entry for the customer: no notes for staff, no price."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    business = Business.objects.values_list("name", flat=True).first() or ""
    place = appointment.location
    event = Event()
    event.add("uid", uid_of(appointment.pk))
    event.add("sequence", sequence_of(appointment))
    event.add("dtstamp", stamped_at.astimezone(UTC))
    event.add("dtstart", appointment.start_at.astimezone(UTC))
    event.add("dtend", appointment.end_at.astimezone(UTC))
    event.add("summary", f"{appointment.service_name}{f' · {business}' if business else ''}")
    event.add("location", place_of(place.name, place.street, place.postal_code, place.city))
    canceled = appointment.status == AppointmentStatus.CANCELED
    event.add("status", "CANCELLED" if canceled else "CONFIRMED")
    organizer = vCalAddress(f"mailto:{sender}")
    organizer.params["CN"] = business or place.name
    event["organizer"] = organizer
    return event


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def uid_of(appointment_id: UUID) -> str:
    """Return what a calendar knows the entry of an appointment by, wherever it comes from."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"{appointment_id}@{sender.rpartition('@')[2] or 'localhost'}"


def place_of(name: str, street: str, postal_code: str, city: str) -> str:
    """Return where it is, in one line."""
    parts = (name, street, f"{postal_code} {city}".strip())
    return ", ".join(part for part in parts if part)


def sequence_of(appointment: Appointment) -> int:
    """Rises with each change of the time, and with a cancellation or its undo."""
    return appointment.version
