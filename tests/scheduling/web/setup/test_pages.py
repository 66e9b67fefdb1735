"""The pages on which a manager sets up locations, rooms, services and staff."""

from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hub.accounts.roles import grant_role
from scheduling.models import Closure, Location, Resource, Service, Staff
from scheduling.setup.locations import change_location
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, location, room, service, staff

pytestmark = pytest.mark.django_db
PARIS = {
    "name": "Rive Gauche",
    "country": "FR",
    "time_zone": "Europe/Paris",
    "currency": "EUR",
    "monday": "9-12, 13-18",
}
BRAIDS = {
    "name": "Braids",
    "category": "Hair",
    "hue": "2",
    "duration_minutes": "90",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "10",
    "price": "80",
    "tax_class": "standard",
    "staff_needed": "1",
    "rooms_needed": "0",
    "equipment_needed": "0",
    "seats": "1",
    "daily_limit": "0",
    "minimum_notice_minutes": "0",
    "horizon_days": "90",
    "cancellation_window_minutes": "1440",
    "late_fee_kind": "percent",
    "late_fee": "50",
    "reminder_minutes": "1440",
}


def texts(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_location_is_added_and_its_hours_are_shown_as_they_are_kept(ada: Client) -> None:
    answer = ada.post("/settings/locations/new/", PARIS)

    made = Location.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/settings/locations/{made.pk}/")
    assert 'value="09:00–12:00, 13:00–18:00"' in ada.get(answer["Location"]).text


def test_every_mistake_is_shown_at_its_field_and_nothing_is_saved(ada: Client) -> None:
    answer = ada.post(
        "/settings/locations/new/",
        PARIS | {"name": "", "monday": "9-8", "time_zone": "Mars/Olympus"},
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"name", "monday", "time_zone"}
    assert "ends before it starts" in answer.text
    assert not Location.objects.exists()


def test_a_form_that_comes_too_late_shows_both_versions(ada: Client, salon: Location) -> None:
    typed = {"name": "Harbor", "country": "DE", "time_zone": "Europe/Berlin", "currency": "EUR"}
    change_location(salon.pk, {"city": "Kiel"}, at=timezone.now(), by=SETUP)

    late = ada.post(f"/settings/locations/{salon.pk}/", typed | {"version": "1"})

    assert late.status_code == 409
    assert [(row.label, row.theirs, row.mine) for row in late.context["stale"] if row.differs][
        :2
    ] == [("Name", "Harbor Street", "Harbor"), ("City", "Kiel", "")]
    again = ada.post(
        f"/settings/locations/{salon.pk}/",
        typed | {"version": late.context["form"]["version"].value()},
    )
    assert again.status_code == 302


def test_closing_down_says_what_is_in_the_way(ada: Client, salon: Location) -> None:
    booked()

    answer = ada.post(f"/settings/locations/{salon.pk}/close/")

    assert texts(answer) == [
        "1 appointment is still to come: move or cancel first, then close it down."
    ]


def test_a_closure_of_one_day_needs_no_last_day(ada: Client, salon: Location) -> None:
    page = f"/settings/locations/{salon.pk}/"
    values = {"closure-first_date": "2027-12-24", "closure-name": "Christmas"}

    assert ada.post(f"{page}closures/", values).status_code == 302

    closure = Closure.objects.get()
    assert (closure.first_date, closure.last_date) == (date(2027, 12, 24), date(2027, 12, 24))
    assert "Christmas" in ada.get(page).text
    assert texts(ada.post(f"{page}closures/{closure.pk}/end/")) == ["Open after all: Christmas."]
    assert ada.post(f"{page}closures/", {"closure-name": "?"}).status_code == 422


def test_a_room_is_added_changed_and_taken_out_of_use(ada: Client, salon: Location) -> None:
    values = {"location": salon.pk, "kind": "room", "name": "Hall", "capacity": "2"}
    ada.post("/settings/rooms/new/", values)
    made = Resource.objects.get()

    ada.post(f"/settings/rooms/{made.pk}/", {"kind": "room", "name": "Hall", "capacity": "3"})
    answer = ada.post(f"/settings/rooms/{made.pk}/take-out/")

    made.refresh_from_db()
    assert (made.capacity, made.is_active) == (3, False)
    assert texts(answer) == ["Hall is out of use."]
    ada.post(f"/settings/rooms/{made.pk}/put-back/")
    assert Resource.objects.get().is_active
    assert ada.post("/settings/rooms/new/", values).status_code == 422


def test_a_service_is_added_changed_and_stopped(ada: Client) -> None:
    ada.post("/settings/services/new/", BRAIDS)
    made = Service.objects.get()

    ada.post(f"/settings/services/{made.pk}/", BRAIDS | {"price": "82.50", "version": "1"})
    late = ada.post(f"/settings/services/{made.pk}/", BRAIDS | {"version": "1"})
    ada.post(f"/settings/services/{made.pk}/stop/")

    assert late.status_code == 409
    made.refresh_from_db()
    assert (str(made.price), made.hue, made.is_active) == ("82.5000", 2, False)
    assert 'value="82.50"' in ada.get(f"/settings/services/{made.pk}/").text
    ada.post(f"/settings/services/{made.pk}/resume/")
    assert Service.objects.get().is_active


def test_a_location_has_rules_of_its_own_for_a_service(ada: Client, salon: Location) -> None:
    haircut = service()
    page, at = f"/settings/services/{haircut.pk}/", f"at-{salon.pk}"

    ada.post(f"{page}at/{salon.pk}/", {f"{at}-is_offered": "on", f"{at}-price": "39"})
    refused = ada.post(f"{page}at/{salon.pk}/", {f"{at}-duration_minutes": "1"})

    own = haircut.at_locations.get()
    assert (own.is_offered, str(own.price), own.duration_minutes) == (True, "39.0000", None)
    assert refused.status_code == 422
    shown = ada.get(page).text
    assert 'value="39.00"' in shown
    assert 'placeholder="45"' in shown


def test_a_late_fee_is_at_most_the_price(ada: Client) -> None:
    answer = ada.post("/settings/services/new/", BRAIDS | {"late_fee": "101"})

    assert answer.context["form"].errors == {"late_fee": ["At most 100 percent, please."]}


def test_a_manager_of_one_location_sees_and_sets_up_that_one(salon: Location) -> None:
    elsewhere = staff("Jo", place=location("Elbe Street"))
    ada = person(None, name="Ada Manager")
    grant_role(ada.pk, role="Manager", location_id=salon.pk, at=timezone.now(), by=SETUP)
    browser = signed_in(ada)

    assert "Elbe Street" not in browser.get("/settings/locations/").text
    assert browser.get(f"/settings/staff/{elsewhere.pk}/").status_code == 404
    assert browser.post("/settings/locations/new/", PARIS).status_code == 422


def test_lists_cost_the_same_for_one_row_and_for_many(ada: Client) -> None:
    counts = []
    for number in range(3):
        room(f"Room {number}", place=location(f"Place {number}"))
        staff(f"Person {number}", place=location(f"Place {number}"))
        service(f"Service {number}")
        with CaptureQueriesContext(connection) as queries:
            for page in ("locations", "rooms", "services", "staff"):
                ada.get(f"/settings/{page}/")
        counts.append(len(queries))

    assert counts[1] == counts[2]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("locations", "No location yet"),
        ("rooms", "No rooms or equipment yet"),
        ("services", "No services yet"),
        ("staff", "Nobody yet"),
    ],
)
def test_an_empty_list_says_what_to_do(ada: Client, kind: str, says: str) -> None:
    assert says in ada.get(f"/settings/{kind}/").text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1905-01-01", "soon"])
def test_impossible_days_are_refused_in_words(ada: Client, dina: Staff, day: str) -> None:
    page = f"/settings/staff/{dina.pk}/"
    place = f"/settings/locations/{dina.location_id}/"

    answers = [
        ada.post(f"{page}time-off/", {"away-first_date": day, "away-last_date": day}),
        ada.post(f"{page}special-hours/", {"special-work_date": day}),
        ada.post(f"{place}closures/", {"closure-first_date": day, "closure-name": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]


@pytest.mark.parametrize("text", ["x" * 100_000, "nul\x00byte", "\u202e9-12", "🕘"])
def test_odd_text_is_refused_in_words(ada: Client, dina: Staff, text: str) -> None:
    at = f"at-{dina.location_id}"
    answers = [
        ada.post("/settings/locations/new/", PARIS | {"monday": text, "name": text}),
        ada.post(f"/settings/staff/{dina.pk}/hours/{dina.location_id}/", {f"{at}-monday": text}),
        ada.post("/settings/services/new/", BRAIDS | {"price": text}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
