"""Two people at one subscription at the same moment; each case with its control."""

import threading
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection, transaction

from hub.errors import DomainError
from scheduling import subscribing
from scheduling.models import CalendarFeed, Staff
from scheduling.models.staff import StaffQuerySet
from scheduling.subscribing import (
    MOST_FEEDS,
    FeedRevokedAlready,
    NewFeed,
    TooManyFeeds,
    renew_feed,
    revoke_feed,
)
from tests.factories.people import person
from tests.factories.scheduling import feed, staff
from tests.scheduling.subscribed import SUNDAY, herself, is_open

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def paula() -> Staff:
    return staff("Paula Practice", user=person("Practitioner"))


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> object:
    """Do ``second`` in another thread before ``first`` is committed; return its outcome."""
    outcomes: list[object] = []

    def act() -> None:
        try:
            outcomes.append(second())
        except DomainError as refusal:
            outcomes.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=act)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not somebody_waits():
            thread.join(0.01)
    thread.join()
    return outcomes[0]


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it stays as first seen
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def renewed_while_revoked(paula: Staff) -> object:
    made, by = feed(paula).feed, herself(paula)
    return meanwhile(
        lambda: revoke_feed(made.pk, at=SUNDAY, by=by),
        lambda: renew_feed(made.pk, at=SUNDAY, by=by),
    )


def test_what_is_revoked_meanwhile_gets_no_new_address(paula: Staff) -> None:
    assert isinstance(renewed_while_revoked(paula), FeedRevokedAlready)


def test_without_the_lock_somebody_gets_an_address_that_opens_nothing(
    paula: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""

    def read(feed_id: UUID, _version: object) -> CalendarFeed:
        return CalendarFeed.objects.get(pk=feed_id)

    monkeypatch.setattr(subscribing, "_locked", read)

    outcome = renewed_while_revoked(paula)

    assert isinstance(outcome, NewFeed), outcome
    assert not is_open(outcome.token)


def last_two_at_once(paula: Staff) -> object:
    for _ in range(MOST_FEEDS - 1):
        feed(paula)
    return meanwhile(lambda: feed(paula), lambda: feed(paula))


def test_the_last_place_is_taken_once(paula: Staff) -> None:
    assert isinstance(last_two_at_once(paula), TooManyFeeds)
    assert CalendarFeed.objects.count() == MOST_FEEDS


def test_without_the_lock_it_is_taken_twice(paula: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(StaffQuerySet, "select_for_update", lambda people, **_: people)

    assert isinstance(last_two_at_once(paula), NewFeed)
    assert CalendarFeed.objects.count() == MOST_FEEDS + 1
