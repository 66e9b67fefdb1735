"""Several services in a row: what is offered can be booked, all of it or nothing."""

import threading
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import transaction

from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput
from scheduling.booking import Booking, book_visit
from scheduling.in_a_row import booking as row_booking
from scheduling.in_a_row.booking import MOST, Part, book_in_a_row
from scheduling.in_a_row.finding import Step, next_rows, rows_on
from scheduling.models import Appointment, Service
from scheduling.occupying import SlotTaken
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, room, service, staff
from tests.factories.threads import at_once
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.outside import read
from tests.scheduling.trails import minutes

MONDAY = date(2027, 3, 1)
AT = MONDAY_9 - timedelta(days=1)


@pytest.fixture
def wash() -> Service:
    return service("Wash", duration_minutes=20)


@pytest.fixture
def cut() -> Service:
    return service("Cut", duration_minutes=40, buffer_after_minutes=10)


def parts_of(services: list[Service], row: tuple[object, ...]) -> list[Part]:
    return [
        Part(one.pk, time.staff_id, time.start_at)  # type: ignore[attr-defined]
        for one, time in zip(services, row, strict=True)
    ]


def could_be_booked(services: list[Service], row: tuple[object, ...]) -> bool:
    who = client("Trial").pk
    try:
        with transaction.atomic():
            book_in_a_row(who, parts_of(services, row), at=AT, by=SETUP)
            transaction.set_rollback(True)
    except DomainError:
        return False
    return True


@pytest.mark.django_db
def test_each_row_that_is_offered_can_be_booked(wash: Service, cut: Service) -> None:
    """One room for both, a busy day: each answer is tried for real, and taken back."""
    random = Random(4)  # noqa: S311
    color = service("Color", duration_minutes=30, rooms_needed=1, buffer_before_minutes=5)
    mask = service("Mask", duration_minutes=10, rooms_needed=1)
    room("Cabin")
    people = [
        staff(name, services=[wash, cut, color, mask], hours="09:00–14:00")
        for name in ("Jo", "Kim")
    ]
    for hour in (9, 10, 12):
        at = MONDAY_9.replace(hour=hour - 1, minute=random.choice((0, 15, 30)))
        booked(staff=random.choice(people), start=at, service=wash)
    chosen = [wash, color, mask, cut]

    asked = [Step(one.pk) for one in chosen]
    found = rows_on([MONDAY], asked, location_id=location().pk, at=AT)

    assert len(found) > 3
    assert [could_be_booked(chosen, row) for row in found] == [True] * len(found)
    assert [row[0].start_at for row in found] == sorted({row[0].start_at for row in found})


@pytest.mark.django_db
def test_all_are_booked_for_one_customer_in_their_order(wash: Service, cut: Service) -> None:
    jo = staff("Jo", services=[wash, cut])
    who = client()
    (first, *_) = rows_on(
        [MONDAY], [Step(wash.pk, jo.pk), Step(cut.pk)], location_id=location().pk, at=AT
    )

    made = book_in_a_row(who.pk, parts_of([wash, cut], first), notes="Tea", at=AT, by=SETUP)

    assert [(one.service, one.customer, one.notes) for one in made] == [
        (wash, who, "Tea"),
        (cut, who, ""),
    ]
    assert made[0].end_at <= made[1].start_at <= made[0].end_at + minutes(15)
    assert (overlaps(), inconsistencies()) == ([], [])


@pytest.mark.django_db
def test_nothing_is_booked_when_one_is_taken(wash: Service, cut: Service) -> None:
    jo, kim = staff("Jo", services=[wash]), staff("Kim", services=[cut])
    booked(staff=kim, start=MONDAY_9 + minutes(20), service=cut)
    asked = [Part(wash.pk, jo.pk, MONDAY_9), Part(cut.pk, kim.pk, MONDAY_9 + minutes(20))]

    with pytest.raises(SlotTaken):
        book_in_a_row(client("Late").pk, asked, at=AT, by=SETUP)

    assert Appointment.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("later", [19, 36])
def test_what_does_not_follow_is_refused(wash: Service, cut: Service, later: int) -> None:
    jo, kim = staff("Jo", services=[wash]), staff("Kim", services=[cut])
    asked = [Part(wash.pk, jo.pk, MONDAY_9), Part(cut.pk, kim.pk, MONDAY_9 + minutes(later))]

    with pytest.raises(InvalidInput, match="What follows Wash begins when it is over"):
        book_in_a_row(client().pk, asked, at=AT, by=SETUP)

    assert not Appointment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 1, MOST + 1])
def test_two_to_five_services_are_a_row(wash: Service, count: int) -> None:
    asked = [Part(wash.pk, staff("Jo", services=[wash]).pk, MONDAY_9)] * count

    with pytest.raises(InvalidInput, match="two to 5"):
        book_in_a_row(client().pk, asked, at=AT, by=SETUP)


