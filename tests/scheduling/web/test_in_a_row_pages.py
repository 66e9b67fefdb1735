"""Several services in a row in the browser: found, chosen, booked together."""

from typing import Any

import pytest
from django.test import Client

from scheduling.models import Appointment, Location, Service, Staff
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff

pytestmark = pytest.mark.django_db
URL = "/calendar/in-a-row/"


@pytest.fixture
def wash(salon: Location) -> Service:
    return service("Wash", duration_minutes=15)


@pytest.fixture
def jo(wash: Service) -> Staff:
    return staff("Jo", services=[wash, service("Cut", duration_minutes=45)], hours="10:00–12:00")


@pytest.fixture
def asked(wash: Service, jo: Staff) -> dict[str, Any]:
    return {
        "location": location().pk,
        "customer": client("Mara Winter").pk,
        "date": "2027-03-01",
        "service_1": wash.pk,
        "service_2": service("Cut").pk,
        "staff_2": jo.pk,
    }


def test_each_start_of_the_day_is_shown_with_its_parts(ben: Client, asked: dict[str, Any]) -> None:
    answer = ben.post(URL, asked | {"look": "1"})

    shown = answer.context["answers"]
    assert [one.times for one in shown][:2] == ["10:00 – 11:00", "10:15 – 11:15"]
    assert shown[0].parts == ["10:00 Wash with Jo", "10:15 Cut with Jo"]
    assert b"Mon, Mar 1, 10:00" in answer.content


def test_the_chosen_one_is_booked_and_the_calendar_opens_on_its_day(
    ben: Client, asked: dict[str, Any]
) -> None:
    (first, *_) = ben.post(URL, asked).context["answers"]

    answer = ben.post(URL, asked | {"row": first.value, "notes": "Tea", "book": "1"}, follow=True)

    assert answer.redirect_chain[0][0] == f"/calendar/?date=2027-03-01&location={location().pk}"
    assert "2 visits are booked for Mara Winter: Wash, Mon, Mar 1, 10:00" in (
        answer.content.decode()
    )
    assert list(Appointment.objects.order_by("start_at").values_list("notes", flat=True)) == [
        "Tea",
        "",
    ]


def test_what_was_taken_meanwhile_is_refused_and_the_rest_shown_anew(
    ben: Client, asked: dict[str, Any], jo: Staff
) -> None:
    (first, *others) = ben.post(URL, asked).context["answers"]
    booked(staff=jo, start=MONDAY_9, service=service("Wash"))

    answer = ben.post(URL, asked | {"row": first.value, "book": "1"})

    assert answer.status_code == 422
    assert "Jo" in answer.context["form"].non_field_errors()[0]
    assert [one.times for one in answer.context["answers"]] == [one.times for one in others]
    assert Appointment.objects.count() == 1


def test_a_full_day_shows_the_next_ones(ben: Client, asked: dict[str, Any], jo: Staff) -> None:
    for quarter in range(0, 120, 45):
        booked(
            staff=jo,
            start=MONDAY_9.replace(hour=9 + quarter // 60, minute=quarter % 60),
            service=service("Wash"),
        )

    shown = ben.post(URL, asked).context["answers"]

    assert {one.day for one in shown} == {"Tue, Mar 2"}


@pytest.mark.parametrize("row", ["", "x", "2027-03-01T09:00:00+00:00 nobody,x", ","])
def test_without_a_time_nothing_is_booked(ben: Client, asked: dict[str, Any], row: str) -> None:
    answer = ben.post(URL, asked | {"row": row, "book": "1"})

    assert answer.status_code == 422
    assert answer.context["form"].errors["row"] == ["Choose a time."]
    assert not Appointment.objects.exists()


def test_services_and_person_come_along_from_the_panel(
    ben: Client, asked: dict[str, Any], wash: Service
) -> None:
    place, customer = asked["location"], asked["customer"]

    answer = ben.get(f"{URL}?location={place}&customer={customer}&service={wash.pk}")

    assert answer.context["form"]["service_1"].value() == str(wash.pk)
    assert answer.context["customer"].name == "Mara Winter"
    assert answer.context["answers"] is None


def test_the_panel_is_left_for_the_whole_page(ben: Client, salon: Location) -> None:
    answer = ben.get(URL, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == URL


def test_one_service_is_not_enough(ben: Client, asked: dict[str, Any]) -> None:
    answer = ben.post(URL, asked | {"service_2": ""})

    assert answer.context["form"].errors["service_2"] == ["Choose a service."]
    assert answer.context["answers"] is None
