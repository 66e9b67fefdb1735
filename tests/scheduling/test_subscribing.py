"""Secret addresses of calendars: who makes them, whose rights they carry, when they close."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.access import AccessDenied
from hub.accounts.models import User
from hub.accounts.roles import grant_role
from hub.errors import InvalidInput, StaleVersion
from hub.history_reading import entries
from hub.models import Change
from hub.rest.authentication import digest_of
from scheduling.models import CalendarFeed, FeedDetails, Location, Staff
from scheduling.setup.locations import close_down
from scheduling.setup.staff import let_go
from scheduling.subscribing import (
    MOST_FEEDS,
    FeedRevokedAlready,
    TooManyFeeds,
    add_location_feed,
    add_staff_feed,
    open_feed,
    renew_feed,
    revoke_feed,
)
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import feed, location, staff
from tests.scheduling.subscribed import herself, is_open

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NAMES = FeedDetails.NAMES


@pytest.fixture
def paula() -> Staff:
    """She practices, and is the only one in her column."""
    return staff("Paula Practice", user=person("Practitioner"))


@pytest.fixture
def ada() -> User:
    """She may leave: somebody else manages people."""
    person("Administrator")
    return person("Manager")


def of_one_location(role: str, place: Location) -> User:
    user = person(None, name=f"Jo {role}")
    grant_role(user.pk, role=role, location_id=place.pk, at=AT, by=SETUP)
    return user


def test_an_address_is_256_random_bits_of_which_only_the_hash_is_kept(paula: Staff) -> None:
    made = add_staff_feed(paula.pk, details=NAMES, at=AT, by=herself(paula), name="My phone")

    assert len(made.token) == 43
    assert made.token not in repr(made)
    kept = CalendarFeed.objects.values().get()
    assert kept["token_sha256"] == digest_of(made.token)
    told = [
        kept,
        *made.feed.history.values(),
        *Change.objects.filter(kind="calendarfeed").values(),
    ]
    assert made.token not in str(told)
    assert kept["token_sha256"] not in str(told[1:])
    assert (kept["name"], kept["owner_id"], kept["version"]) == ("My phone", paula.user_id, 1)


def test_what_was_done_with_it_is_in_the_history_and_announced(paula: Staff, ada: User) -> None:
    made = feed(paula, maker=paula.user)
    renew_feed(made.feed.pk, at=AT, by=actor(ada))
    revoke_feed(made.feed.pk, at=AT, by=actor(ada))

    told = entries(made.feed)
    assert [(entry.title, entry.actor_name) for entry in told] == [
        ("Revoked", "Ada Manager"),
        ("Renewed", "Ada Manager"),
        ("Added", "Paula Practice"),
    ]
    names = Change.objects.filter(local_id=made.feed.pk).order_by("pk")
    assert list(names.values_list("name", "version")) == [
        ("feed.added", 1),
        ("feed.renewed", 2),
        ("feed.revoked", 3),
    ]


def test_a_practitioner_makes_and_revokes_only_that_of_her_own_calendar(paula: Staff) -> None:
    by, jo = herself(paula), staff("Jo Winter")
    own, of_jo = feed(paula, maker=paula.user), feed(jo)

    with pytest.raises(AccessDenied):
        add_staff_feed(jo.pk, details=NAMES, at=AT, by=by)
    with pytest.raises(AccessDenied):
        add_location_feed(paula.location_id, details=NAMES, at=AT, by=by)
    with pytest.raises(AccessDenied):
        renew_feed(of_jo.feed.pk, at=AT, by=by)
    with pytest.raises(AccessDenied):
        revoke_feed(of_jo.feed.pk, at=AT, by=by)
    assert is_open(own.token)
    assert is_open(of_jo.token)


def test_she_closes_what_others_made_of_her_calendar(paula: Staff) -> None:
    made = feed(paula)

    revoke_feed(made.feed.pk, at=AT, by=herself(paula))

    assert not is_open(made.token)


@pytest.mark.parametrize("role", ["Front desk", "Billing", None])
def test_who_sets_nothing_up_subscribes_to_nobody_else(paula: Staff, role: str | None) -> None:
    by = actor(person(role))

    with pytest.raises(AccessDenied):
        add_staff_feed(paula.pk, details=NAMES, at=AT, by=by)
    with pytest.raises(AccessDenied):
        add_location_feed(paula.location_id, details=NAMES, at=AT, by=by)


@pytest.mark.parametrize("role", ["Manager", "Administrator"])
def test_who_sets_up_the_schedule_subscribes_to_anybody(paula: Staff, role: str) -> None:
    user = person(role)

    assert is_open(feed(paula, maker=user).token)
    assert is_open(feed(paula.location, maker=user).token)


def test_a_manager_of_one_location_reaches_that_one(paula: Staff) -> None:
    there = staff("Far", place=location("Hill Street"))
    jo = of_one_location("Manager", paula.location)

    assert is_open(feed(paula, maker=jo).token)
    for verb, pk in ((add_staff_feed, there.pk), (add_location_feed, there.location_id)):
        with pytest.raises(AccessDenied):
            verb(pk, details=NAMES, at=AT, by=actor(jo))


def test_a_job_has_no_rights_that_could_end(paula: Staff) -> None:
    with pytest.raises(AccessDenied):
        add_staff_feed(paula.pk, details=NAMES, at=AT, by=SETUP)


def test_the_old_address_is_closed_when_a_new_one_is_made(paula: Staff) -> None:
    made = feed(paula, maker=paula.user)

    again = renew_feed(made.feed.pk, at=AT, by=herself(paula))

    assert [is_open(token) for token in (made.token, again.token)] == [False, True]
    assert again.feed.renewed_at == AT


def test_a_revoked_one_stays_revoked(paula: Staff) -> None:
    made = feed(paula)
    revoke_feed(made.feed.pk, at=AT, by=herself(paula))

    assert not is_open(made.token)
    for verb in (revoke_feed, renew_feed):
        with pytest.raises(FeedRevokedAlready):
            verb(made.feed.pk, at=AT, by=herself(paula))


def test_two_who_change_it_at_once_are_told(paula: Staff) -> None:
    made = feed(paula, maker=paula.user)
    renew_feed(made.feed.pk, at=AT, by=herself(paula))

    for verb in (revoke_feed, renew_feed):
        with pytest.raises(StaleVersion):
            verb(made.feed.pk, at=AT, by=herself(paula), expected_version=1)


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 42, "A" * 43, "A" * 44, "ä" * 43, "\x00" * 43, "../" * 14 + "x"]
)
def test_what_was_never_made_is_closed(paula: Staff, token: str) -> None:
    feed(paula)

    assert not is_open(token)


def test_nobody_subscribes_to_what_has_ended_or_never_was(paula: Staff, ada: User) -> None:
    by, place = actor(ada), location("Hill Street")
    let_go(paula.pk, at=AT, by=SETUP)
    close_down(place.pk, at=AT, by=SETUP)

    for verb, pk in ((add_staff_feed, paula.pk), (add_staff_feed, place.pk)):
        with pytest.raises(InvalidInput) as refused:
            verb(pk, details=NAMES, at=AT, by=by)
        assert refused.value.field == "staff"
    for pk in (place.pk, paula.pk):
        with pytest.raises(InvalidInput) as refused:
            add_location_feed(pk, details=NAMES, at=AT, by=by)
        assert refused.value.field == "location"


def test_a_name_or_a_choice_that_cannot_be_right_is_refused(paula: Staff) -> None:
    def add(**values: Any) -> str:
        with pytest.raises(InvalidInput) as refused:
            add_staff_feed(paula.pk, at=AT, by=herself(paula), **({"details": NAMES} | values))
        return refused.value.field

    assert [add(details="all"), add(name="x" * 61)] == ["details", "name"]
    assert not CalendarFeed.objects.exists()


def test_there_is_an_end_to_how_many_one_makes(paula: Staff, ada: User) -> None:
    made = [feed(paula, maker=ada) for _ in range(MOST_FEEDS)]

    with pytest.raises(TooManyFeeds):
        feed(paula, maker=ada)
    revoke_feed(made[0].feed.pk, at=AT, by=actor(ada))
    assert is_open(feed(paula, maker=ada).token)


def test_that_it_is_read_is_noted_now_and_then_and_is_no_edit(paula: Staff) -> None:
    made = feed(paula)

    def noted_at(minutes: int) -> datetime | None:
        open_feed(made.token, at=AT + timedelta(minutes=minutes))
        return CalendarFeed.objects.get().last_read_at

    assert [noted_at(minutes) for minutes in (0, 9, 11)] == [AT, AT, AT + timedelta(minutes=11)]
    assert (CalendarFeed.objects.get().version, made.feed.history.count()) == (1, 1)
