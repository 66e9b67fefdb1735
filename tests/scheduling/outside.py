"""Calendars outside of the hub in which people are busy, without a server."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from scheduling.external_busy import BusyTime, end_reading, expect_calendar, replace_busy
from scheduling.models import Staff
from tests.factories.scheduling import MONDAY_9

HOME = "home"
YEAR = timedelta(days=400)


def read(
    *people: Staff,
    busy: Mapping[str, Sequence[tuple[date, date]]] | None = None,
    source: str = HOME,
    at: datetime = MONDAY_9 - timedelta(days=7),
) -> None:
    """Read a calendar of ``people`` in full, with what they have there by its ids."""
    reading = uuid4()
    expect_calendar(source, [person.pk for person in people])
    entries = {
        name: [BusyTime(*times) for times in listed] for name, listed in (busy or {}).items()
    }
    replace_busy(source, entries, reading=reading)
    end_reading(source, reading, at=at, known_until=at + YEAR)
