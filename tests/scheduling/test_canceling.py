"""Canceling, the time in which it can be undone, and what happens when that is over."""

from datetime import timedelta

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from hub.lifecycle import IllegalTransition
from scheduling.attendance import complete_appointment
from scheduling.booking import Booking, SlotTaken, book_appointment
from scheduling.canceling import (
    UndoIsOver,
    cancel_appointment,
    cancel_with_undo,
    confirm_cancellation,
    release_expired,
    undo_cancellation,
)
from scheduling.models import Appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff
from tests.scheduling.trails import announced, minutes, remembered, taken_by

pytestmark = pytest.mark.django_db
NOW = MONDAY_9 - timedelta(days=7)  # the moment of ``booked``
UNTIL = NOW + minutes(15)


def held() -> Appointment:
    """Return an appointment that was canceled a moment ago and can be undone until ``UNTIL``."""
    return cancel_with_undo(
        booked().pk, reason="Deleted in the calendar", undo_until=UNTIL, at=NOW, by=SETUP
    )


def test_a_cancellation_frees_the_time_and_keeps_reason_actor_and_source() -> None:
    ben = actor(person("Front desk"))
    appointment = booked()

    canceled = cancel_appointment(appointment.pk, reason="  Ill ", at=NOW, by=ben)

    assert (canceled.status, canceled.cancel_reason, canceled.canceled_at) == (
        "canceled",
        "Ill",
        NOW,
    )
    assert taken_by(canceled) == []
    assert remembered(canceled)[-1] == ("canceled", "Ben Desk", "browser", 2)
    assert announced(canceled)[-1] == ("appointment.canceled", "Ben Desk", "browser", 2)
    assert taken_by(booked(staff=appointment.staff))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00"])
def test_a_cancellation_says_why(reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        cancel_appointment(booked().pk, reason=reason, at=NOW, by=SETUP)

    assert refused.value.field == "reason"
    assert taken_by(Appointment.objects.get())


def test_what_is_over_or_canceled_cannot_be_canceled() -> None:
    done, gone = booked(), booked()
    complete_appointment(done.pk, at=MONDAY_9, by=SETUP)
    cancel_appointment(gone.pk, reason="Ill", at=NOW, by=SETUP)

    for appointment in (done, gone):
        with pytest.raises(IllegalTransition):
            cancel_appointment(appointment.pk, reason="Ill", at=NOW, by=SETUP)
        with pytest.raises(IllegalTransition):
            cancel_with_undo(appointment.pk, reason="Ill", undo_until=UNTIL, at=NOW, by=SETUP)
    assert taken_by(done)


def test_a_stale_cancellation_is_refused() -> None:
    with pytest.raises(StaleVersion):
        cancel_appointment(booked().pk, reason="Ill", at=NOW, by=SETUP, expected_version=7)


def test_while_it_can_be_undone_the_time_stays_taken() -> None:
    appointment = held()

    with pytest.raises(SlotTaken, match="until the cancellation is final"):
        booked(staff=appointment.staff)

    assert taken_by(appointment)


def test_an_undo_gives_everything_back() -> None:
    appointment = held()

    restored = undo_cancellation(appointment.pk, at=UNTIL, by=SETUP)

    assert (restored.status, restored.cancel_reason, restored.canceled_at) == ("booked", "", None)
    assert restored.slot_held_until is None
    assert taken_by(restored)
    assert [row[0] for row in remembered(restored)] == ["booked", "canceled", "booked"]
    assert announced(restored)[-1][0] == "appointment.cancellation_undone"


def test_an_undo_comes_too_late_after_its_time() -> None:
    appointment = held()

    with pytest.raises(UndoIsOver):
        undo_cancellation(appointment.pk, at=UNTIL + minutes(1), by=SETUP)


def test_a_cancellation_for_good_cannot_be_undone_nor_what_was_never_canceled() -> None:
    gone, standing, done = booked(), booked(), booked()
    cancel_appointment(gone.pk, reason="Ill", at=NOW, by=SETUP)
    complete_appointment(done.pk, at=MONDAY_9, by=SETUP)

    with pytest.raises(UndoIsOver):
        undo_cancellation(gone.pk, at=NOW, by=SETUP)
    with pytest.raises(IllegalTransition):
        undo_cancellation(standing.pk, at=NOW, by=SETUP)
    with pytest.raises(UndoIsOver):
        undo_cancellation(done.pk, at=NOW, by=SETUP)


def test_a_booking_after_the_time_to_undo_takes_the_slot_without_waiting_for_the_sweep() -> None:
    appointment = held()
    asked = Booking(client().pk, service().pk, appointment.staff_id, MONDAY_9)

    with pytest.raises(SlotTaken):
        book_appointment(asked, at=UNTIL, by=SETUP)
    taker = book_appointment(asked, at=UNTIL + minutes(1), by=SETUP)

    assert taken_by(taker)
    assert taken_by(appointment) == []
    assert announced(appointment)[-1][1] == "Hub: release expired slots"
    with pytest.raises(UndoIsOver):
        undo_cancellation(appointment.pk, at=UNTIL, by=SETUP)


def test_confirming_ends_the_time_to_undo_at_once() -> None:
    appointment = held()

    confirmed = confirm_cancellation(appointment.pk, at=NOW + minutes(1), by=SETUP)

    assert confirmed.slot_held_until is None
    assert taken_by(confirmed) == []
    with pytest.raises(UndoIsOver):
        undo_cancellation(appointment.pk, at=NOW + minutes(2), by=SETUP)
    with pytest.raises(UndoIsOver):
        confirm_cancellation(appointment.pk, at=NOW + minutes(2), by=SETUP)


def test_the_sweep_frees_only_what_is_over_and_says_how_many() -> None:
    over = held()
    running = cancel_with_undo(
        booked(start=MONDAY_9 + timedelta(days=1)).pk,
        reason="Deleted",
        undo_until=UNTIL + minutes(15),
        at=NOW,
        by=SETUP,
    )

    counts = [release_expired(at=UNTIL + minutes(1)) for _ in range(2)]

    assert counts == [1, 0]
    assert taken_by(over) == []
    assert taken_by(running)
    assert announced(over)[-1] == (
        "appointment.updated",
        "Hub: release expired slots",
        "job",
        3,
    )


def test_a_practitioner_cancels_only_her_own() -> None:
    user = person("Practitioner")
    mine, other = booked(staff=staff("Paula", user=user)), booked()

    with pytest.raises(AccessDenied):
        cancel_appointment(other.pk, reason="Ill", at=NOW, by=actor(user))

    canceled = cancel_appointment(mine.pk, reason="Ill", at=NOW, by=actor(user))
    assert canceled.status == "canceled"
