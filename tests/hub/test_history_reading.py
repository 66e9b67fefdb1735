"""The edit history, read as a story: who, when, from what to what."""

from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from hub import history, outbox
from hub.accounts.models import User
from hub.events import EventName
from hub.history_reading import FieldChange, entries
from scheduling.hours import Hours
from scheduling.models import Location, Resource, ResourceKind
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return person("Manager")


@pytest.fixture
def paris(ada: User) -> Location:
    location = Location(
        name="Paris", time_zone="Europe/Paris", country="FR", currency="EUR",
        monday=Hours([(480, 1140)]),
    )  # fmt: skip
    return history.create(location, by=actor(ada))


def rename(location: Location, name: str, *, by: User) -> None:
    location.name = name
    history.save(location, fields=["name"], by=actor(by))


def test_a_change_names_its_author_and_both_sides_of_the_field(ada: User, paris: Location) -> None:
    rename(paris, "Paris 9e", by=ada)

    newest = entries(paris)[0]

    assert (newest.title, newest.actor_name, newest.source) == (
        "Changed",
        "Ada Manager",
        "browser",
    )
    assert newest.changes == (FieldChange("name", "Name", "Paris", "Paris 9e"),)
    assert not newest.is_first


def test_the_first_entry_tells_every_field_that_was_given(paris: Location) -> None:
    first = entries(paris)[-1]

    assert first.is_first
    assert first.title == "Created"
    assert {change.label: change.after for change in first.changes} == {
        "Name": "Paris", "Time zone": "Europe/Paris", "Country": "FR", "Currency": "EUR",
        "Monday": "08:00–19:00", "Quiet hours": "00:00–08:00, 21:00–24:00", "Is active": "Yes",
        "Stale calendars": "Offer them, and say that they are not confirmed",
    }  # fmt: skip


def test_what_was_announced_with_a_change_is_its_title(ada: User) -> None:
    with transaction.atomic():
        ada.name = "Ada Lovelace"
        history.save(ada, fields=["name"], by=actor(ada))
        outbox.record(EventName.PERSON_UPDATED, subject=ada, by=actor(ada))

    newest = entries(ada)[0]

    assert (newest.title, newest.events) == ("Updated", ("person.updated",))


def test_a_reference_is_told_by_name_and_a_choice_by_its_label(ada: User, paris: Location) -> None:
    room = Resource(location=paris, kind=ResourceKind.ROOM, name="Blue room")
    history.create(room, by=actor(ada))

    told = {change.label: change.after for change in entries(room)[0].changes}

    assert (told["Location"], told["Kind"]) == ("Paris", "Room")


def test_times_are_told_in_the_zone_of_the_reader(ada: User) -> None:
    grant = ada.grants.get()
    kolkata = ZoneInfo("Asia/Kolkata")

    told = {change.name: change.after for change in entries(grant, zone=kolkata)[0].changes}

    assert told["granted_at"].endswith(f"{grant.granted_at.astimezone(kolkata):%H:%M}")


def test_several_records_tell_one_story_newest_first(ada: User, paris: Location) -> None:
    room = Resource(location=paris, kind=ResourceKind.ROOM, name="Blue room")
    history.create(room, by=actor(ada))
    rename(paris, "Lutetia", by=ada)

    told = entries(paris, room)

    assert [(entry.subject, entry.title) for entry in told] == [
        ("location", "Changed"),
        ("resource", "Created"),
        ("location", "Created"),
    ]


def test_a_long_history_costs_as_many_queries_as_a_short_one(ada: User, paris: Location) -> None:
    with CaptureQueriesContext(
        connection,
    ) as short:
        entries(paris)
    for name in ("A", "B", "C"):
        rename(paris, name, by=ada)
    with CaptureQueriesContext(connection) as long:
        entries(paris)

    assert len(long) == len(short)
