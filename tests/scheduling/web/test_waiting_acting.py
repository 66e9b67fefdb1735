"""What staff do with one entry of the waiting list: book for it, take it off, put it back."""

from datetime import datetime

import pytest
from django.test import Client

from scheduling.models import Appointment, Location, Staff, WaitingStatus
from scheduling.waiting.offering import offer_freed
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, service, staff
from tests.scheduling.waiting.list_of import AT, dina, now, taken, waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_before")]
S = WaitingStatus


def chosen(person: Staff, start: datetime = MONDAY_9) -> dict[str, str]:
    return {"chosen": f"{start.isoformat()} {person.pk}"}


def test_the_page_tells_what_happened_in_words(ada: Client) -> None:
    dina()
    entry = waits()
    offer_freed(at=AT)

    shown = ada.get(f"/waiting/{entry.pk}/").text

    assert "Put on the list" in shown
    assert "A time was offered" in shown
    assert str(now(entry).hold) not in shown


def test_a_suiting_time_is_booked_and_the_waiting_ends(ben: Client) -> None:
    person = dina()
    entry = waits()
    shown = ben.get(f"/waiting/{entry.pk}/").text

    answer = ben.post(f"/waiting/{entry.pk}/book/", chosen(person))

    visit = Appointment.objects.get()
    assert f'value="{chosen(person)["chosen"]}"' in shown
    assert answer["Location"] == visit.get_absolute_url()
    assert (visit.start_at, now(entry).status) == (MONDAY_9, S.BOOKED)
    assert "They wait no longer" in ben.get(answer["Location"]).text


def test_the_time_that_is_kept_for_them_is_the_first_to_book(ben: Client) -> None:
    person = dina()
    entry = waits()
    offer_freed(at=AT)

    shown = ben.get(f"/waiting/{entry.pk}/").text
    ben.post(f"/waiting/{entry.pk}/book/", chosen(person))

    assert "Kept for them until" in shown
    assert "Nothing else is free." in shown
    assert now(entry).status == S.BOOKED


@pytest.mark.parametrize("text", ["", "soon", "2027-03-01T10:00 x", "2027-03-01T10:00:00"])
def test_a_time_that_was_not_offered_books_nothing(ben: Client, text: str) -> None:
    person = dina()
    entry = waits()

    ben.post(f"/waiting/{entry.pk}/book/", {"chosen": text and f"{text} {person.pk}"})

    assert now(entry).status == S.WAITING
    assert not Appointment.objects.exists()


def test_a_time_that_is_taken_meanwhile_is_refused_in_words(ben: Client) -> None:
    person = dina()
    entry = waits()
    taken(person)

    answer = ben.post(f"/waiting/{entry.pk}/book/", chosen(person), follow=True)

    assert "Not booked:" in answer.text
    assert now(entry).status == S.WAITING


def test_taking_off_can_be_undone(ben: Client) -> None:
    entry = waits()

    gone = ben.post(f"/waiting/{entry.pk}/leave/", follow=True)
    assert now(entry).status == S.LEFT
    undo = f"/waiting/{entry.pk}/come-back/"
    assert f"undo:{undo}" in gone.text
    assert "Put back on the list" in gone.text

    ben.post(undo)
    again = ben.post(undo, headers={"X-Requested-With": "fetch"})

    assert now(entry).status == S.WAITING
    assert again.status_code == 409


def test_the_page_of_an_appointment_says_that_its_customer_still_waits(ben: Client) -> None:
    person = dina()
    entry = waits()
    visit = booked(entry.customer, staff=person, service=service())
    place = visit.get_absolute_url()

    for path in (place, f"{place}card/"):
        assert "Ada Winter still waits for Haircut here." in ben.get(path).text
    answer = ben.post(f"/waiting/{entry.pk}/leave/", {"next": place})

    assert answer["Location"] == place
    assert "still waits" not in ben.get(place).text


def test_nobody_is_led_away_from_the_hub(ben: Client) -> None:
    entry = waits()

    answer = ben.post(f"/waiting/{entry.pk}/leave/", {"next": "https://elsewhere.example/"})

    assert answer["Location"] == f"/waiting/{entry.pk}/"


def test_practitioners_see_and_keep_only_who_waits_for_them(salon: Location) -> None:
    user = person("Practitioner")
    own = staff("Paula Practice", place=salon, services=[service()], user=user)
    paula = signed_in(user)
    mine, ada = waits("Ada Winter", staff_id=own.pk), waits("Bea Winter")

    listed = paula.get("/waiting/").text
    form = paula.get("/waiting/new/").text

    assert "Ada Winter" in listed
    assert "Bea Winter" not in listed
    assert paula.get(f"/waiting/{mine.pk}/").status_code == 200
    assert paula.get(f"/waiting/{ada.pk}/").status_code == 404
    assert paula.post(f"/waiting/{ada.pk}/leave/").status_code == 404
    assert "Anybody" not in form


def test_who_only_looks_is_offered_nothing_to_change(bo: Client) -> None:
    entry = waits()

    shown = bo.get(f"/waiting/{entry.pk}/").text

    assert "Free times that suit" not in shown
    assert "Take off the list" not in shown
