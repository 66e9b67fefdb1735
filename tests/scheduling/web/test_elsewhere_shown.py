"""Time that is busy in a calendar outside, and calendars not read for long, as people see them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hub import history
from hub.access import EVERYTHING
from hub.identifiers import public_id
from scheduling.external_busy import expect_calendar
from scheduling.feed import day_feed
from scheduling.models import Location, Staff, StaleCalendars
from tests.factories.clients import api_key, signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, booked, service, staff
from tests.scheduling.outside import HOME, read
from tests.scheduling.web.conftest import NOW, typed

pytestmark = pytest.mark.django_db
MONDAY = MONDAY_9.date()
HOUR = timedelta(hours=1)
DENTIST: dict[str, list[tuple[date, date]]] = {"dentist": [(MONDAY_9, MONDAY_9 + HOUR)]}
TIMES = "/calendar/open-times/"


def column(place: Location, of: Staff) -> dict[str, Any]:
    columns: list[dict[str, Any]] = day_feed(place, MONDAY, EVERYTHING, at=NOW)["staff"]
    return next(one for one in columns if one["id"] == of.pk)


def test_the_calendar_draws_what_is_busy_elsewhere_on_the_clock_of_the_location(
    salon: Location, dina: Staff
) -> None:
    whole = {"holiday": [(MONDAY, MONDAY + timedelta(days=1))]}
    read(dina, busy=DENTIST, at=NOW)
    jo = staff("Jo")
    read(jo, busy=whole, source="jo", at=NOW)

    assert column(salon, dina)["elsewhere"] == [("10:00", "11:00")]
    assert column(salon, jo)["elsewhere"] == [("00:00", "24:00")]
    assert column(salon, dina)["unread"] is None


def test_a_column_says_when_its_calendar_was_last_read_once_that_is_long_ago(
    salon: Location, dina: Staff
) -> None:
    expect_calendar(HOME, [dina.pk])
    assert column(salon, dina)["unread"] == ""

    read(dina, at=NOW - timedelta(minutes=40))
    assert column(salon, dina)["unread"] == "2027-03-01T06:20:00"
    a_day = timedelta(days=1)
    (later,) = day_feed(salon, MONDAY, EVERYTHING, at=MONDAY_9 + 2 * a_day)["staff"]
    assert later["unread"] is None  # what was, was


def test_every_column_has_the_same_keys_also_of_whoever_left(salon: Location, dina: Staff) -> None:
    gone = staff("Jo")
    booked(staff=gone)
    gone.is_active = False
    history.save(gone, fields=["is_active"], by=SETUP)

    assert column(salon, gone).keys() == column(salon, dina).keys() | {"gone"}


def test_a_practitioner_is_told_of_the_own_outside_calendar_alone(
    salon: Location, dina: Staff, paula: Client
) -> None:
    read(dina, busy=DENTIST, at=NOW)

    answer = paula.get(f"/calendar/feed/?date=2027-03-01&location={salon.pk}").json()

    assert [one["name"] for one in answer["staff"]] == ["Paula Practice"]
    assert [one["elsewhere"] for one in answer["staff"]] == [[]]


def test_the_panel_says_why_and_lets_a_manager_set_it_aside(
    ada: Client, ben: Client, salon: Location, dina: Staff
) -> None:
    read(dina, busy=DENTIST, at=NOW)
    asked = typed(salon, staff=dina.pk, time="10:15")

    verdict = ben.get(TIMES, asked).context["times"].verdict

    assert "Dina Falk is busy in an outside calendar: Mon, Mar 1, 10:00 – 11:00." in verdict.title
    assert verdict.can_be_set_aside
    assert "override_reason" in ada.get(TIMES, asked).content.decode()


def test_the_panel_marks_times_that_are_not_confirmed(
    ben: Client, salon: Location, dina: Staff
) -> None:
    read(dina, at=NOW - HOUR)

    answer = ben.get(TIMES, typed(salon, staff=dina.pk, time=""))

    slots = answer.context["times"].slots
    assert {slot.is_unconfirmed for slot in slots if slot.is_open} == {True}
    assert not any(slot.is_unconfirmed for slot in slots if not slot.is_open)
    assert "are not confirmed: an outside calendar" in answer.content.decode()


def test_a_time_at_which_somebody_else_is_surely_free_is_confirmed(
    ben: Client, salon: Location, dina: Staff
) -> None:
    read(dina, at=NOW - HOUR)
    staff("Jo", services=[service()])

    slots = ben.get(TIMES, typed(salon, staff="", time="")).context["times"].slots

    assert not any(slot.is_unconfirmed for slot in slots)


@pytest.fixture
def address(salon: Location, dina: Staff) -> str:
    """The public page of a service, whose calendar was last read an hour ago."""
    Location.objects.update(books_online=True, booking_slug="harbor")
    haircut = service()
    haircut.books_online = True
    history.save(haircut, fields=["books_online"], by=SETUP)
    read(dina, busy=DENTIST, at=timezone.now() - HOUR)
    return f"/book/harbor/{haircut.pk}/?date=2027-03-01"


def test_the_public_page_offers_unconfirmed_times_and_says_so(address: str) -> None:
    shown = Client().get(address).content.decode()

    assert "we could not look into every calendar just now" in shown
    assert "2027-03-01T08%3A15Z" in shown
    assert "2027-03-01T09%3A15Z" not in shown
    assert "dentist" not in shown


def test_the_public_page_offers_none_of_them_where_the_location_says_so(
    address: str, salon: Location
) -> None:
    Location.objects.update(stale_calendars=StaleCalendars.HIDDEN)

    shown = Client().get(address).content.decode()

    assert "2027-03-01T08%3A15Z" not in shown
    assert "could not look" not in shown


def test_the_api_marks_times_that_are_not_confirmed(salon: Location, dina: Staff) -> None:
    read(dina, at=timezone.now() - HOUR)
    asked: dict[str, Any] = {
        "service": public_id("svc", service().pk),
        "location": public_id("loc", salon.pk),
        "date": "2027-03-01",
    }

    found = api_key().get("/api/v1/availability", **asked).json()["data"]

    assert {one["unconfirmed"] for one in found} == {True}


def test_a_manager_chooses_what_becomes_of_times_that_are_not_confirmed(salon: Location) -> None:
    browser = signed_in(person("Manager"))
    address = f"/settings/locations/{salon.pk}/"
    form = browser.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    given = {name: "" if value is None else str(value) for name, value in values.items()}
    given.pop("books_online", None)

    answer = browser.post(address, given | {"stale_calendars": "hidden"})

    assert answer.status_code == 302
    salon.refresh_from_db()
    assert salon.stale_calendars == StaleCalendars.HIDDEN
