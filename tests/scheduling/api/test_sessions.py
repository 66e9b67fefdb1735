"""Group sessions over the API: planned, filled by bookings, moved and canceled."""

from typing import Any

import pytest

from hub.identifiers import public_id
from scheduling.models import Appointment, GroupSession
from tests.factories.clients import ApiClient, api_key
from tests.factories.scheduling import client, service, staff
from tests.scheduling.planned import EVENING, planned

pytestmark = pytest.mark.django_db
URL = "/api/v1/sessions"


def seat(tool: ApiClient, session: GroupSession) -> Any:
    return tool.post(
        "/api/v1/appointments",
        {
            "customer": public_id("cus", client().pk),
            "service": public_id("svc", session.service_id),
            "staff": public_id("stf", session.staff_id),
            "start_at": session.start_at.isoformat(),
        },
    )


def test_a_session_is_planned_and_its_seats_are_booked() -> None:
    tool, yoga = api_key(), service("Yoga", seats=2)
    kim = staff("Kim", services=[yoga])
    wish = {
        "service": public_id("svc", yoga.pk),
        "staff": public_id("stf", kim.pk),
        "start_at": "2099-03-02T18:00:00+01:00",
    }

    made = tool.post(URL, wish)
    again = tool.post(URL, wish)
    session = GroupSession.objects.get()
    seats = [seat(tool, session) for _ in range(3)]
    listed = tool.get(f"/api/v1/appointments?session={made.json()['id']}").json()["data"]

    assert (made.status_code, made.json()["seats"], made.json()["seats_taken"]) == (201, 2, 0)
    assert again.status_code in (409, 400)
    assert [one.status_code for one in seats] == [201, 201, 409]
    assert seats[2].json()["details"]["reason"] == "full"
    assert [one["session"] for one in listed] == [made.json()["id"]] * 2
    assert tool.get(f"{URL}/{made.json()['id']}").json()["seats_taken"] == 2


def test_availability_lists_sessions_with_a_free_seat() -> None:
    session, tool = planned(seats=1), api_key()
    query = (
        f"/api/v1/availability?service={public_id('svc', session.service_id)}"
        f"&location={public_id('loc', session.location_id)}&date=2099-03-02"
    )

    before = tool.get(query).json()["data"]
    seat(tool, session)
    after = tool.get(query).json()["data"]

    assert [one["start_at"] for one in before] == ["2099-03-02T17:00:00Z"]
    assert after == []


def test_it_is_moved_and_canceled_with_its_seats() -> None:
    session, tool = planned(), api_key()
    place = f"{URL}/{public_id('ses', session.pk)}"
    seat(tool, session)
    tag = tool.get(place).headers["ETag"]

    moved = tool.post(f"{place}/reschedule", {"start_at": "2099-03-02T20:00:00+01:00"}, etag=tag)
    stale = tool.post(f"{place}/cancel", {"reason": "Ill"}, etag=tag)
    more = tool.patch(place, {"seats": 5}, etag=moved.headers["ETag"])
    canceled = tool.post(f"{place}/cancel", {"reason": "Ill"}, etag=more.headers["ETag"])

    visit = Appointment.objects.get()
    assert moved.json()["start_at"] == "2099-03-02T19:00:00Z"
    assert stale.status_code == 412
    assert more.json()["seats"] == 5
    assert canceled.json()["status"] == "canceled"
    assert (visit.status, visit.start_at.hour) == ("canceled", 19)
    assert EVENING.hour == 17
