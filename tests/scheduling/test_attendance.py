"""Whether the customer came, and how long that can be taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hub.access import AccessDenied
from hub.errors import InvalidInput, StaleVersion
from hub.lifecycle import IllegalTransition
from hub.models import Change
from scheduling.attendance import (
    NotYet,
    TooLateToReopen,
    complete_appointment,
    mark_no_show,
    reopen_appointment,
)
from scheduling.canceling import cancel_appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, staff
from tests.scheduling.trails import announced, minutes, remembered, taken_by

pytestmark = pytest.mark.django_db
LATER = MONDAY_9 + minutes(50)
CLOSINGS = [(complete_appointment, "completed"), (mark_no_show, "no_show")]


@pytest.mark.parametrize(("close", "status"), CLOSINGS)
def test_a_visit_is_closed_from_its_start_on_and_keeps_its_time(
    close: Callable[..., Any], status: str
) -> None:
    bens = actor(person("Front desk"))
    appointment = booked()

    with pytest.raises(NotYet):
        close(appointment.pk, at=MONDAY_9 - minutes(1), by=bens)
    closed = close(appointment.pk, at=MONDAY_9, by=bens, expected_version=1)

    assert closed.status == status
    assert taken_by(closed)
    assert remembered(closed)[-1] == (status, "Ben Desk", "browser", 2)
    assert announced(closed)[-1] == (f"appointment.{status}", "Ben Desk", "browser", 2)


@pytest.mark.parametrize(("close", "status"), CLOSINGS)
def test_what_is_over_is_not_closed_again(close: Callable[..., Any], status: str) -> None:
    closed, gone = booked(), booked()
    close(closed.pk, at=LATER, by=SETUP)
    cancel_appointment(gone.pk, reason="Ill", at=MONDAY_9, by=SETUP)

    for appointment in (closed, gone):
        for again, _ in CLOSINGS:
            with pytest.raises(IllegalTransition):
                again(appointment.pk, at=LATER, by=SETUP)


@pytest.mark.parametrize(("close", "status"), CLOSINGS)
def test_a_stale_closing_is_refused(close: Callable[..., Any], status: str) -> None:
    with pytest.raises(StaleVersion):
        close(booked().pk, at=LATER, by=SETUP, expected_version=9)


@pytest.mark.parametrize(("close", "status"), CLOSINGS)
def test_a_closed_visit_is_reopened_within_a_day_with_a_reason(
    close: Callable[..., Any], status: str
) -> None:
    appointment = booked()
    close(appointment.pk, at=LATER, by=SETUP)

    reopened = reopen_appointment(
        appointment.pk, reason="Wrong one", at=LATER + timedelta(hours=24), by=SETUP
    )

    assert (reopened.status, reopened.completed_at, reopened.no_show_at) == ("booked", None, None)
    assert appointment.history.first().history_change_reason == "Wrong one"
    assert Change.objects.latest("pk").fields == {
        "status": [status, "booked"],
        "reason": ["", "Wrong one"],
    }


def test_after_a_day_a_closed_visit_stays_closed() -> None:
    appointment = booked()
    complete_appointment(appointment.pk, at=LATER, by=SETUP)

    with pytest.raises(TooLateToReopen):
        reopen_appointment(
            appointment.pk,
            reason="Wrong one",
            at=LATER + timedelta(hours=24, seconds=1),
            by=SETUP,
        )


def test_reopening_needs_something_closed_and_a_reason() -> None:
    standing, done = booked(), booked()
    complete_appointment(done.pk, at=LATER, by=SETUP)

    with pytest.raises(IllegalTransition):
        reopen_appointment(standing.pk, reason="Wrong one", at=LATER, by=SETUP)
    with pytest.raises(InvalidInput):
        reopen_appointment(done.pk, reason=" ", at=LATER, by=SETUP)


def test_a_practitioner_closes_only_her_own() -> None:
    user = person("Practitioner")
    mine, other = booked(staff=staff("Paula", user=user)), booked()

    with pytest.raises(AccessDenied):
        complete_appointment(other.pk, at=LATER, by=actor(user))

    assert complete_appointment(mine.pk, at=LATER, by=actor(user)).completed_at == LATER
