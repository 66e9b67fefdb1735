"""Appointments in a calendar, and its feed followed to the end."""

from syncs.connectors.base import (
    Remote,
    Removed,
    Write,
)
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.deadlines import Deadline
from tests.syncs.connectors.people import appointment


def hot() -> Deadline:
    return Deadline.hot()


def created(calendar: CalDavConnector, **atoms: str) -> tuple[Write, Remote]:
    write = appointment(**atoms)
    return write, calendar.create(write, deadline=hot())


def feed(calendar: CalDavConnector, cursor: str | None) -> tuple[list[Remote | Removed], str]:
    """Follow the feed to its end."""
    items: list[Remote | Removed] = []
    while True:
        page = calendar.changes("events", cursor, deadline=hot())
        items += page.items
        cursor = page.next_cursor
        assert cursor is not None
        if not page.more:
            return items, cursor
