"""What staff do with an entry: change its wish, book for it, take it off and put it back."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from hub.models import Change
from scheduling.booking import SlotTaken
from scheduling.models import Appointment, Hold, WaitingEntry, WaitingStatus
from scheduling.offering import NotQualified
from scheduling.waiting.answering import decline
from scheduling.waiting.booking import book_for
from scheduling.waiting.changing import change_wish
from scheduling.waiting.entries import WaitingIsOver
from scheduling.waiting.joining import WaitsAlready, come_back, leave
from scheduling.waiting.offering import offer_freed
from scheduling.waiting.wishes import wished_by
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff
from tests.scheduling.trails import minutes
from tests.scheduling.waiting.list_of import AT, MONDAY, dina, now, taken, waits

pytestmark = pytest.mark.django_db
S = WaitingStatus


def change(entry: WaitingEntry, by: Any = SETUP, **values: Any) -> WaitingEntry:
    wished = replace(wished_by(now(entry)), **values)
    return change_wish(entry.pk, wished, at=AT, by=by, expected_version=entry.version)


def last_event(entry: WaitingEntry) -> str:
    return Change.objects.filter(local_id=entry.pk).order_by("-pk").values_list("name")[0][0]


def test_another_wish_keeps_the_place_on_the_list() -> None:
    person = dina()
    entry = waits()
    before = now(entry).queued_at

    change(
        entry,
        staff_id=person.pk,
        last_date=MONDAY + timedelta(days=3),
        earliest_time=time(9),
        note="Calls back at noon",
    )

    wish = now(entry)
    assert (wish.staff, wish.last_date, wish.earliest_time, wish.note) == (
        person,
        MONDAY + timedelta(days=3),
        time(9),
        "Calls back at noon",
    )
    assert (wish.queued_at, wish.version, last_event(entry)) == (before, 2, "waiting.updated")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"note": "Only by phone"}, S.OFFERED),
        ({"last_date": MONDAY + timedelta(days=7)}, S.OFFERED),
        ({"earliest_time": time(10)}, S.OFFERED),
        ({"earliest_time": time(11)}, S.WAITING),
        ({"first_date": MONDAY + timedelta(days=1), "last_date": MONDAY + timedelta(days=2)}, "w"),
    ],
)
def test_an_offer_stays_as_long_as_it_suits_and_is_free_again_when_not(
    values: dict[str, Any], status: str
) -> None:
    visit = dina()
    entry = waits()
    offer_freed(at=AT)

    change(now(entry), **values)

    is_kept = status == S.OFFERED
    assert now(entry).status == (S.OFFERED if is_kept else S.WAITING)
    assert Hold.objects.count() == is_kept
    if not is_kept:
        booked(staff=visit, service=service())


def test_an_offer_with_somebody_else_than_is_wished_for_now_is_free_again() -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)
    jo = staff("Jo Berg", services=[service()], hours="")

    change(now(entry), staff_id=jo.pk)

    assert now(entry).status == S.WAITING
    assert not Hold.objects.exists()


def test_a_wish_that_cannot_be_or_that_somebody_else_changed_stays_as_it_was() -> None:
    entry = waits()
    color = staff("Jo Berg", services=[service("Color")])

    for values, refusal in (
        ({"last_date": MONDAY - timedelta(days=1)}, InvalidInput),
        ({"staff_id": color.pk}, NotQualified),
        ({"service_id": service("Color").pk}, InvalidInput),
        ({"customer_id": client("Bo Lind").pk}, InvalidInput),
    ):
        with pytest.raises(refusal):
            change(entry, **values)
    change(entry, note="First")
    with pytest.raises(StaleVersion):
        change(entry, note="Second")

    assert (now(entry).note, now(entry).last_date) == ("First", MONDAY)


def test_what_is_over_is_not_changed() -> None:
    entry = waits()
    leave(entry.pk, by=SETUP)

    with pytest.raises(WaitingIsOver):
        change(now(entry), note="Too late")


def test_practitioners_change_only_who_waits_for_them_and_give_nobody_away() -> None:
    user = person("Practitioner")
    own, other = staff("Paula Practice", services=[service()], user=user), dina()
    paula, ada = actor(user), client("Ada Winter", email="ada@winter.example")
    booked(ada, staff=own, service=service())
    mine = waits(customer=ada, staff_id=own.pk)
    bea = waits("Bea Winter")

    with pytest.raises(AccessDenied):
        change(bea, by=paula, note="Mine now")
    for staff_id in (other.pk, None):
        with pytest.raises(AccessDenied):
            change(mine, by=paula, staff_id=staff_id)
    change(mine, by=paula, note="Rings in the evening")


def test_who_is_spoken_with_is_booked_and_waits_no_longer() -> None:
    person = dina()
    entry = waits()

    visit = book_for(entry.pk, staff_id=person.pk, start_at=MONDAY_9, at=AT, by=SETUP)

    assert (now(entry).status, now(entry).appointment) == (S.BOOKED, visit)
    assert (visit.customer, visit.start_at) == (entry.customer, MONDAY_9)
    assert last_event(entry) == "waiting.booked"
    with pytest.raises(WaitingIsOver):
        book_for(entry.pk, staff_id=person.pk, start_at=MONDAY_9, at=AT, by=SETUP)


def test_the_time_that_is_held_for_them_is_booked_by_phone_too() -> None:
    person = dina()
    entry = waits()
    offer_freed(at=AT)

    visit = book_for(entry.pk, staff_id=person.pk, start_at=MONDAY_9, at=AT, by=SETUP)

    assert (now(entry).status, now(entry).appointment) == (S.BOOKED, visit)
    assert not Hold.objects.exists()


def test_another_time_than_the_offered_one_gives_that_back() -> None:
    person = staff("Dina Falk", services=[service()])
    entry = waits()
    offer_freed(at=AT)

    # It overlaps with what is held for the same customer.
    later = MONDAY_9 + minutes(15)
    visit = book_for(entry.pk, staff_id=person.pk, start_at=later, at=AT, by=SETUP)

    assert visit.start_at == later
    assert not Hold.objects.exists()


def test_a_refused_booking_leaves_them_waiting_with_their_offer() -> None:
    offered_by = dina()
    other = staff("Jo Berg", services=[service()], hours="10:00–10:45")
    taken(other)
    entry = waits(staff_id=offered_by.pk)
    offer_freed(at=AT)

    with pytest.raises(SlotTaken):
        book_for(entry.pk, staff_id=other.pk, start_at=MONDAY_9, at=AT, by=SETUP)

    assert now(entry).status == S.OFFERED
    assert Hold.objects.count() == 1
    assert Appointment.objects.count() == 1


def test_who_was_taken_off_by_mistake_has_their_old_place_again() -> None:
    dina()
    first, second = waits("Ada Winter"), waits("Bea Winter")
    leave(first.pk, by=SETUP)

    come_back(first.pk, at=AT, by=SETUP)
    offer_freed(at=AT)

    assert [now(entry).status for entry in (first, second)] == [S.OFFERED, S.WAITING]


def test_nobody_comes_back_twice_or_to_days_that_are_over() -> None:
    ada = client("Ada Winter", email="ada@winter.example")
    entry = waits(customer=ada)
    with pytest.raises(WaitingIsOver):
        come_back(entry.pk, at=AT, by=SETUP)

    leave(entry.pk, by=SETUP)
    with pytest.raises(InvalidInput):
        come_back(entry.pk, at=AT + timedelta(days=9), by=SETUP)
    waits(customer=ada)
    with pytest.raises(WaitsAlready):
        come_back(entry.pk, at=AT, by=SETUP)

    assert now(entry).status == S.LEFT


def test_what_was_passed_up_by_mail_can_still_be_booked_by_phone() -> None:
    person = dina()
    entry = waits()
    offer_freed(at=AT)
    decline(entry.pk, start_at=MONDAY_9, at=AT, by=SETUP)

    visit = book_for(entry.pk, staff_id=person.pk, start_at=MONDAY_9, at=AT, by=SETUP)

    assert visit.start_at == MONDAY_9
