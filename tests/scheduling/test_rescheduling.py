"""Moving an appointment: in time, in length, to somebody else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub import history
from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from hub.lifecycle import IllegalTransition
from hub.models import Change
from scheduling.booking import (
    NotQualified,
    OutsideWorkingHours,
    SlotTaken,
    TooLate,
    reschedule_appointment,
)
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, Occupancy
from scheduling.moves import NothingToChange
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, location, room, service, staff
from tests.scheduling.trails import announced, minutes, remembered, taken_by

pytestmark = pytest.mark.django_db
BEFORE = MONDAY_9 - timedelta(days=1)


def test_a_move_keeps_length_and_rows_and_counts() -> None:
    appointment = booked()
    rows = set(Occupancy.objects.values_list("pk", flat=True))
    to = MONDAY_9 + minutes(30)  # overlaps its own old time

    moved = reschedule_appointment(appointment.pk, start_at=to, at=BEFORE, by=SETUP)

    assert (moved.start_at, moved.end_at) == (to, to + minutes(45))
    assert (moved.schedule_version, moved.reschedule_count, moved.version) == (2, 1, 2)
    assert moved.previous_start_at == MONDAY_9
    assert set(Occupancy.objects.values_list("pk", flat=True)) == rows
    assert taken_by(moved) == [(moved.staff.subject, 1, to, to + minutes(45))]
    assert remembered(moved) == [
        ("booked", "Test set-up", "import", 1),
        ("booked", "Test set-up", "import", 2),
    ]
    assert announced(moved)[-1] == ("appointment.rescheduled", "Test set-up", "import", 2)
    assert Change.objects.latest("pk").fields == {
        "start_at": ["2027-03-01T09:00:00+00:00", "2027-03-01T09:30:00+00:00"],
        "end_at": ["2027-03-01T09:45:00+00:00", "2027-03-01T10:15:00+00:00"],
    }


def test_a_move_keeps_the_rules_it_was_booked_under() -> None:
    haircut = service()
    appointment = booked(service=haircut)
    haircut.duration_minutes, haircut.buffer_after_minutes = 120, 60
    history.save(haircut, fields=["duration_minutes", "buffer_after_minutes"], by=SETUP)

    moved = reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + timedelta(days=1), at=BEFORE, by=SETUP
    )

    assert moved.end_at - moved.start_at == minutes(45)
    assert taken_by(moved)[0][3] == moved.end_at


def test_an_appointment_can_be_made_longer_and_shorter() -> None:
    appointment = booked()

    for length in (5, 24 * 60):
        reschedule_appointment(
            appointment.pk,
            start_at=MONDAY_9,
            end_at=MONDAY_9 + minutes(length),
            at=BEFORE,
            by=SETUP,
            override_reason="Trial",
        )
        assert taken_by(appointment)[0][3] == MONDAY_9 + minutes(length)


@pytest.mark.parametrize("length", [-45, 0, 4, 24 * 60 + 1])
def test_an_impossible_length_is_refused_at_its_field(length: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        reschedule_appointment(
            booked().pk,
            start_at=MONDAY_9,
            end_at=MONDAY_9 + minutes(length),
            at=BEFORE,
            by=SETUP,
        )

    assert refused.value.field == "end_at"


def test_a_move_to_a_colleague_takes_the_colleague_and_frees_the_first() -> None:
    appointment, colleague = booked(), staff("Jo")
    before = appointment.staff

    moved = reschedule_appointment(
        appointment.pk, start_at=MONDAY_9, staff_id=colleague.pk, at=BEFORE, by=SETUP
    )

    assert [row[0] for row in taken_by(moved)] == [colleague.subject]
    assert booked(staff=before).staff == before


def test_a_move_keeps_the_room_or_takes_another_free_one() -> None:
    color = service("Color", rooms_needed=1)
    first, second = room("Room 1"), room("Room 2")
    appointment = booked(service=color)
    later = MONDAY_9 + timedelta(days=1)
    booked(service=color, start=later)  # takes Room 1 then

    moved = reschedule_appointment(appointment.pk, start_at=later, at=BEFORE, by=SETUP)
    again = reschedule_appointment(
        appointment.pk, start_at=later + timedelta(days=1), at=BEFORE, by=SETUP
    )

    assert appointment.resource == first
    assert moved.resource == again.resource == second
    assert [row[0] for row in taken_by(again)] == [again.staff.subject, second.subject]


def test_a_move_onto_another_appointment_changes_nothing() -> None:
    dina = staff()
    appointment = booked(staff=dina)
    booked(staff=dina, start=MONDAY_9 + timedelta(hours=1))
    before = taken_by(appointment)

    with pytest.raises(SlotTaken, match=r"Dina Falk is booked 11:00 – 11:45.") as refused:
        reschedule_appointment(
            appointment.pk, start_at=MONDAY_9 + minutes(30), at=BEFORE, by=SETUP
        )

    assert refused.value.details["alternatives"]
    assert taken_by(appointment) == before
    assert len(remembered(appointment)) == len(announced(appointment)) == 1


def test_a_move_to_where_it_is_says_so() -> None:
    appointment = booked()

    with pytest.raises(NothingToChange):
        reschedule_appointment(appointment.pk, start_at=MONDAY_9, at=BEFORE, by=SETUP)

    assert Appointment.objects.get().version == 1


def test_what_is_canceled_cannot_be_moved() -> None:
    appointment = booked()
    cancel_appointment(appointment.pk, reason="Ill", at=BEFORE, by=SETUP)

    with pytest.raises(IllegalTransition, match=r"This is canceled and cannot be moved any more."):
        reschedule_appointment(
            appointment.pk, start_at=MONDAY_9 + minutes(15), at=BEFORE, by=SETUP
        )


def test_a_move_keeps_the_elapsed_length_across_a_change_of_the_clocks() -> None:
    night = staff(services=[service("Long", duration_minutes=120)], hours="00:00–12:00")
    appointment = booked(staff=night, start=datetime(2026, 3, 27, 0, 30, tzinfo=UTC))
    berlin = ZoneInfo("Europe/Berlin")
    to = datetime(2026, 3, 29, 1, 30, tzinfo=berlin)

    moved = reschedule_appointment(
        appointment.pk, start_at=to, at=datetime(2026, 3, 26, tzinfo=UTC), by=SETUP
    )
    resized = reschedule_appointment(
        appointment.pk,
        start_at=to,
        end_at=datetime(2026, 3, 29, 3, 30, tzinfo=berlin),
        at=datetime(2026, 3, 26, tzinfo=UTC),
        by=SETUP,
    )

    assert moved.end_at.astimezone(berlin).strftime("%H:%M") == "04:30"
    assert taken_by(resized)[0][3] - taken_by(resized)[0][2] == minutes(60)


def test_two_moves_of_one_version_are_one_move_and_one_refusal() -> None:
    appointment = booked()
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + minutes(15), at=BEFORE, by=SETUP, expected_version=1
    )

    with pytest.raises(StaleVersion):
        reschedule_appointment(
            appointment.pk,
            start_at=MONDAY_9 + minutes(30),
            at=BEFORE,
            by=SETUP,
            expected_version=1,
        )


def test_a_move_keeps_hours_notice_and_qualification() -> None:
    appointment = booked(service=service(minimum_notice_minutes=120))
    unqualified = staff("Jo", services=[])
    part_time = staff("Kim", hours="14:00–18:00")

    with pytest.raises(TooLate):
        reschedule_appointment(
            appointment.pk,
            start_at=MONDAY_9 + minutes(60),
            at=MONDAY_9 - minutes(30),
            by=SETUP,
        )
    with pytest.raises(NotQualified):
        reschedule_appointment(
            appointment.pk, start_at=MONDAY_9, staff_id=unqualified.pk, at=BEFORE, by=SETUP
        )
    with pytest.raises(OutsideWorkingHours):
        reschedule_appointment(
            appointment.pk, start_at=MONDAY_9, staff_id=part_time.pk, at=BEFORE, by=SETUP
        )


def test_a_longer_appointment_needs_no_notice_of_its_own() -> None:
    appointment = booked(service=service(minimum_notice_minutes=120))

    longer = reschedule_appointment(
        appointment.pk,
        start_at=MONDAY_9,
        end_at=MONDAY_9 + minutes(60),
        at=MONDAY_9 + minutes(40),
        by=SETUP,
    )

    assert longer.end_at == MONDAY_9 + minutes(60)


def test_an_appointment_stays_at_its_location() -> None:
    far = staff("Far", place=location("Hill Street"))

    with pytest.raises(InvalidInput, match="works at another location") as refused:
        reschedule_appointment(
            booked().pk, start_at=MONDAY_9, staff_id=far.pk, at=BEFORE, by=SETUP
        )

    assert refused.value.field == "staff"


def test_a_practitioner_moves_her_own_and_cannot_give_it_away() -> None:
    user = person("Practitioner")
    own, colleague = staff("Paula", user=user), staff("Jo")
    mine, other = booked(staff=own), booked(staff=colleague)
    to = MONDAY_9 + timedelta(days=1)

    for appointment, target in ((other, None), (mine, colleague.pk), (other, own.pk)):
        with pytest.raises(AccessDenied):
            reschedule_appointment(
                appointment.pk, start_at=to, staff_id=target, at=BEFORE, by=actor(user)
            )

    assert reschedule_appointment(mine.pk, start_at=to, at=BEFORE, by=actor(user)).start_at == to


def test_a_time_that_overflows_is_refused_at_its_field() -> None:
    appointment = booked()
    far = datetime.max.replace(tzinfo=UTC, second=0, microsecond=0)

    for field, start, end in (("start_at", far, None), ("end_at", MONDAY_9, far)):
        with pytest.raises(InvalidInput) as refused:
            reschedule_appointment(appointment.pk, start_at=start, end_at=end, at=BEFORE, by=SETUP)
        assert refused.value.field == field
