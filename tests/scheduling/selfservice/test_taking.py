"""Bookings from the public page: by anybody, once, bounded, and never two at one time."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from customers.erasure import erase_customer
from customers.models import ContactPoint, Customer
from hub import locks
from hub.actors import Actor
from hub.errors import InvalidInput
from scheduling import occupying
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Location, OnlineBooking, Service, Staff
from scheduling.selfservice.taking import (
    MOST_OPEN,
    Application,
    PageClosed,
    TooManyOpen,
    book_online,
)
from scheduling.selfservice.times import NotOffered
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.selfservice.links import MAIL, SUNDAY
from tests.scheduling.test_races import drop_constraint

HOUR = timedelta(hours=1)


def opened() -> Staff:
    """Switch a page on where Dina cuts hair."""
    place = location(books_online=True, booking_slug="harbor")
    return staff("Dina Falk", place=place, services=[service(books_online=True)])


def wanted(**values: Any) -> Application:
    usual: dict[str, Any] = {
        "key": uuid4(),
        "place_id": location().pk,
        "service_id": service().pk,
        "start_at": MONDAY_9,
        "given_name": "Ada",
        "family_name": "Winter",
        "email": MAIL,
        "phone": "040 5550100",
    }
    return Application(**(usual | values))


def take(application: Application) -> OnlineBooking:
    return book_online(application, at=SUNDAY, by=Actor.visitor())


@pytest.mark.django_db
def test_somebody_new_is_booked_and_history_says_by_which_door() -> None:
    dina = opened()

    appointment = take(wanted()).appointment

    assert (appointment.staff, appointment.start_at) == (dina, MONDAY_9)
    assert appointment.customer.name == "Ada Winter"
    assert appointment.notes == f"Booked online by Ada Winter, {MAIL}, 040 5550100"
    row = appointment.history.get()
    assert (row.actor_kind, row.actor_name, row.source) == (
        "visitor",
        "Visitor of the booking page",
        "booking page",
    )


@pytest.mark.django_db
def test_the_same_form_sent_twice_books_once() -> None:
    opened()
    application = wanted()

    first, second = take(application), take(application)

    assert first == second
    assert Appointment.objects.count() == 1


@pytest.mark.django_db
def test_a_lost_time_leaves_nobody_behind() -> None:
    booked(client("Eve"), staff=opened())

    with pytest.raises(NotOffered):
        take(wanted())

    assert [customer.name for customer in Customer.objects.all()] == ["Eve"]
    assert not ContactPoint.objects.exists()


@pytest.mark.django_db
def test_anybody_means_the_next_who_is_free() -> None:
    dina = opened()
    emil = staff("Emil", place=dina.location, position=2)
    booked(client("Eve"), staff=dina)

    assert take(wanted()).appointment.staff == emil
    with pytest.raises(NotOffered):
        take(wanted(staff_id=dina.pk, email="bo@winter.example"))


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [7, 13 * 60, -26 * 60])
def test_only_what_is_offered_is_booked(minutes: int) -> None:
    opened()

    with pytest.raises(NotOffered):
        take(wanted(start_at=MONDAY_9 + timedelta(minutes=minutes)))


@pytest.mark.django_db
def test_nothing_is_taken_where_a_switch_is_off() -> None:
    opened()
    other = service("Color")
    with pytest.raises(PageClosed):
        take(wanted(service_id=other.pk))

    Service.objects.filter(name="Haircut").update(books_online=False)
    with pytest.raises(PageClosed):
        take(wanted())
    Service.objects.filter(name="Haircut").update(books_online=True)
    Location.objects.update(books_online=False)
    with pytest.raises(PageClosed):
        take(wanted())
    assert not Appointment.objects.exists()


@pytest.mark.django_db
def test_one_contact_has_so_many_visits_to_come_however_it_is_written() -> None:
    opened()
    taken = [
        take(wanted(start_at=MONDAY_9 + number * HOUR, given_name=f"Ada{number}"))
        for number in range(MOST_OPEN)
    ]
    same_mail = wanted(start_at=MONDAY_9 + 4 * HOUR, email=f" {MAIL.upper()}", phone="")
    same_phone = wanted(
        start_at=MONDAY_9 + 4 * HOUR, email="b@c.example", phone="+49 (40) 555-0100"
    )

    for more in (same_mail, same_phone):
        with pytest.raises(TooManyOpen):
            take(more)
    cancel_appointment(taken[0].appointment_id, reason="Ill", at=SUNDAY, by=SETUP)
    assert take(same_mail).appointment.start_at == MONDAY_9 + 4 * HOUR


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"), [("email", "nobody"), ("phone", "12"), ("given_name", "  ")]
)
def test_what_cannot_be_right_names_its_field(field: str, value: str) -> None:
    opened()

    with pytest.raises(InvalidInput) as refusal:
        take(wanted(**{field: value}))

    assert refusal.value.field == field
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_an_erasure_forgets_from_which_contact_it_came() -> None:
    opened()
    made = take(wanted())
    manager, after = actor(person("Manager")), MONDAY_9 + timedelta(days=1)
    customer_id = made.appointment.customer_id
    assert len(made.contacts) == 2

    erase_customer(customer_id, reason="Asked for it", at=after, by=manager)

    made.refresh_from_db()
    assert (made.contacts, made.appointment.notes) == ([], "")


def crowd(count: int) -> list[object]:
    applications = [
        wanted(email=f"ada{number}@winter.example", phone="") for number in range(count)
    ]
    return at_once(count, lambda number: take(applications[number]))


@pytest.mark.django_db(transaction=True)
def test_of_many_visitors_at_one_time_one_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 15.0)
    opened()

    outcomes = crowd(8)

    names = sorted(type(one).__name__ for one in outcomes)
    assert names == ["NotOffered"] * 7 + ["OnlineBooking"]
    assert Customer.objects.count() == 1
    assert (overlaps(), inconsistencies()) == ([], [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("constrained", ["yes", ""])
def test_it_is_the_constraint_that_has_the_last_word(
    monkeypatch: pytest.MonkeyPatch, constrained: str
) -> None:
    """Without locks the constraint alone decides; the control without it books twice."""
    monkeypatch.setattr(occupying, "lock", lambda _: None)
    opened()
    if not constrained:
        drop_constraint()

    crowd(8)

    count = Appointment.objects.filter(start_at=MONDAY_9).count()
    assert count == 1 if constrained else count > 1


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_many_times_at_once_books_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 15.0)
    opened()
    application = wanted()

    outcomes = at_once(6, lambda _: take(application))

    assert len({one.pk for one in outcomes if isinstance(one, OnlineBooking)}) == 1
    assert all(isinstance(one, OnlineBooking) for one in outcomes)
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_contact_at_many_doors_has_no_more_than_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 15.0)
    opened()
    applications = [wanted(start_at=MONDAY_9 + number * HOUR) for number in range(8)]

    at_once(8, lambda number: take(applications[number]))

    assert Appointment.objects.count() == MOST_OPEN
