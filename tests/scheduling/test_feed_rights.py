"""Whose eyes a calendar is read with: those of whoever made its address, as they are now."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from hub.access import Capability
from hub.accounts.models import User
from hub.accounts.people import deactivate_person
from hub.accounts.roles import grant_role, revoke_role
from hub.actors import Actor
from hub.rest.keys import create_key, revoke_key
from scheduling.models import Appointment, CalendarFeed, FeedDetails, Staff
from scheduling.setup.locations import close_down
from scheduling.setup.staff import change_staff, let_go
from scheduling.subscribing import add_staff_feed, open_feed, renew_feed
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, booked, client, feed, location, staff
from tests.scheduling.subscribed import events, herself, is_open, titles

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=1)
NAMES = FeedDetails.NAMES


@pytest.fixture
def dina() -> Staff:
    return staff("Dina Falk")


@pytest.fixture
def paula() -> Staff:
    """She practices, and is the only one in her column."""
    return staff("Paula Practice", user=person("Practitioner"))


@pytest.fixture
def ada() -> User:
    """She may leave: somebody else manages people."""
    person("Administrator")
    return person("Manager")


def deactivated(made: CalendarFeed) -> None:
    assert made.owner_id
    deactivate_person(made.owner_id, by=SETUP)


def without_a_role(made: CalendarFeed) -> None:
    assert made.owner
    revoke_role(made.owner.grants.get().pk, at=timezone.now(), by=SETUP)


def with_a_lesser_role(made: CalendarFeed) -> None:
    """She may see only her own calendar from now on, and this one is not hers."""
    without_a_role(made)
    assert made.owner
    grant_role(made.owner.pk, role="Practitioner", at=timezone.now(), by=SETUP)


def at_another_location(made: CalendarFeed) -> None:
    without_a_role(made)
    assert made.owner
    elsewhere = location("Hill Street").pk
    now = timezone.now()
    grant_role(made.owner.pk, role="Manager", location_id=elsewhere, at=now, by=SETUP)


def ended(made: CalendarFeed) -> None:
    location("Hill Street")  # the last one cannot be closed
    if made.staff_id:
        let_go(made.staff_id, at=AT, by=SETUP)
    else:
        assert made.location_id
        close_down(made.location_id, at=AT, by=SETUP)


@pytest.mark.parametrize("kind", ["staff", "location"])
@pytest.mark.parametrize(
    "loss", [deactivated, without_a_role, with_a_lesser_role, at_another_location, ended]
)
def test_it_is_closed_once_its_maker_may_not_see_it_or_it_has_ended(
    paula: Staff, ada: User, kind: str, loss: Any
) -> None:
    made = feed(paula if kind == "staff" else paula.location, maker=ada)
    before = is_open(made.token)

    loss(made.feed)

    assert (before, is_open(made.token)) == (True, False)


def test_it_opens_again_with_the_right(paula: Staff, ada: User) -> None:
    made = feed(paula, maker=ada)
    without_a_role(made.feed)
    closed = not is_open(made.token)

    grant_role(ada.pk, role="Manager", at=timezone.now(), by=SETUP)

    assert (closed, is_open(made.token)) == (True, True)


def test_an_own_calendar_is_closed_when_somebody_else_signs_in_as_it(paula: Staff) -> None:
    made = feed(paula, maker=paula.user)

    change_staff(paula.pk, {"user": None}, at=AT, by=SETUP)

    assert not is_open(made.token)


def test_an_api_key_makes_one_that_ends_with_the_key(paula: Staff) -> None:
    scopes = [Capability.SET_UP_SCHEDULE, Capability.VIEW_CALENDAR]
    key = create_key("Wall display", scopes=scopes, at=timezone.now(), by=SETUP).key
    made = add_staff_feed(paula.pk, details=NAMES, at=AT, by=Actor.key(key.pk, key.name))

    before = is_open(made.token)
    revoke_key(key.pk, at=timezone.now(), by=SETUP)

    assert (before, is_open(made.token), made.feed.made_by) == (True, False, "Wall display")


def test_a_new_address_carries_the_rights_of_who_asked_for_it(paula: Staff, ada: User) -> None:
    """Else whoever may renew could read with the eyes of somebody who may see more."""
    made = feed(paula, maker=ada)

    again = renew_feed(made.feed.pk, at=AT, by=herself(paula))

    assert open_feed(again.token, at=AT).held.user_id == paula.user_id
    deactivate_person(ada.pk, by=SETUP)
    assert is_open(again.token)


def test_names_are_for_those_who_may_see_customers(dina: Staff) -> None:
    booked(client("Mara Winter"), staff=dina)
    paula = staff("Paula", user=person("Practitioner"))
    booked(client("Ole Berg"), staff=paula)
    planner = custom(Capability.SET_UP_SCHEDULE, Capability.VIEW_CALENDAR)

    assert titles(feed(dina, maker=planner)) == ["Haircut"]
    assert titles(feed(paula, maker=paula.user)) == ["Haircut · Ole B."]


def test_who_may_see_only_ones_own_customers_is_told_only_of_those(dina: Staff) -> None:
    planner = custom(
        Capability.SET_UP_SCHEDULE, Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CUSTOMER
    )
    booked(client("Mara Winter"), staff=dina)
    booked(client("Ole Berg"), staff=staff("Cleo", user=planner))

    assert sorted(titles(feed(dina.location, maker=planner))) == [
        "Haircut · Dina Falk",
        "Haircut · Ole B. · Cleo",
    ]


def custom(*capabilities: Capability) -> User:
    """Return somebody with a role of an administrator's own making."""
    role = Group.objects.create(name="Planner")
    names = [name.partition(".")[2] for name in capabilities]
    role.permissions.set(Permission.objects.filter(codename__in=names))
    user = person(None)
    grant_role(user.pk, role=role.name, at=timezone.now(), by=SETUP)
    return user


def test_a_role_for_one_location_reads_only_what_is_there(dina: Staff) -> None:
    """Dina works at two; the manager of one of them sees no more in her feed than elsewhere."""
    there = location("Hill Street")
    visit = booked(staff=dina)
    elsewhere = booked(staff=dina, start=MONDAY_9 + timedelta(days=1))
    Appointment.objects.filter(pk=elsewhere.pk).update(location=there)
    user = person(None)
    grant_role(user.pk, role="Manager", location_id=dina.location_id, at=timezone.now(), by=SETUP)

    uids = [str(event["uid"]) for event in events(feed(dina, maker=user))]

    assert [uid.partition("@")[0] for uid in uids] == [str(visit.pk)]
    assert len(events(feed(dina))) == 2
