"""The waiting list in the browser: who waits, why, and what staff do for them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from scheduling.models import Location, WaitingEntry, WaitingStatus
from scheduling.waiting.joining import leave
from scheduling.waiting.offering import offer_freed
from scheduling.web.waiting import listing
from tests.factories.people import SETUP
from tests.factories.scheduling import client, location, service
from tests.scheduling.waiting.list_of import AT, MONDAY, dina, now, taken, waits
from tests.scheduling.web.conftest import query

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_before")]
S = WaitingStatus


def typed(**values: Any) -> dict[str, Any]:
    usual = {
        "location": location().pk,
        "service": service().pk,
        "staff": "",
        "first_date": "2027-03-01",
        "last_date": "2027-03-05",
        "earliest_time": "09:00",
        "latest_time": "",
        "note": "Rings back",
    }
    return usual | values


def test_an_empty_list_says_what_to_do(ben: Client, salon: Location) -> None:
    shown = ben.get("/waiting/").text

    assert "Nobody waits" in shown
    assert 'href="/waiting/new/"' in shown


def test_it_shows_who_waits_longest_first_with_what_they_wait_for(
    ben: Client, long_before: time_machine.Traveller
) -> None:
    taken(dina())
    waits("Ada Winter", note="Rings back")
    long_before.shift(timedelta(minutes=5))
    waits(customer=client("Ola Winter"), earliest_time=AT.time())

    shown = ben.get("/waiting/").text

    assert shown.index("Ada Winter") < shown.index("Ola Winter")
    for words in ("2 wait", "Mar 1, 2027", "Rings back", "Anybody", "from 09:00"):
        assert words in shown
    assert shown.count("No e-mail address") == 1


def test_an_offer_stands_there_with_its_end_on_the_clock_of_the_place(ben: Client) -> None:
    dina()
    waits()
    offer_freed(at=AT)

    shown = ben.get("/waiting/").text

    assert "Offered" in shown
    assert "kept until" in shown
    assert "12:00" in shown


def test_it_is_narrowed_by_place_and_service_and_shows_what_ended(ben: Client) -> None:
    first = waits("Ada Winter")
    color = service("Color")
    waits("Bea Winter", of=color)
    gone = waits("Cleo Winter")
    leave(gone.pk, by=SETUP)

    of_color = ben.get("/waiting/", {"service": str(color.pk)}).text
    here = ben.get("/waiting/", {"location": str(first.location_id)}).text
    nowhere = ben.get("/waiting/", {"location": str(first.pk)}).text
    ended = ben.get("/waiting/", {"show": "ended"}).text

    assert "Bea Winter" in of_color
    assert "Ada Winter" not in of_color
    assert "Ada Winter" in here
    assert "Nobody fits these filters" in nowhere
    assert "Cleo Winter" in ended
    assert "Ada Winter" not in ended


@pytest.mark.parametrize("show", ["open", "ended"])
def test_each_entry_stands_on_one_page_forward_and_back(
    ben: Client, monkeypatch: pytest.MonkeyPatch, show: str
) -> None:
    monkeypatch.setattr(listing, "ON_A_PAGE", 2)
    made = [waits(f"{name} Winter") for name in ("Ada", "Bea", "Cleo", "Dora", "Eve")]
    if show == "ended":
        for entry in made:
            leave(entry.pk, by=SETUP)
    ids = sorted((entry.pk for entry in made), reverse=show == "ended")
    address: str | None = f"/waiting/?show={show}"
    forward: list[list[Any]] = []
    last = ""
    while address:
        answer = ben.get(address)
        forward.append([row.entry.pk for row in answer.context["rows"]])
        last, address = address, answer.context["next"] and f"/waiting/{answer.context['next']}"
    back = ben.get(f"/waiting/{ben.get(last).context['previous']}")

    assert [len(rows) for rows in forward] == [2, 2, 1]
    assert [pk for rows in forward for pk in rows] == ids
    assert [row.entry.pk for row in back.context["rows"]] == forward[1]


def test_somebody_is_put_on_the_list(ben: Client) -> None:
    dina()
    ada = client("Ada Winter", email="ada@winter.example")

    answer = ben.post("/waiting/new/", typed(customer=ada.pk))

    entry = WaitingEntry.objects.get()
    assert answer["Location"] == f"/waiting/{entry.pk}/"
    assert (entry.customer, entry.hours, entry.note) == (ada, "from 09:00", "Rings back")
    assert "is on the waiting list" in ben.get(answer["Location"]).text


def test_a_link_fills_the_form_in(ben: Client) -> None:
    person, ada = dina(), client("Ada Winter")
    asked = query(customer=ada.pk, service=service().pk, staff=person.pk, date="2027-03-01")

    shown = ben.get("/waiting/new/", asked).text

    assert "Ada Winter" in shown
    assert f'value="{service().pk}" selected' in shown
    assert f'value="{person.pk}" selected' in shown
    assert 'value="2027-03-01"' in shown
    assert 'value="2027-03-14"' in shown
    assert ben.get("/waiting/new/", {"date": "9999-12-31"}).status_code == 200


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"customer": ""}, "Choose a customer."),
        ({"last_date": "2027-02-28"}, "The last day is before the first one."),
        ({"latest_time": "08:00"}, "This is before the earliest time."),
        ({"first_date": "soon"}, "This is not a date."),
        ({"service": "haircut"}, "This service cannot be booked here."),
    ],
)
def test_what_cannot_be_right_comes_back_with_its_reason(
    ben: Client, values: dict[str, str], said: str
) -> None:
    dina()

    answer = ben.post("/waiting/new/", typed(customer=client("Ada Winter").pk) | values)

    assert answer.status_code == 422
    assert said in answer.text
    assert not WaitingEntry.objects.exists()


def test_who_waits_already_is_not_put_on_the_list_twice(ben: Client) -> None:
    dina()
    entry = waits()

    answer = ben.post("/waiting/new/", typed(customer=entry.customer_id))

    assert answer.status_code == 422
    assert "Ada Winter waits for Haircut at" in answer.text


def test_a_wish_is_changed_and_an_old_page_changes_nothing(ben: Client) -> None:
    dina()
    entry = waits()
    path = f"/waiting/{entry.pk}/change/"
    form = typed(note="Only by phone", version=1)

    ben.post(path, form)
    late = ben.post(path, form | {"note": "Second"})

    assert (now(entry).note, now(entry).last_date) == ("Only by phone", MONDAY + timedelta(4))
    assert late.status_code == 422
    assert "Not changed" in late.text
    assert 'value="2027-03-05"' in ben.get(path).text


def test_the_panel_leads_to_the_list_on_a_day_without_free_times(ben: Client) -> None:
    person = dina()
    ada = client("Ada Winter")
    asked = {
        "location": str(location().pk),
        "service": str(service().pk),
        "staff": str(person.pk),
        "customer": str(ada.pk),
        "date": "2027-03-01",
    }

    free = ben.get("/calendar/open-times/", asked).text
    taken(person)
    full = ben.get("/calendar/open-times/", asked).text

    assert "Put on the waiting list" not in free
    assert "Put on the waiting list" in full
    assert f"customer={ada.pk}" in full
    assert "date=2027-03-01" in full


def test_the_page_of_a_customer_shows_what_they_wait_for(ben: Client) -> None:
    entry = waits()
    other = client("Bo Lind")

    page = ben.get(f"/customers/{entry.customer_id}/").text
    card = ben.get(f"/waiting/of-customer/{entry.customer_id}/").text
    none = ben.get(f"/waiting/of-customer/{other.pk}/").text

    assert f"/waiting/of-customer/{entry.customer_id}/" in page
    assert "Haircut" in card
    assert "Waits for nothing" in none


def test_one_page_costs_the_same_for_one_and_for_many(
    ben: Client, django_assert_max_num_queries: Any
) -> None:
    for name in ("Ada", "Bea", "Cleo", "Dora", "Eve", "Fay", "Gil", "Hal"):
        waits(f"{name} Winter")

    with django_assert_max_num_queries(22):
        ben.get("/waiting/")
