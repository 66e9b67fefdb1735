"""Booking in the panel: what is typed, what comes back at which field."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.test import Client

from scheduling.models import Appointment, Location, Staff
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff
from tests.scheduling.web.conftest import typed

pytestmark = pytest.mark.django_db


def send(browser: Client, place: Location, **values: Any) -> Any:
    return browser.post("/appointments/", typed(place, **values))


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422, answer.content.decode()[:2000]
    found: dict[str, list[str]] = answer.context["panel"]["form"].errors
    return found


def test_a_booking_takes_the_time_and_tells_the_calendar(
    ben: Client, salon: Location, dina: Staff
) -> None:
    mara = client("Mara Winter")

    answer = send(ben, salon, customer=mara.pk, staff=dina.pk, notes="Low ammonia")

    made = Appointment.objects.get()
    assert answer.status_code == 200
    assert (made.customer, made.staff, made.start_at) == (mara, dina, MONDAY_9)
    assert made.notes == "Low ammonia"
    told = orjson.loads(answer.headers["HX-Trigger"])
    assert told["hub:appointment"] == {"id": str(made.pk), "booked": True}
    assert told["toast"] == {
        "text": "Mara Winter booked: Mon, Mar 1, 10:00 – 10:45 with Dina Falk."
    }
    assert answer.context["panel"]["form"].is_bound is False


def test_a_booking_is_in_the_history_under_the_name_of_its_maker(
    ben: Client, salon: Location, dina: Staff
) -> None:
    send(ben, salon, customer=client().pk)

    row = Appointment.objects.get().history.get()
    assert (row.actor_name, row.source) == ("Ben Desk", "browser")


def test_anyone_available_is_somebody_who_is_free(
    ben: Client, salon: Location, dina: Staff
) -> None:
    booked(staff=dina)
    luc = staff("Luc Perrin")

    send(ben, salon, customer=client().pk, staff="")

    assert Appointment.objects.filter(staff=luc).count() == 1


def test_when_nobody_is_free_the_nearest_times_are_offered(
    ben: Client, salon: Location, dina: Staff
) -> None:
    booked(staff=dina)

    answer = send(ben, salon, customer=client().pk, staff="")

    assert errors_of(answer) == {"time": ["Dina Falk is booked 10:00 – 10:45."]}
    verdict = answer.context["panel"]["times"].verdict
    assert [each.label for each in verdict.alternatives] == [
        "Mon, Mar 1, 09:00",
        "Mon, Mar 1, 09:15",
        "Mon, Mar 1, 10:45",
    ]
    assert 'data-pick-time="10:45"' in answer.content.decode()


def test_a_taken_time_comes_back_with_what_is_in_the_way(
    ben: Client, salon: Location, dina: Staff
) -> None:
    booked(staff=dina)

    answer = send(ben, salon, customer=client().pk, staff=dina.pk, time="10:30")

    assert errors_of(answer) == {"time": ["Dina Falk is booked 10:00 – 10:45."]}
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("customer", "", "Choose a customer."),
        ("customer", "nobody", "Choose a customer."),
        ("customer", f"{UUID(int=1)}", "There is no such customer."),
        ("service", "", "Choose a service."),
        ("service", f"{UUID(int=1)}", "This service cannot be booked here."),
        ("service", "\x00", "This service cannot be booked here."),
        ("staff", f"{UUID(int=1)}", "This person cannot be booked here."),
        ("date", "", "Choose a day."),
        ("date", "soon", "This is not a date."),
        ("date", "1999-01-01", "This date is too far away."),
        ("time", "", "Choose a time."),
        ("time", "25:00", "This is not a time."),
        ("time", "10:00:30", "This is not a time."),
        ("time", "10:00" * 5, "This is not a time."),
        ("notes", "x" * 4001, "Ensure this value has at most 4000 characters (it has 4001)."),
        ("notes", "a\x00b", "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    field: str, value: str, message: str, ben: Client, salon: Location, dina: Staff
) -> None:
    answer = send(ben, salon, **{"customer": client().pk, field: value})

    assert errors_of(answer)[field] == [message]
    assert not Appointment.objects.exists()


def test_several_mistakes_are_said_together(ben: Client, salon: Location, dina: Staff) -> None:
    answer = ben.post("/appointments/", {"location": salon.pk})

    assert set(errors_of(answer)) == {"customer", "service", "date", "time"}


@pytest.mark.parametrize("where", ["", "nowhere", f"{UUID(int=1)}"])
def test_a_booking_at_no_location_is_not_found(
    ben: Client, salon: Location, dina: Staff, where: str
) -> None:
    assert send(ben, salon, customer=client().pk, location=where).status_code == 404


def test_a_time_that_the_clocks_jump_over_is_refused_at_the_field(
    ben: Client, salon: Location
) -> None:
    staff(hours="00:00–24:00")

    answer = send(ben, salon, customer=client().pk, date="2027-03-28", time="02:30")

    assert errors_of(answer) == {
        "time": ["02:30 does not exist on March 28: the clocks change. Choose another time."]
    }


def test_a_time_that_comes_twice_is_booked_once_it_is_said_which_one(
    ben: Client, salon: Location
) -> None:
    staff(hours="00:00–24:00")
    mara = client()
    twice = {"customer": mara.pk, "date": "2027-10-31"}

    asked = send(ben, salon, **twice, time="02:30")
    answer = send(ben, salon, **twice, time="02:30+01:00")

    assert "time" in errors_of(asked)
    assert asked.context["panel"]["times"].verdict.choices == [
        ("02:30+02:00", "02:30, the first time (UTC+2)"),
        ("02:30+01:00", "02:30, the second time (UTC+1)"),
    ]
    assert answer.status_code == 200
    assert Appointment.objects.get().start_at == datetime.fromisoformat("2027-10-31T02:30+01:00")


def test_another_time_than_those_offered_can_be_typed(
    ben: Client, salon: Location, dina: Staff
) -> None:
    send(ben, salon, customer=client().pk, time="other", other_time="10:05")

    assert Appointment.objects.get().start_at == MONDAY_9 + timedelta(minutes=5)


def test_outside_working_hours_only_a_manager_books_with_a_reason(
    ben: Client, ada: Client, salon: Location
) -> None:
    dina = staff(hours="09:00–12:00")
    late = {"customer": client().pk, "staff": dina.pk, "time": "18:00"}

    refused = send(ben, salon, **late)
    forbidden = send(ben, salon, **late, override_reason="Because I say so")
    done = send(ada, salon, **late, override_reason="Bride, agreed with Dina")

    assert "does not work then" in errors_of(refused)["time"][0]
    assert errors_of(forbidden) == {
        "__all__": ["Only a manager may book outside working hours and notice."]
    }
    assert done.status_code == 200
    row = Appointment.objects.get().history.get()
    assert row.history_change_reason == "Bride, agreed with Dina"


def test_a_practitioner_books_for_herself_and_for_nobody_else(
    paula: Client, salon: Location, dina: Staff
) -> None:
    own = Staff.objects.get(name="Paula Practice")
    mara = client()
    booked(mara, staff=own, start=MONDAY_9 + timedelta(days=2))

    done = send(paula, salon, customer=mara.pk, staff=own.pk)
    refused = send(paula, salon, customer=mara.pk, staff=dina.pk, time="12:00")

    assert done.status_code == 200
    assert errors_of(refused)["staff"] == ["This person cannot be booked here."]


def test_a_practitioner_cannot_book_a_customer_of_others(paula: Client, salon: Location) -> None:
    answer = send(paula, salon, customer=client().pk)

    assert errors_of(answer)["customer"] == ["There is no such customer."]


def test_a_service_without_enough_notice_says_from_when_on(ben: Client, salon: Location) -> None:
    consultation = service("Consultation", minimum_notice_minutes=24 * 60)
    staff(services=[consultation])

    answer = send(ben, salon, customer=client().pk, service=consultation.pk)

    assert "must be booked 1 day ahead" in errors_of(answer)["time"][0]


def test_looking_at_a_booking_address_leads_to_the_calendar(ben: Client) -> None:
    answer = ben.get("/appointments/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/calendar/")


def test_billing_cannot_book(salon: Location, dina: Staff) -> None:
    answer = send(signed_in(person("Billing")), salon, customer=client().pk)

    assert answer.status_code == 403
