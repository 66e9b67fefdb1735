"""Booking: what is promised, what is refused, what is kept."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from hub import history
from hub.access import AccessDenied
from hub.actors import Actor, Source
from hub.errors import InvalidInput, StaleVersion
from hub.models import Change
from scheduling.booking import (
    Booking,
    NotQualified,
    OutsideWorkingHours,
    SlotTaken,
    TooLate,
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
CONNECTOR = Actor.connection(uuid4(), "Radicale")


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
    color = service("Color", needs=ResourceKind.ROOM, buffer_after_minutes=15)

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
    color = service("Color", needs=ResourceKind.ROOM)
    room("Room 1"), room("Room 2")
    taken = [booked(service=color).resource for _ in range(2)]

    with pytest.raises(SlotTaken, match=r"No room is free then at Harbor Street."):
        booked(service=color)

    assert [str(one) for one in taken] == ["Room 1", "Room 2"]


def test_a_chosen_room_is_taken_or_refused_never_replaced() -> None:
    color = service("Color", needs=ResourceKind.ROOM)
    room("Room 1")
    second = room("Room 2")
    booked(service=color, resource_id=second.pk)

    with pytest.raises(SlotTaken, match="Room 2 is booked"):
        booked(service=color, resource_id=second.pk)


def test_a_room_of_another_kind_or_place_is_refused_at_its_field() -> None:
    color = service("Color", needs=ResourceKind.ROOM)
    dryer = room("Dryer", kind=ResourceKind.EQUIPMENT)
    elsewhere = room("Attic", place=location("Hill Street"))

    for wrong in (dryer, elsewhere):
        with pytest.raises(InvalidInput) as refused:
            booked(service=color, resource_id=wrong.pk)
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


@pytest.mark.parametrize(
    ("start", "length"),
    [
        (datetime(2027, 3, 1, 7, 30, tzinfo=UTC), 45),  # 08:30, before work
        (datetime(2027, 3, 1, 10, 45, tzinfo=UTC), 45),  # 11:45, into the break
        (datetime(2027, 3, 1, 11, 15, tzinfo=UTC), 30),  # 12:15, in the break
        (datetime(2027, 3, 1, 15, 30, tzinfo=UTC), 45),  # 16:30, beyond the end
    ],
)
def test_work_is_not_promised_outside_working_hours(start: datetime, length: int) -> None:
    visit = service("Visit", duration_minutes=length)
    dina = staff(services=[visit], hours=[(time(9), time(12)), (time(13), time(17))])

    with pytest.raises(OutsideWorkingHours, match=r"That day: 09:00 – 12:00, 13:00 – 17:00."):
        booked(staff=dina, start=start)


def test_an_appointment_may_fill_a_stretch_to_its_edges_and_buffers_reach_beyond() -> None:
    visit = service("Visit", duration_minutes=180, buffer_before_minutes=15)
    dina = staff(services=[visit], hours=[(time(9), time(12))])

    assert taken_by(booked(staff=dina, start=datetime(2027, 3, 1, 8, 0, tzinfo=UTC)))


def test_touching_stretches_of_work_are_one() -> None:
    dina = staff(hours=[(time(9), time(12)), (time(12), time(17))])

    assert taken_by(booked(staff=dina, start=datetime(2027, 3, 1, 10, 45, tzinfo=UTC)))


def test_notice_is_counted_in_elapsed_hours_across_a_change_of_the_clocks() -> None:
    """24 hours before Sunday 09:00 in Berlin, the clocks having moved: Saturday 08:00."""
    visit = service(minimum_notice_minutes=24 * 60)
    dina = staff()
    start = datetime(2026, 3, 29, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    asked = Booking(client().pk, visit.pk, dina.pk, start)
    too_late = datetime(2026, 3, 28, 8, 1, tzinfo=ZoneInfo("Europe/Berlin"))

    with pytest.raises(TooLate, match="must be booked 1 day ahead"):
        book_appointment(asked, at=too_late, by=SETUP)

    assert taken_by(book_appointment(asked, at=too_late - minutes(1), by=SETUP))


def test_notice_holds_for_connections_too() -> None:
    visit = service(minimum_notice_minutes=60)
    asked = Booking(client().pk, visit.pk, staff().pk, MONDAY_9)

    with pytest.raises(TooLate):
        book_appointment(asked, at=MONDAY_9 - minutes(59), by=CONNECTOR)


def test_somebody_who_walks_in_gets_the_slot_that_has_just_begun() -> None:
    asked = Booking(client().pk, service().pk, staff().pk, MONDAY_9)

    with pytest.raises(TooLate, match="in the past"):
        book_appointment(asked, at=MONDAY_9 + minutes(16), by=SETUP)

    assert taken_by(book_appointment(asked, at=MONDAY_9 + minutes(7), by=SETUP))


def test_a_manager_sets_hours_and_notice_aside_with_a_reason_that_is_kept() -> None:
    ada = actor(person("Manager"))
    asked = Booking(client().pk, service().pk, staff(hours=[]).pk, MONDAY_9)

    appointment = book_appointment(
        asked, at=MONDAY_9 + minutes(90), by=ada, override_reason="Wedding party"
    )

    assert Change.objects.get(local_id=appointment.pk).fields == {
        "override_reason": ["", "Wedding party"]
    }
    assert appointment.history.get().history_change_reason == "Wedding party"


def test_nobody_sets_overlap_aside() -> None:
    ada, dina = actor(person("Manager")), staff()
    booked(staff=dina)
    asked = Booking(client().pk, service().pk, dina.pk, MONDAY_9)

    with pytest.raises(SlotTaken):
        book_appointment(asked, at=WEEK_BEFORE, by=ada, override_reason="Wedding party")


def test_the_front_desk_may_not_set_limits_aside() -> None:
    ben = actor(person("Front desk"))
    asked = Booking(client().pk, service().pk, staff().pk, MONDAY_9)

    with pytest.raises(AccessDenied, match="Only a manager"):
        book_appointment(asked, at=WEEK_BEFORE, by=ben, override_reason="Please")


def test_who_does_not_offer_a_service_cannot_be_booked_for_it() -> None:
    with pytest.raises(NotQualified, match=r"Dina Falk does not offer Massage."):
        booked(service=service("Massage"), staff=staff())


def test_what_is_unknown_or_gone_is_refused_at_its_field() -> None:
    known = Booking(client().pk, service().pk, staff().pk, MONDAY_9)
    wrong = {
        "customer": replace(known, customer_id=uuid4()),
        "service": replace(known, service_id=uuid4()),
        "staff": replace(known, staff_id=staff("Retired", is_active=False).pk),
        "resource": replace(known, resource_id=uuid4()),
    }

    for field, asked in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            book_appointment(asked, at=WEEK_BEFORE, by=SETUP)
        assert refused.value.field == field
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "start",
    [
        MONDAY_9.replace(tzinfo=None),
        MONDAY_9.replace(second=1),
        MONDAY_9.replace(microsecond=1),
        datetime.max.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
    ],
)
def test_an_impossible_start_is_refused_at_its_field(start: datetime) -> None:
    asked = Booking(client().pk, service().pk, staff().pk, start)

    with pytest.raises(InvalidInput) as refused:
        book_appointment(asked, at=WEEK_BEFORE, by=SETUP)

    assert refused.value.field == "start_at"


@pytest.mark.parametrize("notes", ["x" * 4001, "a\x00b"])
def test_notes_that_cannot_be_kept_are_refused_at_their_field(notes: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        booked(notes=notes)

    assert refused.value.field == "notes"


def test_a_merged_customer_is_booked_as_the_one_it_became() -> None:
    kept = client("Mara Winter")
    merged = client("M. Winter", canonical=kept)

    assert booked(merged).customer == kept


def test_an_appointment_lasts_its_minutes_across_a_change_of_the_clocks() -> None:
    long = service("Long", duration_minutes=120)
    night = staff(services=[long], hours=[(time(0), time(12))])

    spring = booked(staff=night, start=datetime(2026, 3, 29, 0, 30, tzinfo=UTC))
    autumn = booked(staff=night, start=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))

    zone = ZoneInfo("Europe/Berlin")
    assert spring.end_at.astimezone(zone).strftime("%H:%M") == "04:30"
    assert autumn.end_at.astimezone(zone).strftime("%H:%M") == "03:30"


def test_a_practitioner_books_only_for_herself_and_for_customers_of_her_own() -> None:
    paula_user = person("Practitioner")
    paula, colleague = staff("Paula", user=paula_user), staff("Dina Falk")
    known, unknown = client(), client("Somebody Else")
    booked(known, staff=paula)
    by = actor(paula_user)
    later = MONDAY_9 + timedelta(days=1)

    with pytest.raises(AccessDenied):
        book_appointment(
            Booking(known.pk, service().pk, colleague.pk, later), at=WEEK_BEFORE, by=by
        )
    with pytest.raises(InvalidInput, match="no such customer"):
        book_appointment(Booking(unknown.pk, service().pk, paula.pk, later), at=WEEK_BEFORE, by=by)

    own = Booking(known.pk, service().pk, paula.pk, later)
    assert taken_by(book_appointment(own, at=WEEK_BEFORE, by=by))


@pytest.mark.parametrize("role", ["Billing", "Administrator", None])
def test_who_has_no_business_with_the_calendar_cannot_book(role: str | None) -> None:
    asked = Booking(client().pk, service().pk, staff().pk, MONDAY_9)

    with pytest.raises(AccessDenied):
        book_appointment(asked, at=WEEK_BEFORE, by=actor(person(role)))


def test_a_refusal_names_the_customer_in_the_way_only_to_those_who_may_see_customers() -> None:
    dina = staff()
    other = booked(client("Secret Person"), staff=dina)
    asked = Booking(client().pk, service().pk, dina.pk, MONDAY_9)
    paula_user = person("Practitioner")
    attic = room("Attic")
    own = staff("Paula", user=paula_user, services=[service("Bath", needs=ResourceKind.ROOM)])
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
