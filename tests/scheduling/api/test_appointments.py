"""Appointments over the API: shape, versions, refusals."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub.access import Capability
from hub.identifiers import public_id
from hub.models import Change
from scheduling.models import Appointment
from tests.factories.clients import ApiClient, api_key
from tests.factories.scheduling import booked, client, room, service, staff
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
URL = "/api/v1/appointments"
# Far enough ahead of the clock of this machine, at 10:00 in Berlin.
START = datetime(2099, 3, 2, 9, 0, tzinfo=UTC)


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "customer": public_id("cus", client().pk),
        "service": public_id("svc", service().pk),
        "staff": public_id("stf", staff().pk),
        "start_at": "2099-03-02T10:00:00+01:00",
    } | changes


def url_of(appointment: Appointment, action: str = "") -> str:
    return f"{URL}/{public_id('apt', appointment.pk)}{action}"


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json()["errors"]]


def test_a_booking_answers_with_the_whole_record_and_where_it_is() -> None:
    asked = wish(notes="First visit")

    answer = api_key().post(URL, asked)

    made = Appointment.objects.get()
    body = answer.json()
    assert answer.status_code == 201
    assert answer["Location"].endswith(url_of(made))
    assert answer["ETag"]
    assert body["id"] == public_id("apt", made.pk)
    assert (body["status"], body["code"]) == ("booked", made.code)
    assert {name: body[name] for name in ("customer", "service", "staff", "notes")} == {
        "customer": asked["customer"],
        "service": asked["service"],
        "staff": asked["staff"],
        "notes": "First visit",
    }
    assert (body["start_at"], body["end_at"], body["time_zone"]) == (
        "2099-03-02T09:00:00Z",
        "2099-03-02T09:45:00Z",
        "Europe/Berlin",
    )
    assert (body["price"], body["currency"], body["resource"]) == ("49.00", "EUR", None)
    assert Change.objects.get(name="appointment.booked").source == "api"


def test_a_taken_time_is_a_conflict_that_says_what_is_in_the_way_and_when_it_is_free() -> None:
    standing = booked(start=START)

    answer = api_key().post(URL, wish(staff=public_id("stf", standing.staff_id)))

    problem = answer.json()
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["code"] == "slot_taken"
    assert pointers(answer) == ["#/start_at"]
    assert [one["appointment"] for one in problem["details"]["in_the_way"]] == [
        public_id("apt", standing.pk)
    ]
    assert [one["start_at"] for one in problem["details"]["alternatives"]] == [
        "2099-03-02T08:00:00+00:00",
        "2099-03-02T08:15:00+00:00",
        "2099-03-02T09:45:00+00:00",
    ]


def test_a_repeat_with_the_same_key_books_once() -> None:
    key, asked = api_key(), wish()

    answers = [key.post(URL, asked, key="once") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"start_at": "2099-03-02T10:00:00"}, "#/start_at"),  # no offset
        ({"start_at": "2099-03-02T10:00:30Z"}, "#/start_at"),  # seconds
        ({"start_at": "tomorrow"}, "#/start_at"),
        ({"start_at": None}, "#/start_at"),
        ({"start_at": 4076560800}, "#/start_at"),
        ({"start_at": "9999-12-31T23:59:00Z"}, "#/start_at"),
        ({"customer": f"cus_{uuid4().hex}"}, "#/customer"),
        ({"customer": f"apt_{uuid4().hex}"}, "#/customer"),
        ({"service": f"svc_{uuid4().hex}"}, "#/service"),
        ({"staff": f"stf_{uuid4().hex}"}, "#/staff"),
        ({"resource": f"res_{uuid4().hex}"}, "#/resource"),
        ({"notes": "x" * 4001}, "#/notes"),
        ({"notes": "a\x00b"}, "#/notes"),
        ({"notes": 7}, "#/notes"),
        ({"status": "completed"}, "#/status"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(
    changes: dict[str, Any], pointer: str
) -> None:
    answer = api_key().post(URL, wish(**changes))

    assert answer.status_code == 400
    assert pointers(answer) == [pointer]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_refused(body: bytes) -> None:
    assert api_key().post(URL, body).status_code == 400


def test_missing_fields_are_all_named() -> None:
    answer = api_key().post(URL, {})

    assert sorted(pointers(answer)) == ["#/customer", "#/service", "#/staff", "#/start_at"]


def test_the_past_hours_and_qualification_are_conflicts_with_their_own_codes() -> None:
    key = api_key(Capability.BOOK_APPOINTMENT, Capability.VIEW_CUSTOMER, Capability.VIEW_CALENDAR)
    unqualified = public_id("stf", staff(services=[]).pk)

    answers = [
        key.post(URL, wish(start_at="2020-03-02T10:00:00Z")),
        key.post(URL, wish(start_at="2099-03-02T04:00:00+01:00")),
        key.post(URL, wish(staff=unqualified)),
        key.post(URL, wish(start_at="2099-03-02T04:00:00+01:00", override_reason="Party")),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "minimum_notice"),
        (409, "outside_working_hours"),
        (409, "not_qualified"),
        (403, "forbidden"),
    ]


def test_a_list_is_narrowed_by_time_person_customer_and_status() -> None:
    key = api_key()
    first = booked(start=START)
    second = booked(start=START + timedelta(days=1))

    def found(**query: Any) -> list[str]:
        return [one["id"] for one in key.get(URL, **query).json()["data"]]

    ids = [public_id("apt", one.pk) for one in (first, second)]
    assert found() == ids
    assert found(starts_after="2099-03-03T09:00:00Z") == ids[1:]
    assert found(starts_before="2099-03-03T09:00:00Z") == ids[:1]
    assert found(staff=public_id("stf", second.staff_id)) == ids[1:]
    assert found(customer=public_id("cus", first.customer_id)) == ids[:1]
    assert found(location=public_id("loc", first.location_id)) == ids
    assert found(status="canceled,completed") == []
    assert found(status="booked") == ids


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"staff": "stf_7"},
        {"starts_after": "yesterday"},
        {"starts_after": "2099-03-03T09:00:00"},
        {"color": "red"},
        {"limit": "0"},
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(query: dict[str, Any]) -> None:
    answer = api_key().get(URL, **query)

    assert answer.status_code == 400
    assert pointers(answer) == [f"?{next(iter(query))}"]


def test_people_rooms_and_devices_beside_are_named_or_filled_and_told() -> None:
    bridal = service("Bridal", staff_needed=2, rooms_needed=1)
    jo, kim, lee = (staff(name, services=[bridal]) for name in ("Jo", "Kim", "Lee"))
    room("Room 1")
    dryer = room("Room 2")
    key = api_key()
    asked = {
        "customer": public_id("cus", client().pk),
        "service": public_id("svc", bridal.pk),
        "staff": public_id("stf", jo.pk),
        "start_at": START.isoformat(),
        "further_resources": [public_id("res", dryer.pk)],
        "beside": [public_id("stf", lee.pk)],
    }

    answer = key.post(URL, asked)
    made = answer.json()

    assert made["beside"] == [public_id("stf", lee.pk)]
    assert (made["resource"], made["further_resources"]) == (public_id("res", dryer.pk), [])
    reschedule = f"{URL}/{made['id']}/reschedule"
    moved = key.post(
        reschedule,
        {"start_at": START.isoformat(), "beside": [public_id("stf", kim.pk)]},
        etag=answer["ETag"],
    )
    assert moved.json()["beside"] == [public_id("stf", kim.pk)]
    refused = key.post(URL, {**asked, "beside": [public_id("stf", jo.pk)]}).json()
    assert refused["errors"][0]["pointer"] == "#/beside"


def test_a_page_costs_the_same_however_many_appointments_it_shows() -> None:
    key = api_key()
    key.get(URL)  # the first use of a key is noted
    color = service("Color", rooms_needed=1)
    counts = []
    for day in range(3):
        room(f"Room {day}")
        booked(client(email=f"c{day}@x.example"), start=START + timedelta(days=day), service=color)
        with CaptureQueriesContext(connection) as queries:
            answer = key.get(URL, expand="customer,service,staff,resource,location")
        assert answer.status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_other_records_are_shown_where_asked_for() -> None:
    color = service("Color", rooms_needed=1)
    room("Room 1")
    appointment = booked(client("Mara Winter"), start=START, service=color)
    expand = "customer,service,staff,resource,location"

    body = api_key().get(url_of(appointment), expand=expand).json()

    assert body["customer"]["name"] == "Mara Winter"
    assert body["service"]["name"] == "Color"
    assert body["staff"]["services"] == [public_id("svc", color.pk)]
    assert body["resource"]["name"] == "Room 1"
    assert body["location"]["time_zone"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("capability", "listing", "booking"),
    [
        (Capability.VIEW_CALENDAR, 200, 403),
        (Capability.BOOK_APPOINTMENT, 403, 400),  # the customer is not for this key to see
        (Capability.VIEW_INVOICE, 403, 403),
    ],
)
def test_a_key_does_what_its_scopes_say(
    capability: Capability, listing: int, booking: int
) -> None:
    key = api_key(capability)

    assert key.get(URL).status_code == listing
    assert key.post(URL, wish()).status_code == booking


def test_without_a_key_nothing_is_answered() -> None:
    assert ApiClient({}).get(URL).status_code == 401
    assert ApiClient({}).post(URL, wish()).status_code == 401


def test_an_unchanged_record_is_not_sent_again() -> None:
    appointment, key = booked(start=START), api_key()
    seen = key.get(url_of(appointment))["ETag"]

    assert key.get(url_of(appointment), headers={"If-None-Match": seen}).status_code == 304


@pytest.mark.parametrize("name", ["apt_7", "cus_" + "0" * 32, "apt_" + "0" * 32, "%00"])
def test_an_unknown_appointment_is_not_found(name: str) -> None:
    assert api_key().get(f"{URL}/{name}").status_code == 404


def test_changes_since_a_moment_are_found() -> None:
    key = api_key()
    booked(start=START)
    later = (timezone.now() + minutes(1)).isoformat()

    assert key.get(URL, updated_since=later).json()["data"] == []
