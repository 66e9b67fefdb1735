"""A time that becomes free is offered to whoever waits for it longest, and kept for them."""

from datetime import time, timedelta
from typing import Any

import pytest

from hub.errors import InvalidInput
from hub.models import Change
from scheduling.booking import SlotTaken
from scheduling.canceling import cancel_appointment, cancel_with_undo
from scheduling.holding_time import TimeWanted, hold_time
from scheduling.models import Appointment, Hold, WaitingEntry, WaitingStatus
from scheduling.waiting.answering import (
    MOST_UNANSWERED,
    OfferIsOver,
    accept,
    decline,
    expire_offers,
)
from scheduling.waiting.entries import WaitingIsOver
from scheduling.waiting.joining import leave
from scheduling.waiting.offering import LASTS, offer_freed
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff
from tests.scheduling.planned import planned
from tests.scheduling.trails import minutes
from tests.scheduling.waiting.list_of import AT, MONDAY, dina, now, taken, waits

pytestmark = pytest.mark.django_db
S = WaitingStatus


def statuses(*entries: WaitingEntry) -> list[str]:
    return [now(entry).status for entry in entries]


def events(entry: WaitingEntry) -> list[str]:
    return list(
        Change.objects.filter(local_id=entry.pk).order_by("pk").values_list("name", flat=True)
    )


def test_while_nothing_is_free_nobody_is_offered_anything() -> None:
    taken(dina())
    entry = waits()

    assert offer_freed(at=AT) == 0
    assert statuses(entry) == [S.WAITING]


def test_a_canceled_time_is_offered_to_whoever_waits_longest_and_kept_for_them() -> None:
    visit = taken(dina())
    first, second = waits("Ada Winter"), waits("Bea Winter")

    cancel_appointment(visit.pk, reason="Ill", at=AT, by=SETUP)
    assert offer_freed(at=AT) == 1

    assert statuses(first, second) == [S.OFFERED, S.WAITING]
    assert (now(first).offered_start_at, now(first).offered_until) == (MONDAY_9, AT + LASTS)
    with pytest.raises(SlotTaken, match="is held"):
        booked(staff=visit.staff, service=service())
    assert events(first) == ["waiting.joined", "waiting.offered"]
    assert now(first).history.count() == now(first).version == 2
    assert offer_freed(at=AT + minutes(1)) == 0


def test_what_can_still_be_undone_is_not_offered_before() -> None:
    visit = taken(dina())
    entry, until = waits(), AT + minutes(15)

    cancel_with_undo(visit.pk, reason="Ill", undo_until=until, at=AT, by=SETUP)

    assert offer_freed(at=AT) == 0
    assert offer_freed(at=until + minutes(1)) == 1
    assert statuses(entry) == [S.OFFERED]


def test_who_takes_the_offer_has_the_appointment_also_when_asked_twice() -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)

    visit = accept(entry.pk, start_at=MONDAY_9, at=AT + minutes(5), by=SETUP)
    again = accept(entry.pk, start_at=MONDAY_9, at=AT + minutes(6), by=SETUP)

    assert again == visit == now(entry).appointment
    assert (visit.start_at, visit.customer, visit.location) == (
        MONDAY_9,
        entry.customer,
        entry.location,
    )
    assert statuses(entry) == [S.BOOKED]
    assert not Hold.objects.exists()
    assert Appointment.objects.count() == 1
    assert events(entry)[-1] == "waiting.booked"


def test_what_is_passed_up_goes_to_the_next_and_never_again_to_the_same() -> None:
    dina()
    first, second = waits("Ada Winter"), waits("Bea Winter")
    offer_freed(at=AT)

    decline(first.pk, start_at=MONDAY_9, at=AT + minutes(5), by=SETUP)
    assert offer_freed(at=AT + minutes(5)) == 1
    assert statuses(first, second) == [S.WAITING, S.OFFERED]

    decline(second.pk, start_at=MONDAY_9, at=AT + minutes(9), by=SETUP)
    assert offer_freed(at=AT + minutes(9)) == 0
    assert statuses(first, second) == [S.WAITING, S.WAITING]
    assert not Hold.objects.exists()


def test_an_offer_nobody_answers_goes_to_the_next_one_who_waits() -> None:
    dina()
    first, second = waits("Ada Winter"), waits("Bea Winter")
    offer_freed(at=AT)

    assert expire_offers(at=AT + LASTS - minutes(1)) == 0
    assert expire_offers(at=AT + LASTS) == 1
    assert offer_freed(at=AT + LASTS) == 1

    assert statuses(first, second) == [S.WAITING, S.OFFERED]
    with pytest.raises(OfferIsOver):
        accept(first.pk, start_at=MONDAY_9, at=AT + LASTS, by=SETUP)


