"""The booking page keeps the chosen time while somebody types who they are."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.actors import Actor
from scheduling.booking import Booking, SlotTaken, book_appointment
from scheduling.models import Appointment, Hold, Location, Staff
from scheduling.selfservice import keeping
from scheduling.selfservice.keeping import Choice, keep_time, let_go
from scheduling.selfservice.taking import Application, book_online
from scheduling.selfservice.times import NotOffered
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.selfservice.links import MAIL, place
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
VISITOR = Actor.visitor()


@pytest.fixture
def dina() -> Staff:
    salon = place()
    Location.objects.update(books_online=True, booking_slug="harbor")
    return staff("Dina Falk", place=salon, services=[service(books_online=True)])


def choice(dina: Staff, key: UUID | None = None, **values: Any) -> Choice:
    usual: dict[str, Any] = {"place_id": dina.location_id, "service_id": service().pk}
    return Choice(key=key or uuid4(), **(usual | {"start_at": MONDAY_9} | values))


def keep(chosen: Choice, *, contact: str = "one browser", at: Any = AT) -> Hold | None:
    return keep_time(chosen, contact=contact, at=at, by=VISITOR)


def application(chosen: Choice, **values: Any) -> Application:
    usual: dict[str, Any] = {"given_name": "Ada", "family_name": "Winter", "email": MAIL}
    return Application(**asdict(chosen), **(usual | {"phone": ""} | values))


def test_the_kept_time_waits_for_the_visitor_and_for_nobody_else(dina: Staff) -> None:
    chosen = choice(dina)
    kept = keep(chosen)
    desk = Booking(client().pk, service().pk, dina.pk, MONDAY_9)

    with pytest.raises(SlotTaken):
        book_appointment(desk, at=AT + minutes(3), by=SETUP)
    with pytest.raises(NotOffered):
        keep(choice(dina), contact="another browser")
    made = book_online(application(chosen), at=AT + minutes(9), by=VISITOR)

    assert kept is not None
    assert kept.expires_at == AT + minutes(10)
    assert made.appointment.start_at == MONDAY_9
    assert not Hold.objects.exists()
    assert overlaps() == inconsistencies() == []


def test_who_types_longer_still_books_what_is_free(dina: Staff) -> None:
    chosen = choice(dina)
    keep(chosen)

    made = book_online(application(chosen), at=AT + minutes(30), by=VISITOR)

    assert made.appointment.start_at == MONDAY_9
    assert not Hold.objects.exists()


def test_another_choice_gives_the_first_one_back(dina: Staff) -> None:
    first, second = choice(dina), choice(dina, start_at=MONDAY_9 + timedelta(hours=2))
    keep(first)
    keep(second)

    assert [hold.pk for hold in Hold.objects.all()] == [second.key]
    let_go("another browser", by=VISITOR)
    assert Hold.objects.exists()
    let_go("one browser", by=VISITOR)
    assert not Hold.objects.exists()


def test_another_time_sent_by_the_same_form_ends_its_hold(dina: Staff) -> None:
    chosen = choice(dina)
    keep(chosen)
    nearest = choice(dina, chosen.key, start_at=MONDAY_9 + minutes(45))

    made = book_online(application(nearest), at=AT, by=VISITOR)

    assert made.appointment.start_at == MONDAY_9 + minutes(45)
    assert not Hold.objects.exists()


def test_a_form_that_was_sent_holds_nothing_more(dina: Staff) -> None:
    chosen = choice(dina)
    book_online(application(chosen), at=AT, by=VISITOR)

    assert keep(choice(dina, chosen.key, start_at=MONDAY_9 + timedelta(hours=2))) is None
    assert not Hold.objects.exists()


def test_visitors_cannot_fill_the_day_with_holds(
    dina: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_AT_PLACE", 1)
    later = choice(dina, start_at=MONDAY_9 + timedelta(hours=2))
    keep(choice(dina))

    assert keep(later, contact="another browser") is None
    made = book_online(application(later), at=AT, by=VISITOR)

    assert made.appointment.start_at == MONDAY_9 + timedelta(hours=2)


def test_with_anybody_whoever_is_free_is_held(dina: Staff) -> None:
    kim = staff("Kim", place=dina.location, services=[service()])
    first, second = keep(choice(dina)), keep(choice(dina), contact="another browser")

    assert first is not None
    assert second is not None
    assert {first.staff, second.staff} == {dina, kim}


@pytest.mark.django_db(transaction=True)
def test_one_of_many_visitors_keeps_the_time_and_all_who_book_end_well(dina: Staff) -> None:
    def visit(number: int) -> object:
        chosen = choice(dina)
        keep(chosen, contact=f"browser {number}")
        wanted = application(chosen, email=f"v{number}@example.com")
        return book_online(wanted, at=AT, by=VISITOR)

    outcomes = at_once(8, visit)

    assert {type(one).__name__ for one in outcomes} == {"OnlineBooking", "NotOffered"}
    assert Appointment.objects.count() == 1
    assert overlaps() == inconsistencies() == []
