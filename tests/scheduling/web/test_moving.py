"""Moving by a script that dropped it in the calendar, and back again."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from scheduling.attendance import complete_appointment
from scheduling.models import Appointment, Location, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff

pytestmark = pytest.mark.django_db


def drop(browser: Client, made: Appointment, body: Any = None, **values: Any) -> Any:
    wish = {"start": "2027-03-01T12:00:00", "staff": str(made.staff_id), "version": made.version}
    sent = orjson.dumps(wish | values) if body is None else body
    path = f"/appointments/{made.pk}/reschedule/"
    return browser.post(path, sent, content_type="application/json")


def test_a_drop_moves_it_and_says_how_to_take_it_back(ben: Client, dina: Staff) -> None:
    made = booked(client("Mara Winter"), staff=dina)

    answer = drop(ben, made)

    made.refresh_from_db()
    assert answer.status_code == 200
    assert made.start_at == MONDAY_9 + timedelta(hours=2)
    assert answer.json() == {
        "id": str(made.pk),
        "version": 2,
        "text": "Mara Winter moved to Mon, Mar 1, 12:00 – 12:45. Customer not told yet.",
        "undo": {
            "start": "2027-03-01T10:00:00+01:00",
            "end": "2027-03-01T10:45:00+01:00",
            "staff": str(dina.pk),
            "version": 2,
        },
    }


def test_undo_goes_back_through_the_same_door(ben: Client, dina: Staff) -> None:
    made, luc = booked(staff=dina), staff("Luc Perrin")
    moved = drop(ben, made, staff=str(luc.pk)).json()

    answer = drop(ben, made, orjson.dumps(moved["undo"]))

    made.refresh_from_db()
    assert answer.status_code == 200
    assert (made.start_at, made.staff, made.version) == (MONDAY_9, dina, 3)


def test_undo_works_even_where_notice_would_forbid_the_old_time_by_now(
    ben: Client, ada: Client, salon: Location
) -> None:
    color = service("Color", minimum_notice_minutes=24 * 60)
    made = booked(staff=staff(services=[color]), service=color)  # in three hours
    moved = drop(ben, made, start="2027-03-03T10:00").json()

    by_another = drop(ada, made, orjson.dumps(moved["undo"]))
    by_the_same = drop(ben, made, orjson.dumps(moved["undo"]))

    made.refresh_from_db()
    assert (by_another.status_code, by_another.json()["code"]) == (409, "minimum_notice")
    assert by_the_same.status_code == 200
    assert made.start_at == MONDAY_9


def test_pulling_the_edge_makes_it_longer(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)

    moved = drop(ben, made, start="2027-03-01T10:00", end="2027-03-01T11:30").json()

    made.refresh_from_db()
    assert made.end_at - made.start_at == timedelta(minutes=90)
    assert moved["undo"]["end"] == "2027-03-01T10:45:00+01:00"


def test_a_veto_says_what_is_in_the_way_and_changes_nothing(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)
    booked(client("Dina's other"), staff=dina, start=MONDAY_9 + timedelta(hours=2))

    answer = drop(ben, made)

    made.refresh_from_db()
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert answer.json()["detail"] == "Dina Falk is booked 12:00 – 12:45."
    assert (made.start_at, made.version) == (MONDAY_9, 1)


def test_a_drop_on_an_old_picture_is_refused(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)
    drop(ben, made)

    answer = drop(ben, made, start="2027-03-01T14:00:00")

    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")


def test_what_is_over_cannot_be_dropped_elsewhere(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)
    complete_appointment(made.pk, at=MONDAY_9, by=SETUP)
    made.refresh_from_db()

    answer = drop(ben, made)

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


def test_a_practitioner_cannot_give_an_appointment_to_a_colleague(
    paula: Client, dina: Staff
) -> None:
    made = booked(staff=Staff.objects.get(name="Paula Practice"))

    answer = drop(paula, made, staff=str(dina.pk))

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"null", "Send a JSON object."),
        (b"[1]", "Send a JSON object."),
        (b'{"start": "2027', "Send a JSON object."),
        (b"{}", "Give a local time such as 2027-03-01T09:00."),
        (b'{"start": "soon"}', "Give a local time such as 2027-03-01T09:00."),
        (b'{"start": {"a": 1}}', "Give a local time such as 2027-03-01T09:00."),
        (b'{"start": "0001-01-01T00:00"}', "This date is too far away."),
        (b'{"start": "9999-12-31T23:59-23:59"}', "This date is too far away."),
        (b'{"start": "2027-03-01T12:00", "staff": "dina"}', "There is no such staff member."),
        (b'{"start": "2027-03-01T12:00"}', "Say which version you have seen."),
        (b'{"start": "2027-03-01T12:00", "version": "x"}', "Say which version you have seen."),
        (b'{"start": "2027-03-01T12:00:30", "version": 1}', "Times are given in whole minutes."),
        (
            b'{"start": "2027-03-01T12:00", "end": "2027-03-01T11:00", "version": 1}',
            "An appointment takes 5 minutes to 24 hours.",
        ),
        (b'{"start": "' + b"x" * 5000 + b'"}', "Send a JSON object."),
        (
            b'{"start": "2027-03-28T02:30", "version": 1}',
            "02:30 does not exist on March 28: the clocks change. Choose another time.",
        ),
    ],
)
def test_a_malformed_drop_is_refused_in_words(
    body: bytes, says: str, ben: Client, dina: Staff
) -> None:
    made = booked(staff=dina)

    answer = drop(ben, made, body)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"] == says


def test_a_drop_on_an_hour_that_comes_twice_asks_which_one(ben: Client, salon: Location) -> None:
    sam = staff(hours="00:00–24:00")
    made = booked(staff=sam, start=datetime(2027, 10, 31, 8, 0, tzinfo=UTC))

    asked = drop(ben, made, start="2027-10-31T02:30:00")
    second = drop(ben, made, start="2027-10-31T02:30:00+01:00")

    assert asked.json()["code"] == "ambiguous_time"
    assert second.status_code == 200
    made.refresh_from_db()
    assert made.start_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


def test_another_person_beside_is_taken_back_by_the_undo(ben: Client, dina: Staff) -> None:
    haircut = service()
    kim, lee = (staff(name, services=[haircut]) for name in ("Kim", "Lee"))
    made = booked(staff=dina, service=haircut, beside_ids=(kim.pk,))
    form = {"date": "2027-03-01", "time": "10:00", "staff": str(dina.pk), "version": "1"}

    answer = ben.post(
        f"/appointments/{made.pk}/reschedule/", {**form, "beside": [str(lee.pk)]}, follow=True
    )
    assert Appointment.objects.get(pk=made.pk).beside == [lee]
    [back] = re.findall(r"/appointments/[^\"]+/move-back/[^\"]+", answer.content.decode())
    ben.post(back.replace("&amp;", "&"))

    assert Appointment.objects.get(pk=made.pk).beside == [kim]
