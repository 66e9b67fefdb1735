"""Moving by the dialog: typed, asked about, taken back."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from scheduling.models import Appointment, Location, Staff
from tests.factories.scheduling import MONDAY_9, booked, client, location, staff
from tests.scheduling.web.conftest import IN_CALENDAR

pytestmark = pytest.mark.django_db


def fill(browser: Client, made: Appointment, headers: Any = None, **values: str) -> Any:
    form = {
        "date": "2027-03-01",
        "time": "12:00",
        "staff": str(made.staff_id),
        "version": str(made.version),
    }
    path = f"/appointments/{made.pk}/reschedule/"
    return browser.post(path, form | values, headers=headers or {})


def test_the_dialog_starts_from_where_the_appointment_is(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)

    answer = ben.get(f"/appointments/{made.pk}/move/", headers=IN_CALENDAR)

    form = answer.context["form"]
    assert (form["date"].value().isoformat(), form["time"].value()) == ("2027-03-01", "10:00")
    assert "<html" not in answer.content.decode()


def test_the_dialog_is_a_whole_page_without_scripts(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)

    page = ben.get(f"/appointments/{made.pk}/move/")

    assert "<html" in page.content.decode()


def test_the_dialog_moves_and_offers_undo_in_the_calendar(ben: Client, dina: Staff) -> None:
    made = booked(client("Mara Winter"), staff=dina)

    answer = fill(ben, made, IN_CALENDAR)

    told = orjson.loads(answer.headers["HX-Trigger"])
    assert answer.status_code == 204
    assert told["hub:appointment"] == {"id": str(made.pk)}
    assert told["toast"]["undo"].startswith(f"/appointments/{made.pk}/move-back/?start=")


def test_what_the_toast_offers_moves_it_back(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)
    told = orjson.loads(fill(ben, made, IN_CALENDAR).headers["HX-Trigger"])

    answer = ben.post(told["toast"]["undo"])

    made.refresh_from_db()
    assert answer.status_code == 302
    assert (made.start_at, made.version) == (MONDAY_9, 3)


def test_from_the_page_it_leads_back_to_the_page(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)

    answer = fill(ben, made)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/appointments/{made.pk}/")


def test_a_refused_move_comes_back_with_the_nearest_times(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)
    booked(staff=dina, start=MONDAY_9 + timedelta(hours=2))

    answer = fill(ben, made, IN_CALENDAR)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"time": ["Dina Falk is booked 12:00 – 12:45."]}
    assert len(answer.context["alternatives"]) == 3
    assert 'data-fill-time="' in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("date", "", "Choose a day."),
        ("time", "", "Choose a time."),
        ("time", "25:61", "This is not a time."),
        ("staff", "dina", "This person cannot be booked here."),
        ("version", "", "This field is required."),
        ("version", "9" * 40, "Ensure this value is less than or equal to 2147483647."),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    field: str, value: str, message: str, ben: Client, dina: Staff
) -> None:
    answer = fill(ben, booked(staff=dina), **{field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors[field] == [message]


def test_a_gap_is_refused_and_a_fold_is_asked_about(ben: Client, salon: Location) -> None:
    made = booked(staff=staff(hours="00:00–24:00"))

    gap = fill(ben, made, date="2027-03-28", time="02:30")
    fold = fill(ben, made, date="2027-10-31", time="02:30")
    chosen = fill(ben, made, date="2027-10-31", time="02:30+02:00")

    assert "does not exist" in gap.context["form"].errors["time"][0]
    assert [value for value, _ in fold.context["fold_choices"]] == ["02:30+02:00", "02:30+01:00"]
    assert chosen.status_code == 302


def test_only_a_manager_is_asked_for_a_reason_to_go_beyond_hours(
    ben: Client, ada: Client, salon: Location
) -> None:
    made = booked(staff=staff(hours="09:00–13:00"))

    plain = fill(ben, made, time="18:00")
    asked = fill(ada, made, time="18:00")
    done = fill(ada, made, time="18:00", override_reason="Agreed with everybody")

    assert "Reason to move it there anyway" not in plain.content.decode()
    assert "Reason to move it there anyway" in asked.content.decode()
    assert done.status_code == 302


def test_only_those_who_can_do_it_are_offered(ben: Client, dina: Staff) -> None:
    made = booked(staff=dina)
    staff("Luc Perrin", services=[])
    staff("Ugo Ferri", place=location("Uptown"))

    form = ben.get(f"/appointments/{made.pk}/move/").context["form"]

    assert form.fields["staff"].choices == [(str(dina.pk), "Dina Falk")]


@pytest.mark.parametrize("query", ["", "start=soon&version=1", "start=2027-03-01T12:00"])
def test_a_broken_undo_is_refused_in_words(ben: Client, dina: Staff, query: str) -> None:
    made = booked(staff=dina)

    answer = ben.post(f"/appointments/{made.pk}/move-back/?{query}", headers=IN_CALENDAR)

    told = orjson.loads(answer.headers["HX-Trigger"])
    assert told["toast"]["bad"] is True
