"""What a program reads at an address of a calendar."""

from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar

from hub.actors import Actor
from scheduling.feed_files import FeedFile, file_of
from scheduling.models import Staff
from scheduling.subscribing import FeedClosed, NewFeed, open_feed
from tests.factories.people import actor
from tests.factories.scheduling import MONDAY_9

SUNDAY = MONDAY_9 - timedelta(days=1)


def herself(whose: Staff) -> Actor:
    """Return the staff member as the one who does something."""
    assert whose.user
    return actor(whose.user)


def is_open(token: str) -> bool:
    try:
        open_feed(token, at=SUNDAY)
    except FeedClosed:
        return False
    return True


def file(made: NewFeed, *, at: datetime = SUNDAY) -> FeedFile:
    return file_of(open_feed(made.token, at=at), at=at)


def events(made: NewFeed, *, at: datetime = SUNDAY) -> list[Any]:
    return list(Calendar.from_ical(file(made, at=at).render()).walk("VEVENT"))


def titles(made: NewFeed, *, at: datetime = SUNDAY) -> list[str]:
    return [str(event["summary"]) for event in events(made, at=at)]
