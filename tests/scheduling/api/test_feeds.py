"""Calendar subscriptions over the API: listed, made once, made anew, revoked."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hub.access import Capability
from hub.identifiers import public_id
from hub.models import StoredAnswer
from scheduling.models import CalendarFeed, Staff
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import person
from tests.factories.scheduling import feed, location, staff

pytestmark = pytest.mark.django_db
URL = "/api/v1/feeds"


@pytest.fixture
def dina() -> Staff:
    return staff("Dina Falk")


@pytest.fixture
def tool() -> ApiClient:
    person("Administrator")  # until there is somebody, every address leads to the first page
    return api_key()


def of(whose: Staff, **values: Any) -> dict[str, Any]:
    return {"staff": public_id("stf", whose.pk), "details": "names"} | values


def url_of(feed_id: Any, action: str = "") -> str:
    return f"{URL}/{public_id('fed', feed_id)}{action}"


def status(address: str) -> int:
    return int(Client().get(address.removeprefix("http://127.0.0.1:8000")).status_code)


def test_a_feed_is_made_and_its_address_shown_once(tool: ApiClient, dina: Staff) -> None:
    answer = tool.post(URL, of(dina, name="Wall display"))

    made = answer.json()
    feed_id = CalendarFeed.objects.get().pk
    assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{url_of(feed_id)}")
    assert {name: made[name] for name in ("staff", "location", "name", "details", "made_by")} == {
        "staff": public_id("stf", dina.pk),
        "location": None,
        "name": "Wall display",
        "details": "names",
        "made_by": "Test tool",
    }
    assert status(made["address"]) == 200
    read = tool.get(url_of(feed_id))
    listed = tool.get(URL).json()["data"]
    assert "address" not in read.json()
    assert [read.json()] == listed


def test_a_feed_of_a_location(tool: ApiClient, dina: Staff) -> None:
    place = public_id("loc", dina.location_id)

    made = tool.post(URL, {"location": place, "details": "busy"}).json()

    assert (made["staff"], made["location"]) == (None, place)
    assert status(made["address"]) == 200


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"staff": None}, "#/staff"),
        ({"staff": "dina"}, "#/staff"),
        ({"staff": "stf_" + "0" * 32}, "#/staff"),
        ({"details": "all"}, "#/details"),
        ({"details": None}, "#/details"),
        ({"name": "x" * 61}, "#/name"),
        ({"location": "loc_" + "0" * 32}, "#/staff"),  # both
        ({"token": "A" * 43}, "#/token"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    tool: ApiClient, dina: Staff, changes: dict[str, Any], pointer: str
) -> None:
    answer = tool.post(URL, of(dina) | changes)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not CalendarFeed.objects.exists()


def test_it_names_a_person_or_a_location(tool: ApiClient) -> None:
    answer = tool.post(URL, {"details": "names"})

    assert [error["pointer"] for error in answer.json()["errors"]] == ["#/staff"]


def test_a_repeat_makes_no_second_one_and_shows_no_address(tool: ApiClient, dina: Staff) -> None:
    first = tool.post(URL, of(dina), key="k")
    again = tool.post(URL, of(dina), key="k")

    assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert again.json() == first.json() | {"address": None}
    assert CalendarFeed.objects.count() == 1
    token = first.json()["address"].rpartition("/")[2].removesuffix(".ics")
    assert token not in str(StoredAnswer.objects.values())


def test_a_new_address_needs_the_version_that_was_seen(tool: ApiClient, dina: Staff) -> None:
    made = tool.post(URL, of(dina))
    place = url_of(CalendarFeed.objects.get().pk, "/renew")

    without = tool.post(place)
    renewed = tool.post(place, etag=made["ETag"])
    stale = tool.post(place, etag=made["ETag"])

    assert [answer.status_code for answer in (without, renewed, stale)] == [428, 200, 412]
    assert status(made.json()["address"]) == 404
    assert status(renewed.json()["address"]) == 200


def test_a_revoked_feed_is_gone(tool: ApiClient, dina: Staff) -> None:
    made = tool.post(URL, of(dina))
    place = url_of(CalendarFeed.objects.get().pk)

    without = tool.delete(place)
    revoked = tool.delete(place, etag=made["ETag"])

    assert (without.status_code, revoked.status_code, revoked.content) == (428, 204, b"")
    assert status(made.json()["address"]) == 404
    assert tool.get(place).status_code == 404
    assert tool.get(URL).json()["data"] == []


def test_a_practitioner_makes_that_of_her_own_calendar_and_sees_no_other(dina: Staff) -> None:
    user = person("Practitioner")
    paula = staff("Paula Practice", user=user)
    hers, of_dina = ApiClient.as_person(user), feed(dina).feed

    made = hers.post(URL, of(paula))
    refused = hers.post(URL, of(dina))

    assert (made.status_code, made.json()["made_by"]) == (201, "Paula Practice")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert [one["id"] for one in hers.get(URL).json()["data"]] == [made.json()["id"]]
    for answer in (
        hers.get(url_of(of_dina.pk)),
        hers.delete(url_of(of_dina.pk), etag='"1-x"'),
        hers.post(url_of(of_dina.pk, "/renew"), etag='"1-x"'),
    ):
        assert answer.status_code == 404


def test_a_key_that_sets_nothing_up_makes_none_and_sees_none(dina: Staff) -> None:
    feed(dina)
    reader = api_key(Capability.VIEW_CALENDAR)

    assert reader.post(URL, of(dina)).status_code == 403
    assert reader.get(URL).json()["data"] == []


def test_the_list_is_narrowed_and_shows_whose_they_are(tool: ApiClient, dina: Staff) -> None:
    feed(dina), feed(dina.location), feed(staff("Jo", place=location("Hill Street")))

    of_dina = tool.get(URL, staff=public_id("stf", dina.pk), expand="staff").json()["data"]
    of_place = tool.get(URL, location=public_id("loc", dina.location_id)).json()["data"]

    assert [one["staff"]["name"] for one in of_dina] == ["Dina Falk"]
    assert [one["location"] for one in of_place] == [public_id("loc", dina.location_id)]
    assert len(tool.get(URL).json()["data"]) == 3


def test_a_list_costs_the_same_however_long_it_is(tool: ApiClient, dina: Staff) -> None:
    tool.get(URL)  # the first use of a key is noted
    counts = []
    for _ in range(3):
        feed(dina)
        with CaptureQueriesContext(connection) as queries:
            tool.get(URL, expand="staff,location")
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]
