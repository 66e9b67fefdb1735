"""The open times in the panel, and why another time is not offered."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from scheduling.models import Location, Staff
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.web.conftest import query, typed

pytestmark = pytest.mark.django_db
TIMES = "/calendar/open-times/"


def times(browser: Client, place: Location, **values: Any) -> Any:
    answer = browser.get(TIMES, typed(place, **values))
    assert answer.status_code == 200
    return answer.context["times"]


def test_open_and_refused_times_stand_side_by_side(ben: Client, salon: Location) -> None:
    dina = staff(hours="09:00–12:00")
    booked(staff=dina)

    asked = times(ben, salon, staff=dina.pk, time="")

    listed = [(slot.label, slot.is_open) for slot in asked.slots if slot.label < "11:01"]
    assert listed == [
        ("08:00", False),
        ("08:30", False),
        ("09:00", True),
        ("09:15", True),
        ("09:30", False),
        ("10:00", False),
        ("10:30", False),
        ("10:45", True),
        ("11:00", True),
    ]
    assert asked.heading == "Open times with Dina Falk"


def test_a_free_time_is_said_to_be_free_with_its_buffers(ben: Client, salon: Location) -> None:
    color = service("Color", buffer_before_minutes=10, buffer_after_minutes=15)
    staff(services=[color])

    verdict = times(ben, salon, service=color.pk).verdict

    assert (verdict.is_free, verdict.title) == (True, "10:00 – 10:45 is free.")
    assert verdict.text == "10 min before and 15 min after are kept clear."


def test_a_refused_time_says_why_and_offers_the_nearest(
    ben: Client, salon: Location, dina: Staff
) -> None:
    booked(staff=dina)

    verdict = times(ben, salon, staff=dina.pk, time="10:30").verdict

    assert (verdict.is_free, verdict.title) == (False, "Dina Falk is booked 10:00 – 10:45.")
    assert [each.time for each in verdict.alternatives] == ["10:45", "11:00", "11:15"]


def test_a_time_that_comes_twice_is_asked_about_before_booking(
    ben: Client, salon: Location
) -> None:
    staff(hours="00:00–24:00")

    asked = times(ben, salon, date="2027-10-31", time="02:30")

    assert [value for value, _ in asked.verdict.choices] == ["02:30+02:00", "02:30+01:00"]


def test_a_full_day_offers_the_next_open_times(ben: Client, salon: Location) -> None:
    dina = staff(hours="10:00–10:45")
    booked(staff=dina)

    asked = times(ben, salon, staff=dina.pk, time="")

    assert [each.label for each in asked.next_times] == [
        "Tue, Mar 2, 10:00",
        "Wed, Mar 3, 10:00",
        "Thu, Mar 4, 10:00",
    ]


def test_the_customers_own_time_stands_beside_when_it_differs(
    ben: Client, salon: Location, dina: Staff
) -> None:
    near = client("Mara Winter", time_zone="Europe/Paris")
    far = client("Grace Hopper", time_zone="America/New_York")

    assert times(ben, salon, customer=near.pk).customer_time == ""
    assert times(ben, salon, customer=far.pk).customer_time == "04:00 (New York, UTC−5)"


def test_the_price_is_shown_to_those_who_may_see_it(
    ben: Client, paula: Client, salon: Location
) -> None:
    assert times(ben, salon).price == "€49.00"
    assert times(paula, salon).price == ""


@pytest.mark.parametrize(
    "values",
    [
        {"service": ""},
        {"service": "x"},
        {"date": "soon"},
        {"date": "0001-01-01"},
        {"date": "9999-12-31"},
        {"time": "nine"},
        {"time": "\x00"},
        {"staff": "x"},
        {"customer": "x"},
    ],
)
def test_a_half_filled_or_hostile_question_gets_an_answer(
    ben: Client, salon: Location, dina: Staff, values: dict[str, str]
) -> None:
    assert ben.get(TIMES, typed(salon, **values)).status_code == 200


def test_past_times_of_today_are_not_offered(
    ben: Client, salon: Location, dina: Staff, clock: time_machine.Traveller
) -> None:
    clock.move_to(MONDAY_9 + timedelta(hours=8))  # 18:00 in Berlin

    labels = [slot.label for slot in times(ben, salon, time="").slots]

    assert labels[0] == "18:00"


def test_services_nobody_offers_here_are_not_listed(ben: Client, dina: Staff) -> None:
    elsewhere = service("Sauna")
    staff("Ugo Ferri", place=location("Uptown"), services=[elsewhere])

    page = ben.get("/calendar/", query(location=dina.location_id)).content.decode()

    assert "Haircut · 45 min" in page
    assert "Sauna" not in page


def test_the_reason_is_asked_only_of_those_who_may_give_one(
    ben: Client, ada: Client, salon: Location
) -> None:
    dina = staff(hours="09:00–12:00")
    asked = typed(salon, staff=dina.pk, time="18:00")

    assert "Reason to book anyway" not in ben.get(TIMES, asked).content.decode()
    assert "Reason to book anyway" in ada.get(TIMES, asked).content.decode()
