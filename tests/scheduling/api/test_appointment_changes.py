"""Appointments changed over the API: moved, closed, annotated, each with the version seen."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hub.identifiers import public_id
from scheduling.models import Appointment
from tests.factories.clients import ApiClient, api_key
from tests.factories.people import person
from tests.factories.scheduling import booked, service, staff

pytestmark = pytest.mark.django_db
URL = "/api/v1/appointments"
# Far enough ahead of the clock of this machine, at 10:00 in Berlin.
START = datetime(2099, 3, 2, 9, 0, tzinfo=UTC)


def url_of(appointment: Appointment, action: str = "") -> str:
    return f"{URL}/{public_id('apt', appointment.pk)}{action}"


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


def test_a_move_needs_the_version_that_was_seen() -> None:
    appointment, key = booked(start=START), api_key()
    to = {"start_at": "2099-03-02T11:00:00+01:00"}
    seen = key.get(url_of(appointment))["ETag"]

    without = key.post(url_of(appointment, "/reschedule"), to)
    moved = key.post(url_of(appointment, "/reschedule"), to, etag=seen)
    stale = key.post(url_of(appointment, "/reschedule"), to, etag=seen)

    assert [answer.status_code for answer in (without, moved, stale)] == [428, 200, 412]
    assert moved["ETag"] != seen
    assert (moved.json()["start_at"], moved.json()["previous_start_at"]) == (
        "2099-03-02T10:00:00Z",
        "2099-03-02T09:00:00Z",
    )


def test_a_move_changes_length_and_person() -> None:
    appointment, key, jo = booked(start=START), api_key(), staff("Jo")

    answer = key.post(
        url_of(appointment, "/reschedule"),
        {
            "start_at": "2099-03-02T09:00:00Z",
            "end_at": "2099-03-02T10:30:00Z",
            "staff": public_id("stf", jo.pk),
        },
        etag=key.get(url_of(appointment))["ETag"],
    )

    assert (answer.json()["end_at"], answer.json()["staff"]) == (
        "2099-03-02T10:30:00Z",
        public_id("stf", jo.pk),
    )


@pytest.mark.parametrize(
    ("action", "body", "status"),
    [
        ("/cancel", {"reason": "Ill"}, "canceled"),
        ("/complete", None, "completed"),
        ("/no-show", None, "no_show"),
    ],
)
def test_an_appointment_is_closed_once(
    action: str, body: dict[str, Any] | None, status: str
) -> None:
    appointment, key = booked(start=timezone.now().replace(second=0, microsecond=0)), api_key()

    def close() -> Any:
        etag = key.get(url_of(appointment))["ETag"]
        return key.post(url_of(appointment, action), body, etag=etag)

    first, second = close(), close()

    assert (first.status_code, first.json()["status"]) == (200, status)
    assert (second.status_code, second.json()["code"]) == (409, "illegal_transition")


def test_a_closed_appointment_is_reopened_with_a_reason() -> None:
    appointment, key = booked(start=timezone.now().replace(second=0, microsecond=0)), api_key()
    etag = key.get(url_of(appointment))["ETag"]
    etag = key.post(url_of(appointment, "/no-show"), etag=etag)["ETag"]

    refused = key.post(url_of(appointment, "/reopen"), {"reason": " "}, etag=etag)
    reopened = key.post(url_of(appointment, "/reopen"), {"reason": "She is here"}, etag=etag)

    assert (refused.status_code, pointers(refused)) == (400, ["#/reason"])
    assert reopened.json()["status"] == "booked"


def test_what_has_not_begun_cannot_be_completed() -> None:
    appointment, key = booked(start=START), api_key()
    etag = key.get(url_of(appointment))["ETag"]

    answer = key.post(url_of(appointment, "/complete"), etag=etag)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_yet")


def test_notes_are_written_with_the_version_that_was_seen() -> None:
    appointment, key = booked(start=START), api_key()
    etag = key.get(url_of(appointment))["ETag"]

    answer = key.patch(url_of(appointment), {"notes": "Allergic"}, etag=etag)

    assert answer.json()["notes"] == "Allergic"
    assert key.patch(url_of(appointment), {"notes": ""}, etag=etag).status_code == 412


def test_a_practitioner_sees_and_moves_only_her_own_and_no_prices() -> None:
    user = person("Practitioner")
    mine = booked(start=START, staff=staff("Paula", user=user))
    other = booked(start=START)
    paula = ApiClient.as_person(user)
    to = {"start_at": "2099-03-02T11:00:00+01:00"}

    listed = paula.get(URL).json()["data"]
    moved = paula.post(url_of(mine, "/reschedule"), to, etag=paula.get(url_of(mine))["ETag"])

    assert [(one["id"], one["price"]) for one in listed] == [(public_id("apt", mine.pk), None)]
    assert moved.status_code == 200
    assert paula.get(url_of(other)).status_code == 404
    assert paula.post(url_of(other, "/reschedule"), to, etag='"1"').status_code == 404


def test_two_appointments_are_swapped_over_the_api() -> None:
    haircut = service()
    jo, kim = (staff(name, services=[haircut]) for name in ("Jo", "Kim"))
    one = booked(staff=jo, service=haircut, start=START)
    other = booked(staff=kim, service=haircut, start=START + timedelta(hours=2))
    key = api_key()
    body = {"with": public_id("apt", other.pk)}

    seen = key.get(url_of(one))["ETag"]
    swapped = key.post(url_of(one, "/swap"), body, etag=seen)
    unknown = key.post(url_of(one, "/swap"), {"with": f"apt_{uuid4().hex}"}, etag=swapped["ETag"])

    other.refresh_from_db()
    assert swapped.status_code == 200
    assert swapped.json()["staff"] == public_id("stf", kim.pk)
    assert (other.start_at, other.staff) == (START, jo)
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (400, "#/with")
