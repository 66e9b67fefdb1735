"""Free times, and what appointments are made of, over the API."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub.access import Capability
from hub.accounts.roles import grant_role
from hub.identifiers import public_id
from scheduling.models import Location, Service
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, location, room, service, staff

pytestmark = pytest.mark.django_db
FREE = "/api/v1/availability"


def query(place: Location, offered: Service, **more: str) -> dict[str, Any]:
    return {
        "service": public_id("svc", offered.pk),
        "location": public_id("loc", place.pk),
        "date": "2099-03-02",
    } | more


def test_free_times_of_a_day_are_offered_with_the_moment_they_were_read() -> None:
    place, haircut = location(), service()
    dina = staff(hours="09:00–10:30")
    jo = staff("Jo", hours="09:00–10:00", position=1)
    booked(staff=dina, start=datetime(2099, 3, 2, 8, 0, tzinfo=UTC))

    everybody = api_key().get(FREE, **query(place, haircut)).json()
    only_dina = api_key().get(FREE, **query(place, haircut, staff=public_id("stf", dina.pk)))

    assert everybody["time_zone"] == "Europe/Berlin"
    assert datetime.fromisoformat(everybody["as_of"]) <= timezone.now()
    assert everybody["data"] == [
        {
            "start_at": "2099-03-02T08:00:00Z",
            "end_at": "2099-03-02T08:45:00Z",
            "staff": public_id("stf", jo.pk),
            "unconfirmed": False,
        },
        {
            "start_at": "2099-03-02T08:15:00Z",
            "end_at": "2099-03-02T09:00:00Z",
            "staff": public_id("stf", jo.pk),
            "unconfirmed": False,
        },
        {
            "start_at": "2099-03-02T08:45:00Z",
            "end_at": "2099-03-02T09:30:00Z",
            "staff": public_id("stf", dina.pk),
            "unconfirmed": False,
        },
    ]
    assert [one["start_at"] for one in only_dina.json()["data"]] == ["2099-03-02T08:45:00Z"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"date": "2099-02-30"}, "?date"),
        ({"date": "0001-01-01"}, "?date"),
        ({"date": "9999-12-31"}, "?date"),
        ({"date": ""}, "?date"),
        ({"service": "haircut"}, "?service"),
        ({"staff": "dina"}, "?staff"),
        ({"location": "loc_" + "0" * 32}, "?location"),
        ({"limit": "5"}, "?limit"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused_at_its_parameter(
    changes: dict[str, str], pointer: str
) -> None:
    answer = api_key().get(FREE, **(query(location(), service()) | changes))

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_search_names_service_location_and_date() -> None:
    answer = api_key().get(FREE)

    assert sorted(error["pointer"] for error in answer.json()["errors"]) == [
        "?date",
        "?location",
        "?service",
    ]


def test_a_practitioner_finds_only_her_own_free_times() -> None:
    user = person("Practitioner")
    paula = staff("Paula", user=user)
    staff("Jo")

    found = ApiClient.as_person(user).get(FREE, **query(location(), service())).json()["data"]

    assert {one["staff"] for one in found} == {public_id("stf", paula.pk)}


@pytest.mark.parametrize(
    ("resource", "names"),
    [
        ("locations", ["Harbor Street"]),
        ("services", ["Haircut"]),
        ("staff", ["Dina Falk"]),
        ("resources", ["Room 1"]),
    ],
)
def test_the_catalog_is_listed_and_read(resource: str, names: list[str]) -> None:
    staff(), room()
    key = api_key()

    page = key.get(f"/api/v1/{resource}").json()
    one = key.get(f"/api/v1/{resource}/{page['data'][0]['id']}")

    assert [record["name"] for record in page["data"]] == names
    assert (one.status_code, one.json()) == (200, page["data"][0])
    assert key.post(f"/api/v1/{resource}", {}).status_code == 405


@pytest.mark.parametrize("resource", ["staff", "resources"])
def test_a_list_costs_the_same_however_long_it_is(resource: str) -> None:
    key, counts = api_key(), []
    key.get(f"/api/v1/{resource}")  # the first use of a key is noted
    for number in range(3):
        staff(f"Person {number}"), room(f"Room {number}")
        with CaptureQueriesContext(connection) as queries:
            key.get(f"/api/v1/{resource}")
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_a_role_for_one_location_reaches_no_other() -> None:
    here, there = location(), location("Hill Street")
    user = person(None)
    grant_role(user.pk, role="Front desk", location_id=here.pk, at=timezone.now(), by=SETUP)
    staff("Dina"), staff("Far", place=there), room(), room("Attic", place=there)
    ben = ApiClient.as_person(user)

    def names(resource: str, **narrowed: Any) -> list[str]:
        found = ben.get(f"/api/v1/{resource}", **narrowed).json()["data"]
        return [record["name"] for record in found]

    assert names("locations") == ["Harbor Street"]
    assert names("staff") == ["Dina"]
    assert names("resources") == ["Room 1"]
    assert names("staff", location=public_id("loc", there.pk)) == []
    assert ben.get(FREE, **query(there, service())).status_code == 400


def test_prices_are_only_for_those_who_may_see_them() -> None:
    service()

    assert api_key().get("/api/v1/services").json()["data"][0]["price"] == "49.0000"
    key = api_key(Capability.VIEW_CALENDAR)
    assert key.get("/api/v1/services").json()["data"][0]["price"] is None
