"""Booking: what is promised, what is refused, what is kept."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from hub import history
from hub.actors import Source
from hub.errors import InvalidInput, StaleVersion
from scheduling.booking import (
    Booking,
    SlotTaken,
    annotate_appointment,
    book_appointment,
)
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Occupancy, ResourceKind
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import (
    MONDAY_9,
    booked,
    client,
    location,
    room,
    service,
    staff,
)
from tests.scheduling.trails import announced, minutes, remembered, taken_by

pytestmark = pytest.mark.django_db
WEEK_BEFORE = MONDAY_9 - timedelta(days=7)


def test_a_booking_keeps_rules_and_price_as_they_were_when_promised() -> None:
    haircut = service(buffer_before_minutes=5, buffer_after_minutes=10)
    appointment = booked(service=haircut)

    haircut.price = Decimal("99.00")
    haircut.buffer_after_minutes = 60
    history.save(haircut, fields=["price", "buffer_after_minutes"], by=SETUP)

    kept = Appointment.objects.get(pk=appointment.pk)
    assert (kept.service_name, kept.price, kept.currency) == ("Haircut", Decimal("49.00"), "EUR")
    assert (kept.buffer_before_minutes, kept.buffer_after_minutes) == (5, 10)
    assert (kept.start_at, kept.end_at) == (MONDAY_9, MONDAY_9 + minutes(45))
    assert kept.time_zone == ZoneInfo("Europe/Berlin")


def test_a_booking_takes_the_person_and_the_first_free_room_with_buffers() -> None:
    room("Room 2")
    first = room("Room 1")
    color = service("Color", rooms_needed=1, buffer_after_minutes=15)

    appointment = booked(service=color)

    block = (MONDAY_9, MONDAY_9 + minutes(60))
    assert appointment.resource == first
    assert taken_by(appointment) == [
        (appointment.staff.subject, 1, *block),
        (first.subject, 1, *block),
    ]


def test_every_booking_leaves_history_and_an_announcement_with_actor_and_source() -> None:
    ben = actor(person("Front desk"), source=Source.API)
    asked = Booking(client().pk, service().pk, staff().pk, MONDAY_9)

    appointment = book_appointment(asked, at=WEEK_BEFORE, by=ben)

    assert remembered(appointment) == [("booked", "Ben Desk", "api", 1)]
    assert announced(appointment) == [("appointment.booked", "Ben Desk", "api", 1)]


def test_the_same_time_cannot_be_promised_twice() -> None:
    dina = staff()
    booked(staff=dina)

    with pytest.raises(SlotTaken) as refused:
        booked(staff=dina, start=MONDAY_9 + minutes(30))

    assert str(refused.value) == "Dina Falk is booked 10:00 – 10:45."
    assert [time["start_at"] for time in refused.value.details["alternatives"]] == [  # type: ignore[attr-defined]
        "2027-03-01T09:45:00+00:00",
        "2027-03-01T10:00:00+00:00",
        "2027-03-01T10:15:00+00:00",
    ]
    assert Appointment.objects.count() == Occupancy.objects.count() == 1


def test_appointments_may_follow_each_other_without_a_gap() -> None:
    dina = staff()
    booked(staff=dina)

    after = booked(staff=dina, start=MONDAY_9 + minutes(45))
    before = booked(staff=dina, start=MONDAY_9 - minutes(45))

    assert before.end_at == MONDAY_9 == after.start_at - minutes(45)


def test_buffers_keep_a_distance() -> None:
    haircut = service(duration_minutes=30, buffer_after_minutes=15)
    dina = staff(services=[haircut])
    booked(staff=dina)

    with pytest.raises(SlotTaken, match="buffers would overlap"):
        booked(staff=dina, start=MONDAY_9 + minutes(30))

    assert taken_by(booked(staff=dina, start=MONDAY_9 + minutes(45)))


def test_a_room_taken_by_a_colleague_is_in_the_way_of_the_last_one() -> None:
    color = service("Color", rooms_needed=1)
    room("Room 1"), room("Room 2")
    taken = [booked(service=color).resource for _ in range(2)]

    with pytest.raises(SlotTaken, match=r"No room is free then at Harbor Street."):
        booked(service=color)

    assert [str(one) for one in taken] == ["Room 1", "Room 2"]


def test_a_chosen_room_is_taken_or_refused_never_replaced() -> None:
    color = service("Color", rooms_needed=1)
    room("Room 1")
    second = room("Room 2")
    booked(service=color, resource_ids=(second.pk,))

    with pytest.raises(SlotTaken, match="Room 2 is booked"):
        booked(service=color, resource_ids=(second.pk,))


def test_a_room_of_another_kind_or_place_is_refused_at_its_field() -> None:
    color = service("Color", rooms_needed=1)
    dryer = room("Dryer", kind=ResourceKind.EQUIPMENT)
    elsewhere = room("Attic", place=location("Hill Street"))

    for wrong in (dryer, elsewhere):
        with pytest.raises(InvalidInput) as refused:
            booked(service=color, resource_ids=(wrong.pk,))
        assert refused.value.field == "resource"


def test_who_may_take_two_at_once_takes_two_and_no_third() -> None:
    double = staff(capacity=2)
    both = [booked(staff=double), booked(staff=double)]

    with pytest.raises(SlotTaken):
        booked(staff=double)

    assert [taken_by(one)[0][1] for one in both] == [1, 2]


def test_a_freed_unit_is_used_again() -> None:
    double = staff(capacity=2)
    first = booked(staff=double)
    booked(staff=double)
    cancel_appointment(first.pk, reason="Ill", at=WEEK_BEFORE, by=SETUP)

    assert taken_by(booked(staff=double))[0][1] == 1


def test_a_merged_customer_is_booked_as_the_one_it_became() -> None:
    kept = client("Mara Winter")
    merged = client("M. Winter", canonical=kept)

    assert booked(merged).customer == kept


def test_an_appointment_lasts_its_minutes_across_a_change_of_the_clocks() -> None:
    long = service("Long", duration_minutes=120)
    night = staff(services=[long], hours="00:00–12:00")

    spring = booked(staff=night, start=datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    autumn = booked(staff=night, start=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))

    zone = ZoneInfo("Europe/Berlin")
    assert spring.end_at.astimezone(zone).strftime("%H:%M") == "04:30"
    assert autumn.end_at.astimezone(zone).strftime("%H:%M") == "03:30"


def test_a_refusal_names_the_customer_in_the_way_only_to_those_who_may_see_customers() -> None:
    dina = staff()
    other = booked(client("Secret Person"), staff=dina)
    asked = Booking(client().pk, service().pk, dina.pk, MONDAY_9)
    paula_user = person("Practitioner")
    attic = room("Attic")
    own = staff("Paula", user=paula_user, services=[service("Bath", rooms_needed=1)])
    bath = service("Bath")
    regular = client("Regular")
    booked(regular, staff=own, service=bath, start=MONDAY_9 + timedelta(days=1))
    dina.services.add(bath)
    booked(client("Hidden"), staff=dina, service=bath, start=MONDAY_9 + timedelta(days=2))

    with pytest.raises(SlotTaken) as seen:
        book_appointment(asked, at=WEEK_BEFORE, by=actor(person("Front desk")))
    with pytest.raises(SlotTaken, match=r"No room is free|Attic is booked") as unseen:
        book_appointment(
            Booking(regular.pk, bath.pk, own.pk, MONDAY_9 + timedelta(days=2)),
            at=WEEK_BEFORE,
            by=actor(paula_user),
        )

    assert seen.value.details["in_the_way"] == [
        {
            "kind": "staff",
            "start_at": "2027-03-01T09:00:00+00:00",
            "end_at": "2027-03-01T09:45:00+00:00",
            "appointment": f"apt_{other.pk.hex}",
            "customer": "Secret Person",
        }
    ]
    assert unseen.value.details["in_the_way"] == [
        {
            "kind": "resource",
            "start_at": "2027-03-03T09:00:00+00:00",
            "end_at": "2027-03-03T09:45:00+00:00",
        }
    ]
    assert attic.capacity == 1


def test_notes_are_written_on_the_version_that_was_read() -> None:
    appointment = booked()

    annotate_appointment(appointment.pk, notes="Allergic to henna", by=SETUP, expected_version=1)

    with pytest.raises(StaleVersion):
        annotate_appointment(appointment.pk, notes="Late", by=SETUP, expected_version=1)
    kept = Appointment.objects.get(pk=appointment.pk)
    assert (kept.notes, kept.version) == ("Allergic to henna", 2)
    assert announced(appointment)[-1][0] == "appointment.updated"
