"""Several services in a row over the API."""

from typing import Any

import pytest

from hub.identifiers import public_id
from scheduling.models import Appointment, Service, Staff
from tests.factories.clients import ApiClient, api_key
from tests.factories.scheduling import client, location, service, staff

pytestmark = pytest.mark.django_db
FIND, BOOK = "/api/v1/availability/in-a-row", "/api/v1/appointments/in-a-row"
DAY = "2099-03-02"


@pytest.fixture
def services() -> list[Service]:
    return [service("Wash", duration_minutes=15), service("Cut", duration_minutes=45)]


@pytest.fixture
def jo(services: list[Service]) -> Staff:
    return staff("Jo", services=services, hours="09:00–11:00")


def found(tool: ApiClient, services: list[Service], **more: str) -> Any:
    ids = ",".join(public_id("svc", one.pk) for one in services)
    asked = {"services": ids, "location": public_id("loc", location().pk), "date": DAY} | more
    return tool.get(f"{FIND}?{'&'.join(f'{name}={value}' for name, value in asked.items())}")


@pytest.mark.django_db(transaction=True)
def test_what_is_found_is_booked_as_it_is(services: list[Service], jo: Staff) -> None:
    tool = api_key()

    row = found(tool, services).json()["data"][0]
    parts = [{key: part[key] for key in ("service", "staff", "start_at")} for part in row["parts"]]
    asked = {"customer": public_id("cus", client().pk), "parts": parts, "notes": "Tea"}
    booked = tool.post(BOOK, asked)
    again = tool.post(BOOK, asked)

    assert (row["start_at"], row["end_at"]) == (f"{DAY}T08:00:00Z", f"{DAY}T09:00:00Z")
    assert booked.status_code == 200
    told = booked.json()["data"]
    assert [(one["service"], one["start_at"]) for one in told] == [
        (part["service"], part["start_at"]) for part in row["parts"]
    ]
    assert [one["notes"] for one in told] == ["Tea", ""]
    assert (again.status_code, again.json()["code"]) == (409, "slot_taken")
    assert Appointment.objects.count() == 2


def test_only_the_people_asked_for_are_offered(services: list[Service], jo: Staff) -> None:
    other = staff("Kim", services=services, hours="09:00–11:00")

    rows = found(api_key(), services, staff=public_id("stf", other.pk)).json()["data"]

    assert {part["staff"] for row in rows for part in row["parts"]} == {public_id("stf", other.pk)}


@pytest.mark.parametrize("count", [1, 6])
def test_two_to_five_services_are_asked_for(services: list[Service], count: int) -> None:
    answer = found(api_key(), services[:1] * count)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "Send 2 to 5 ids."


def test_what_is_wrong_in_a_part_is_said_where_it_is(services: list[Service], jo: Staff) -> None:
    part = {
        "service": public_id("svc", services[0].pk),
        "staff": public_id("stf", jo.pk),
        "start_at": f"{DAY}T08:00:00Z",
    }
    asked = {"customer": public_id("cus", client().pk), "parts": [part, part | {"start_at": "x"}]}

    answer = api_key().post(BOOK, asked)

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/parts/1/start_at"]


def test_one_part_is_no_row(services: list[Service], jo: Staff) -> None:
    part = {
        "service": public_id("svc", services[0].pk),
        "staff": public_id("stf", jo.pk),
        "start_at": f"{DAY}T08:00:00Z",
    }

    answer = api_key().post(BOOK, {"customer": public_id("cus", client().pk), "parts": [part]})

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == ["#/parts"]


def test_without_such_a_location_nothing_is_searched(services: list[Service], jo: Staff) -> None:
    answer = found(api_key(), services, location=public_id("loc", jo.pk))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == "There is no such location, or not for you."
