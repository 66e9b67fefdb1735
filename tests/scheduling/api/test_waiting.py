"""The waiting list over the API: joined, changed, left, and seen by whom it concerns."""

from typing import Any

import pytest

from hub.access import Capability
from hub.identifiers import public_id
from scheduling.models import Hold, WaitingEntry, WaitingStatus
from scheduling.waiting.offering import offer_freed
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import person
from tests.factories.scheduling import client, location, service, staff
from tests.scheduling.waiting.list_of import AT, dina, now, waits

pytestmark = pytest.mark.django_db
URL = "/api/v1/waiting-entries"
S = WaitingStatus


def wish(**changes: Any) -> dict[str, Any]:
    """What to send: days far ahead of the clock of this machine."""
    return {
        "customer": public_id("cus", client("Ada Winter").pk),
        "service": public_id("svc", service().pk),
        "location": public_id("loc", location().pk),
        "first_date": "2099-03-02",
        "last_date": "2099-03-06",
        "earliest_time": "09:00",
        "note": "Rings back",
    } | changes


def joined(tool: ApiClient, **changes: Any) -> tuple[str, str]:
    """Return the address of an entry and its ETag."""
    made = tool.post(URL, wish(**changes))
    assert made.status_code == 201, made.text
    return made.headers["Location"], made.headers["ETag"]


@pytest.mark.django_db(transaction=True)
def test_somebody_is_put_on_the_list_once() -> None:
    tool, asked = api_key(), wish()

    made, again = tool.post(URL, asked), tool.post(URL, asked)

    told = made.json()
    assert made.status_code == 201
    assert {name: told[name] for name in asked} == asked
    assert (told["status"], told["staff"], told["latest_time"]) == ("waiting", None, None)
    assert told["time_zone"] == "Europe/Berlin"
    assert (again.status_code, again.json()["code"]) == (409, "waits_already")


@pytest.mark.django_db(transaction=True)
def test_a_wish_is_changed_in_part_and_only_in_its_present_version() -> None:
    tool = api_key()
    place, tag = joined(tool)

    changed = tool.patch(place, {"earliest_time": None, "latest_time": "12:30"}, etag=tag)
    stale = tool.patch(place, {"note": ""}, etag=tag)

    told = changed.json()
    assert (told["earliest_time"], told["latest_time"], told["note"]) == (
        None,
        "12:30",
        "Rings back",
    )
    assert stale.status_code == 412


@pytest.mark.django_db(transaction=True)
def test_leaving_gives_back_what_was_offered_and_is_said_once() -> None:
    dina()
    entry, tool = waits(), api_key()
    offer_freed(at=AT)
    place = f"{URL}/{public_id('wte', entry.pk)}"
    offered = tool.get(place)

    left = tool.post(f"{place}/leave", {}, etag=offered.headers["ETag"])
    again = tool.post(f"{place}/leave", {}, etag=left.headers["ETag"])

    assert (offered.json()["status"], offered.json()["offered_start_at"]) == (
        "offered",
        "2027-03-01T09:00:00Z",
    )
    assert (left.json()["status"], left.json()["offered_until"]) == ("left", None)
    assert not Hold.objects.exists()
    assert (again.status_code, again.json()["code"]) == (409, "waiting_is_over")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"last_date": "2099-03-01"}, "#/last_date"),
        ({"first_date": "2020-01-01", "last_date": "2020-01-02"}, "#/last_date"),
        ({"earliest_time": "9:00"}, "#/earliest_time"),
        ({"earliest_time": "24:00"}, "#/earliest_time"),
        ({"latest_time": "08:00"}, "#/latest_time"),
        ({"note": "x" * 201}, "#/note"),
        ({"location": "loc_" + "0" * 32}, "#/location"),
        ({"status": "booked"}, "#/status"),
    ],
)
def test_a_wish_that_cannot_be_right_names_its_field(
    changes: dict[str, Any], pointer: str
) -> None:
    refused = api_key().post(URL, wish(**changes))

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == pointer
    assert not WaitingEntry.objects.exists()


def test_the_list_is_narrowed() -> None:
    tool, ada, bea = api_key(), waits("Ada Winter"), waits("Bea Winter")
    place = f"{URL}/{public_id('wte', bea.pk)}"
    tool.post(f"{place}/leave", {}, etag=tool.get(place).headers["ETag"])

    def found(query: str) -> list[str]:
        return [one["id"] for one in tool.get(f"{URL}?{query}").json()["data"]]

    assert found("status=waiting,offered") == [public_id("wte", ada.pk)]
    assert found(f"customer={public_id('cus', bea.customer_id)}") == [public_id("wte", bea.pk)]
    assert found(f"service={public_id('svc', ada.service_id)}&status=left") == [
        public_id("wte", bea.pk)
    ]
    assert found("updated_since=2099-01-01T00:00:00Z") == []
    assert len(found("updated_since=2020-01-01T00:00:00Z")) == 2


def test_practitioners_see_and_keep_only_who_waits_for_them() -> None:
    user = person("Practitioner")
    own = staff("Paula Practice", services=[service()], user=user)
    mine, other = waits("Ada Winter", staff_id=own.pk), waits("Bea Winter")
    paula = ApiClient.as_person(user)

    listed = paula.get(f"{URL}?expand=customer").json()["data"]
    hidden = paula.get(f"{URL}/{public_id('wte', other.pk)}")

    assert [one["id"] for one in listed] == [public_id("wte", mine.pk)]
    assert listed[0]["customer"] == public_id("cus", mine.customer_id)
    assert hidden.status_code == 404


def test_a_key_that_only_reads_changes_nothing() -> None:
    entry = waits()
    reader = api_key(Capability.VIEW_CALENDAR)
    place = f"{URL}/{public_id('wte', entry.pk)}"
    tag = reader.get(place).headers["ETag"]

    assert reader.post(URL, wish()).status_code == 403
    assert reader.patch(place, {"note": "x"}, etag=tag).status_code == 403
    assert reader.post(f"{place}/leave", {}, etag=tag).status_code == 403
    assert now(entry).status == S.WAITING