def test_who_never_answers_is_off_the_list_after_the_third_offer() -> None:
    staff("Dina Falk", services=[service()])
    entry, at = waits(), AT
    for _ in range(MOST_UNANSWERED):
        assert offer_freed(at=at) == 1
        at += LASTS
        assert expire_offers(at=at) == 1

    assert len(set(now(entry).passed_up)) == MOST_UNANSWERED
    assert statuses(entry) == [S.EXPIRED]
    assert offer_freed(at=at) == 0


def test_an_offer_in_its_last_moment_is_taken_and_after_it_is_not() -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)

    with pytest.raises(OfferIsOver):
        accept(entry.pk, start_at=MONDAY_9, at=AT + LASTS, by=SETUP)
    accept(entry.pk, start_at=MONDAY_9, at=AT + LASTS - minutes(1), by=SETUP)


def test_an_answer_to_another_time_than_the_one_offered_changes_nothing() -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)

    for verb in (accept, decline):
        with pytest.raises(OfferIsOver, match="another time"):
            verb(entry.pk, start_at=MONDAY_9 + minutes(15), at=AT, by=SETUP)

    assert statuses(entry) == [S.OFFERED]


def test_an_offer_ends_before_the_notice_of_the_service_begins() -> None:
    haircut = service(minimum_notice_minutes=60)
    staff("Dina Falk", services=[haircut], hours="10:00–10:45")
    entry = waits(of=haircut)
    close = MONDAY_9 - minutes(60 + 45)

    assert offer_freed(at=MONDAY_9 - minutes(60 + 15)) == 0  # too short to read a mail
    assert offer_freed(at=close) == 1

    assert now(entry).offered_until == MONDAY_9 - minutes(60)
    visit = accept(entry.pk, start_at=MONDAY_9, at=close + minutes(44), by=SETUP)
    assert visit.start_at == MONDAY_9


@pytest.mark.parametrize(
    "wishes",
    [
        {"first_date": MONDAY + timedelta(days=1), "last_date": MONDAY + timedelta(days=1)},
        {"earliest_time": time(10, 1)},
        {"latest_time": time(9, 59)},
    ],
)
def test_what_does_not_suit_is_not_offered(wishes: dict[str, Any]) -> None:
    staff("Dina Falk", services=[service()], hours="")
    person = dina()
    booked(staff=person, service=service(), start=MONDAY_9 + timedelta(days=1))
    entry = waits(**wishes)

    assert offer_freed(at=AT) == 0
    assert statuses(entry) == [S.WAITING]


def test_who_waits_for_one_person_is_not_offered_another() -> None:
    other = dina()
    jo = staff("Jo Berg", services=[service()], hours="")
    for_jo, for_anybody = waits("Ada Winter", staff_id=jo.pk), waits("Bea Winter")

    offer_freed(at=AT)

    assert statuses(for_jo, for_anybody) == [S.WAITING, S.OFFERED]
    assert now(for_anybody).offered_staff == other


def test_a_seat_in_a_class_is_offered_as_a_time_of_a_person_is() -> None:
    session = planned(MONDAY_9, seats=1)
    entry = waits(of=session.service, place=session.location)

    assert offer_freed(at=AT) == 1

    visit = accept(entry.pk, start_at=session.start_at, at=AT, by=SETUP)
    assert visit.session == session


def test_nobody_is_written_to_at_night() -> None:
    dina()
    entry = waits()
    night = AT.replace(hour=2)

    assert offer_freed(at=night) == 0
    assert statuses(entry) == [S.WAITING]


def test_who_has_no_address_is_passed_by_because_nobody_could_tell_them() -> None:
    dina()
    unreached = waits(customer=client("Ola Winter"))
    entry = waits("Bea Winter")

    assert offer_freed(at=AT) == 1
    assert statuses(unreached, entry) == [S.WAITING, S.OFFERED]


def test_days_that_are_past_end_the_wish() -> None:
    taken(dina())
    entry = waits()

    assert expire_offers(at=MONDAY_9) == 0
    assert expire_offers(at=MONDAY_9 + timedelta(days=1)) == 1
    assert statuses(entry) == [S.EXPIRED]


def test_who_is_taken_off_the_list_gives_back_what_was_offered() -> None:
    person = dina()
    entry = waits()
    offer_freed(at=AT)

    leave(entry.pk, by=SETUP)

    assert statuses(entry) == [S.LEFT]
    booked(staff=person, service=service())
    with pytest.raises(WaitingIsOver):
        leave(entry.pk, by=SETUP)


def test_holds_of_tools_stay_short_whatever_offers_do() -> None:
    wanted = TimeWanted(service().pk, dina().pk, MONDAY_9)

    with pytest.raises(InvalidInput):
        hold_time(wanted, lasting=LASTS, at=AT, by=SETUP)


def test_one_look_costs_little_while_nobody_waits(django_assert_num_queries: Any) -> None:
    dina()

    with django_assert_num_queries(1):
        offer_freed(at=AT)
