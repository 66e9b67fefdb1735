"""Holds over the API: kept for the caller alone, booked by the caller alone."""

from typing import Any

import pytest
from django.utils import timezone

from hub.identifiers import public_id
from scheduling.models import Appointment, Hold
from tests.factories.clients import ApiClient, api_key
from tests.factories.scheduling import client
from tests.scheduling.holding import held, wish
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
URL = "/api/v1/holds"


def book(tool: ApiClient, hold: str, asked: dict[str, Any]) -> Any:
    whose = {"customer": public_id("cus", client().pk), "hold": hold}
    return tool.post("/api/v1/appointments", asked | whose)


def test_a_time_is_held_and_then_booked() -> None:
    tool, asked = api_key(), wish()

    made = tool.post(URL, asked | {"minutes": 5})
    refused = api_key().post(URL, asked)
    booked = book(tool, made.json()["id"], asked)

    assert made.status_code == 201
    assert made.json()["end_at"] == "2099-03-02T09:45:00Z"
    assert timezone.now() < Hold(expires_at=timezone.now() + minutes(5)).expires_at
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert refused.json()["details"]["reason"] == "held"
    assert booked.status_code == 201
    assert not Hold.objects.exists()


def test_only_the_caller_sees_books_and_gives_back_what_it_holds() -> None:
    tool, other, asked = api_key(), api_key(), wish()
    hold = tool.post(URL, asked).json()["id"]
    place = f"{URL}/{hold}"
    seen = tool.get(place)

    assert [one["id"] for one in tool.get(URL).json()["data"]] == [hold]
    assert other.get(URL).json()["data"] == []
    assert other.get(place).status_code == 404
    assert book(other, hold, asked).json()["code"] == "hold_is_over"
    assert other.delete(place, etag=seen.headers["ETag"]).status_code == 404
    assert tool.delete(place, etag=seen.headers["ETag"]).status_code == 204
    assert tool.get(place).status_code == 404
    assert book(tool, hold, asked).json()["code"] == "hold_is_over"
    assert not Appointment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_giving_back_opens_the_transaction_that_its_locks_need() -> None:
    """It answered 500 wherever no test had opened one around it."""
    tool = api_key()
    place = f"{URL}/{held(tool)}"

    assert tool.delete(place, etag=tool.get(place).headers["ETag"]).status_code == 204
    assert not Hold.objects.exists()


def test_what_is_new_since_a_moment_is_listed() -> None:
    tool = api_key()
    hold = held(tool)

    assert [
        one["id"] for one in tool.get(f"{URL}?updated_since=2020-01-01T00:00:00Z").json()["data"]
    ] == [hold]
    assert tool.get(f"{URL}?updated_since=2099-01-01T00:00:00Z").json()["data"] == []


def test_over_it_is_gone() -> None:
    tool = api_key()
    hold = held(tool)
    Hold.objects.update(created_at=timezone.now() - minutes(11), expires_at=timezone.now())

    assert tool.get(f"{URL}/{hold}").status_code == 404
    assert tool.get(URL).json()["data"] == []


@pytest.mark.parametrize("count", [0, 16, "ten"])
def test_it_lasts_a_quarter_of_an_hour_at_most(count: object) -> None:
    answer = api_key().post(URL, wish(minutes=count))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/minutes"
