"""Where customers choose another time behind the link in a mail."""

from datetime import timedelta

import pytest
from django.test import Client

from tests.factories.scheduling import MONDAY_9, booked, client
from tests.scheduling.selfservice.links import path, post, visit, with_fee

pytestmark = pytest.mark.django_db


def test_a_customer_chooses_another_time(ada_phone: Client) -> None:
    appointment = visit()

    asked = ada_phone.get(path(appointment, "visit_move"), {"date": "2027-03-02"})
    answer = post(
        ada_phone,
        path(appointment, "visit_move"),
        schedule_version=1,
        date="2027-03-02",
        start="2027-03-02T08:00Z",
    )

    assert 'value="2027-03-02T08:00Z"' in asked.text
    assert "Tue, March 2, 2027, times of Europe/Berlin, UTC+1" in asked.text
    shown = ada_phone.get(answer["Location"]).text
    assert "It is moved." in shown
    assert "09:00 – 09:45" in shown


def test_without_a_day_it_begins_with_that_of_the_appointment(ada_phone: Client) -> None:
    appointment = visit(start=MONDAY_9 + timedelta(days=8))
    here = path(appointment, "visit_move")

    text = ada_phone.get(here, {"date": "nonsense"}).text

    assert "Tue, March 9, 2027, times of" in text
    assert f'href="{here}?date=2027-03-02">A week earlier' in text
    assert f'href="{here}?date=2027-03-16">A week later' in text
    assert "A week earlier" not in ada_phone.get(here, {"date": "2027-03-01"}).text


def test_a_time_that_was_taken_meanwhile_comes_back_with_the_nearest_ones(
    ada_phone: Client,
) -> None:
    appointment = visit()
    taken = MONDAY_9 + timedelta(hours=4)
    booked(client("Eve Other"), staff=appointment.staff, start=taken)

    answer = post(
        ada_phone,
        path(appointment, "visit_move"),
        schedule_version=1,
        date="2027-03-01",
        start="2027-03-01T13:00Z",
    )

    assert answer.status_code == 409
    assert "This time is not free any more." in answer.text
    assert "Free and nearest to it" in answer.text
    assert 'value="2027-03-01T13:45Z"' in answer.text
    assert "Eve" not in answer.text


@pytest.mark.parametrize(
    "start", ["", "tomorrow", "2027-03-01T13:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59Z"]
)
def test_what_is_no_time_is_asked_for_again(ada_phone: Client, start: str) -> None:
    appointment = visit()

    answer = post(
        ada_phone, path(appointment, "visit_move"), schedule_version=1, start=start, date="x"
    )

    assert answer.status_code in (409, 422)
    appointment.refresh_from_db()
    assert appointment.version == 1


def test_what_cannot_be_moved_any_more_says_so(ada_phone: Client) -> None:
    appointment = with_fee()

    asked = ada_phone.get(path(appointment, "visit_move"))

    assert asked["Location"] == path(appointment)
    shown = ada_phone.get(path(appointment)).text
    assert "It could be moved here until Sun, Feb 28, 22:00." in shown
    assert "Change the time" not in shown
