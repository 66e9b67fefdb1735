"""Limits of booking: hours, notice, what cannot be right, who may."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.models import Change
from scheduling.booking import (
    Booking,
    NotQualified,
    OutsideWorkingHours,
    SlotTaken,
    TooLate,
    book_appointment,
)
from scheduling.models import Appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import (
    MONDAY_9,
    booked,
    client,
    service,
    staff,
)
from tests.scheduling.trails import minutes, taken_by

pytestmark = pytest.mark.django_db
WEEK_BEFORE = MONDAY_9 - timedelta(days=7)
CONNECTOR = Actor.connection(uuid4(), "Radicale")


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
    dina = staff(services=[visit], hours="09:00–12:00, 13:00–17:00")

    with pytest.raises(OutsideWorkingHours, match=r"That day: 09:00 – 12:00, 13:00 – 17:00."):
        booked(staff=dina, start=start)


def test_an_appointment_may_fill_a_stretch_to_its_edges_and_buffers_reach_beyond() -> None:
    visit = service("Visit", duration_minutes=180, buffer_before_minutes=15)
    dina = staff(services=[visit], hours="09:00–12:00")

    assert taken_by(booked(staff=dina, start=datetime(2027, 3, 1, 8, 0, tzinfo=UTC)))


def test_touching_stretches_of_work_are_one() -> None:
    dina = staff(hours="09:00–12:00, 12:00–17:00")

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
    asked = Booking(client().pk, service().pk, staff(hours="").pk, MONDAY_9)

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
        "resource": replace(known, resource_ids=(uuid4(),)),
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