@pytest.mark.django_db
def test_whoever_books_only_for_themselves_books_no_row_with_a_colleague(
    wash: Service, cut: Service
) -> None:
    own = person("Practitioner")
    jo, kim = staff("Jo", services=[wash], user=own), staff("Kim", services=[cut])
    booked(client("Mara"), staff=jo, service=wash, start=MONDAY_9 - minutes(60))
    who = Appointment.objects.get().customer
    asked = [Part(wash.pk, jo.pk, MONDAY_9), Part(cut.pk, kim.pk, MONDAY_9 + minutes(20))]

    with pytest.raises(AccessDenied):
        book_in_a_row(who.pk, asked, at=AT, by=actor(own))

    assert Appointment.objects.count() == 1


@pytest.mark.django_db
def test_the_next_days_are_looked_through(wash: Service, cut: Service) -> None:
    jo = staff("Jo", services=[wash, cut], hours="09:00–10:15")
    booked(staff=jo, service=wash, start=datetime(2027, 3, 1, 8, 30, tzinfo=UTC))
    asked = [Step(wash.pk), Step(cut.pk)]

    found = next_rows(MONDAY, asked, location_id=location().pk, at=AT, limit=2)

    assert [row[0].start_at.day for row in found] == [2, 3]


@pytest.mark.django_db
def test_only_people_within_reach_are_offered(wash: Service, cut: Service) -> None:
    jo, kim = (staff(name, services=[wash, cut]) for name in ("Jo", "Kim"))
    asked = [Step(wash.pk), Step(cut.pk)]

    found = rows_on([MONDAY], asked, location_id=location().pk, at=AT, among={kim.pk})

    assert {time.staff_id for row in found for time in row} == {kim.pk}
    assert jo.pk != kim.pk


@pytest.mark.django_db
def test_what_rests_on_a_calendar_read_long_ago_is_unconfirmed(
    wash: Service, cut: Service
) -> None:
    jo = staff("Jo", services=[wash])
    staff("Kim", services=[cut])
    read(jo, busy={"dentist": [(MONDAY_9, MONDAY_9 + minutes(60))]}, at=AT)
    asked = [Step(wash.pk), Step(cut.pk)]

    def marks(at: datetime) -> list[list[bool]]:
        rows = rows_on([MONDAY], asked, location_id=location().pk, at=at)
        assert MONDAY_9 not in [row[0].start_at for row in rows]
        return [[time.is_unconfirmed for time in row] for row in rows]

    assert set(map(tuple, marks(AT))) == {(False, False)}
    assert set(map(tuple, marks(AT + minutes(31)))) == {(True, False)}


@pytest.mark.django_db
def test_a_service_that_is_not_offered_leaves_no_row(wash: Service) -> None:
    staff("Jo", services=[wash])
    asked = [Step(wash.pk), Step(UUID(int=5))]

    assert rows_on([MONDAY], asked, location_id=location().pk, at=AT) == []


@pytest.fixture
def crossing(wash: Service) -> list[tuple[UUID, list[Part]]]:
    """Two rows, one with Jo and then Kim, the other the other way round."""
    jo, kim = (staff(name, services=[wash]) for name in ("Jo", "Kim"))
    return [
        (
            client(f"{first} first").pk,
            [Part(wash.pk, first.pk, MONDAY_9), Part(wash.pk, second.pk, MONDAY_9 + minutes(20))],
        )
        for first, second in ((jo, kim), (kim, jo))
    ]


def book_both(crossing: list[tuple[UUID, list[Part]]]) -> list[object]:
    return at_once(2, lambda place: book_in_a_row(*crossing[place], at=AT, by=SETUP))


@pytest.mark.django_db(transaction=True)
def test_rows_that_cross_do_not_block_each_other(
    crossing: list[tuple[UUID, list[Part]]],
) -> None:
    booked_rows = book_both(crossing)

    assert [len(row) for row in booked_rows if isinstance(row, list)] == [2, 2]
    assert (overlaps(), inconsistencies()) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_without_locking_all_people_first_they_do(
    crossing: list[tuple[UUID, list[Part]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both have their first time, and wait for each other for the second."""
    both = threading.Barrier(2)

    def book_slowly(booking: Booking, *, at: datetime, by: Actor) -> Appointment:
        if booking.start_at > MONDAY_9 and not both.broken:
            with suppress(threading.BrokenBarrierError):
                both.wait(timeout=3)
        return book_visit(booking, at=at, by=by)

    monkeypatch.setattr(row_booking, "occupying", SimpleNamespace(lock=lambda _: None))
    monkeypatch.setattr(row_booking, "book_visit", book_slowly)

    assert [type(row) for row in book_both(crossing)].count(list) < 2
