"""The pages on which people make, renew and revoke the addresses of calendars."""

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from scheduling.models import CalendarFeed, Location, Staff
from scheduling.setup.staff import let_go
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, client, feed, location, staff
from tests.scheduling.web.conftest import NOW

pytestmark = pytest.mark.django_db
PAGE = "/calendar/subscriptions/"
ADDRESS = re.compile(r"http://127\.0\.0\.1:8000(/feeds/[\w-]{43}\.ics)")
ASKED = {"feed-details": "names", "feed-name": "My phone"}


def address_in(answer: Any) -> str:
    """Return the path of the address that a page shows, once to read and once to copy."""
    first, again = ADDRESS.findall(answer.text)
    assert first == again
    return str(first)


def texts(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_practitioner_subscribes_to_her_own_calendar(paula: Client) -> None:
    booked(client("Mara Winter"), staff=Staff.objects.get())

    made = paula.post(PAGE, ASKED)

    assert (made.status_code, made["Cache-Control"]) == (200, "no-store")
    assert "Mara W." in Client().get(address_in(made)).text
    listed = paula.get(PAGE).text
    assert "My phone" in listed
    assert not ADDRESS.search(listed)


def test_a_page_of_hers_leads_there(paula: Client) -> None:
    assert PAGE in paula.get("/calendar/").text


def test_who_has_no_calendar_is_told_so(ben: Client, dina: Staff) -> None:
    assert "No calendar is yours" in ben.get(PAGE).text
    assert ben.post(PAGE, ASKED).status_code == 422
    assert not CalendarFeed.objects.exists()


def test_what_is_missing_is_said_at_its_field(paula: Client) -> None:
    answer = paula.post(PAGE, {"feed-details": "all", "feed-name": "x" * 61})

    assert answer.status_code == 422
    assert answer.context["feed_form"].errors.keys() == {"details", "name"}


@pytest.mark.parametrize("kind", ["staff", "locations"])
def test_a_manager_subscribes_to_a_person_and_to_a_location(
    ada: Client, dina: Staff, kind: str
) -> None:
    page = f"/settings/{kind}/{dina.pk if kind == 'staff' else dina.location_id}/"
    asked = ASKED | {"feed-details": "busy", "from": "settings"}
    booked(client("Mara Winter"), staff=dina)

    made = ada.post(f"{page}subscriptions/", asked)

    assert f'href="{page}"' in made.text
    assert "SUMMARY:Busy" in Client().get(address_in(made)).text
    assert "Busy only" in ada.get(page).text
    refused = ada.post(f"{page}subscriptions/", {"from": "settings"})
    assert (refused.status_code, refused.context["feed_form"].errors.keys()) == (422, {"details"})


def test_an_address_is_made_anew_and_the_old_one_is_closed(paula: Client) -> None:
    old = address_in(paula.post(PAGE, ASKED))
    made = CalendarFeed.objects.get()

    new = address_in(paula.post(f"{PAGE}{made.pk}/renew/"))

    assert [Client().get(path).status_code for path in (old, new)] == [404, 200]


def test_an_address_is_revoked_and_leaves_the_page(paula: Client) -> None:
    path = address_in(paula.post(PAGE, ASKED))
    made = CalendarFeed.objects.get()

    answer = paula.post(f"{PAGE}{made.pk}/revoke/")

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert texts(answer) == ["“My phone” can be read no more."]
    assert Client().get(path).status_code == 404
    assert not paula.get(PAGE).context["feeds"]
    assert paula.post(f"{PAGE}{made.pk}/revoke/").status_code == 404


def test_whoever_began_in_the_settings_ends_there(ada: Client, dina: Staff) -> None:
    made = feed(dina).feed

    answer = ada.post(f"{PAGE}{made.pk}/revoke/", {"from": "settings"})

    assert answer["Location"] == f"/settings/staff/{dina.pk}/"


def test_a_refusal_is_said(ada: Client, dina: Staff) -> None:
    made = feed(dina).feed
    let_go(dina.pk, at=NOW, by=SETUP)

    answer = ada.post(f"{PAGE}{made.pk}/renew/")

    assert texts(answer) == ["Your role does not let you subscribe to this calendar."]


def test_colleagues_subscriptions_are_not_shown_and_not_touched(
    paula: Client, ben: Client, dina: Staff
) -> None:
    of_dina = feed(dina).feed

    for browser in (paula, ben):
        assert "Dina Falk" not in browser.get(PAGE).text
        for act in ("renew", "revoke"):
            assert browser.post(f"{PAGE}{of_dina.pk}/{act}/").status_code == 404
    assert CalendarFeed.objects.get().revoked_at is None


def test_she_sees_who_else_reads_her_calendar(paula: Client) -> None:
    feed(Staff.objects.get())

    assert "By Ada Manager" in paula.get(PAGE).text


def test_what_somebody_made_of_others_is_shown_to_them(ada: Client, dina: Staff) -> None:
    feed(dina)
    feed(dina, maker=person("Manager", name="Jo Other"))

    listed = ada.get(PAGE).context["feeds"]

    assert [(str(one.staff), one.made_by) for one in listed] == [("Dina Falk", "Ada Manager")]


def test_pages_cost_the_same_for_one_subscription_and_for_many(
    ada: Client, dina: Staff, salon: Location
) -> None:
    pages = (PAGE, f"/settings/staff/{dina.pk}/", f"/settings/locations/{salon.pk}/")
    counts = []
    for _ in range(3):
        feed(dina), feed(salon)
        with CaptureQueriesContext(connection) as queries:
            for page in pages:
                ada.get(page)
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_nothing_is_offered_for_what_has_ended(ada: Client, dina: Staff) -> None:
    staff("Far", place=location("Hill Street"))
    page = f"/settings/staff/{dina.pk}/"
    before = "Add a subscription" in ada.get(page).text

    let_go(dina.pk, at=NOW, by=SETUP)

    assert (before, "Add a subscription" in ada.get(page).text) == (True, False)
