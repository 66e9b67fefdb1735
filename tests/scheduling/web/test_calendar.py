"""The calendar page and its feed."""

import re
from uuid import uuid4

import orjson
import pytest
from django.test import Client
from django.urls import reverse

from scheduling.models import Location, Staff
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.web.conftest import query

pytestmark = pytest.mark.django_db
FEED = "/calendar/feed/"


def test_the_calendar_opens_today_with_everybody_in_it(
    ben: Client, salon: Location, dina: Staff
) -> None:
    booked(client("Mara Winter"), staff=dina)

    answer = ben.get("/calendar/")

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Mon, Mar 1" in text
    assert "Mara Winter" in text
    assert "Berlin" in text


def test_the_first_drawing_is_what_the_feed_says(
    ben: Client, salon: Location, dina: Staff
) -> None:
    booked(staff=dina)

    page = ben.get(f"/calendar/?location={salon.pk}").content.decode()
    fed = ben.get(FEED, query(location=salon.pk, date="2027-03-01"))

    drawn = re.search(r'<script id="cal-feed" type="application/json">(.+?)</script>', page)
    assert drawn
    assert orjson.loads(drawn[1]) == fed.json()
    assert f'data-etag="{fed.headers["ETag"].replace(chr(34), "&quot;")}"' in page


def test_an_unchanged_day_is_not_sent_again(ben: Client, salon: Location, dina: Staff) -> None:
    asked = query(location=salon.pk, date="2027-03-01")
    etag = ben.get(FEED, asked).headers["ETag"]

    again = ben.get(FEED, asked, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_day_is_sent_again(ben: Client, salon: Location, dina: Staff) -> None:
    asked = query(location=salon.pk, date="2027-03-01")
    etag = ben.get(FEED, asked).headers["ETag"]
    booked(staff=dina)

    again = ben.get(FEED, asked, headers={"If-None-Match": etag})

    assert again.status_code == 200
    assert len(again.json()["appointments"]) == 1


@pytest.mark.parametrize("day", ["yesterday", "2027-02-30", "9999-01-01", "\x00", "2" * 5000])
def test_a_date_that_is_none_is_said_and_today_shown(
    ben: Client, salon: Location, dina: Staff, day: str
) -> None:
    page = ben.get("/calendar/", query(date=day))
    fed = ben.get(FEED, query(location=salon.pk, date=day))

    assert page.status_code == 200
    assert "This is today." in page.content.decode()
    assert fed.status_code == 400
    assert fed.json()["code"] == "invalid"


@pytest.mark.parametrize("where", ["", "nowhere", "1", "' or 1=1"])
def test_a_feed_without_a_proper_location_says_so(
    ben: Client, salon: Location, where: str
) -> None:
    answer = ben.get(FEED, query(location=where))

    assert answer.status_code == 400
    assert answer.json()["detail"] == "Say which location, by its id."


def test_an_unknown_location_is_not_found(ben: Client, salon: Location) -> None:
    assert ben.get("/calendar/", query(location=uuid4())).status_code == 404
    assert ben.get(FEED, query(location=uuid4())).status_code == 404


def test_the_calendar_remembers_the_location_looked_at_last(ben: Client, salon: Location) -> None:
    other = location("Zur Post", zone="Asia/Kolkata")
    ben.get("/calendar/", query(location=other.pk))

    assert ben.get("/calendar/").context["place"] == other


def test_each_location_has_its_own_today(ben: Client, salon: Location) -> None:
    apia = location("Apia", zone="Pacific/Apia", country="WS", currency="WST")
    honolulu = location("Honolulu", zone="Pacific/Honolulu", country="US", currency="USD")

    days = [
        ben.get("/calendar/", query(location=place.pk)).context["day"].isoformat()
        for place in (apia, honolulu)
    ]

    assert days == ["2027-03-01", "2027-02-28"]


def test_without_a_location_there_is_a_word_instead_of_a_calendar(ben: Client) -> None:
    answer = ben.get("/calendar/")

    assert answer.status_code == 200
    assert "There is no calendar for you yet" in answer.content.decode()


def test_a_practitioner_sees_the_own_column_only(paula: Client, salon: Location) -> None:
    booked(client("Mara Winter"), staff=staff("Dina Falk"))

    fed = paula.get(FEED, query(location=salon.pk)).json()

    assert [person["name"] for person in fed["staff"]] == ["Paula Practice"]
    assert fed["appointments"] == []


def test_a_practitioner_cannot_look_at_a_location_of_others(paula: Client) -> None:
    elsewhere = location("Uptown")
    staff("Ugo Ferri", place=elsewhere)

    assert paula.get("/calendar/", query(location=elsewhere.pk)).status_code == 404
    assert paula.get(FEED, query(location=elsewhere.pk)).status_code == 404


def test_whoever_books_nobody_gets_no_booking_panel(bo: Client, dina: Staff) -> None:
    page = bo.get("/calendar/").content.decode()

    assert "New booking" not in page
    assert 'data-may-book=""' in page


def test_a_link_opens_the_panel_for_a_customer(ben: Client, dina: Staff) -> None:
    mara = client("Mara Winter")

    page = ben.get("/calendar/", query(new="1", customer=mara.pk, service=service().pk))

    form = page.context["panel"]
    assert form["open"]
    assert form["customer"] == mara


def test_a_hostile_name_stays_text(ben: Client, dina: Staff) -> None:
    booked(client("</script><script>alert(1)</script> <b>"), staff=dina)

    page = ben.get("/calendar/").content.decode()

    assert "<script>alert(1)" not in page


PAGES = {
    "calendar": "/calendar/",
    "feed": "/calendar/feed/?location={salon}",
    "open_times": "/calendar/open-times/?location={salon}",
    "appointment": "/appointments/{made}/",
    "card": "/appointments/{made}/card/",
    "move": "/appointments/{made}/move/",
    "cancel": "/appointments/{made}/cancel/",
    "reopen": "/appointments/{made}/reopen/",
}
SEES = {"Front desk", "Practitioner", "Billing", "Manager", "Administrator"}
BOOKS = {"Front desk", "Practitioner", "Manager"}
ROLES: dict[str, set[str]] = {
    "calendar": SEES,
    "feed": SEES,
    "appointment": SEES,
    "card": SEES,
    "open_times": BOOKS,
    "move": BOOKS,
    "cancel": BOOKS,
    "reopen": BOOKS,
}


@pytest.mark.parametrize("role", [*sorted(SEES), None])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_page_opens_for_the_roles_that_need_it(
    role: str | None, name: str, salon: Location
) -> None:
    user = person(role)
    own = staff("Paula Practice", user=user if role == "Practitioner" else None)
    made = booked(staff=own)
    path = PAGES[name].format(salon=salon.pk, made=made.pk)

    answer = signed_in(user).get(path)

    assert answer.status_code == (200 if role in ROLES[name] else 403)


ACTS = ("reschedule", "move_back", "complete", "no_show", "undo_cancellation", "notes")


@pytest.mark.parametrize("role", ["Billing", "Administrator", None])
@pytest.mark.parametrize("name", [*ACTS, "cancel", "reopen", "confirm_cancellation"])
def test_nobody_without_the_right_changes_anything(role: str | None, name: str) -> None:
    made = booked()

    answer = signed_in(person(role)).post(reverse(f"scheduling:{name}", args=[made.pk]))

    made.refresh_from_db()
    assert answer.status_code == 403
    assert made.version == 1


@pytest.mark.parametrize("name", [*ACTS, "cancel", "reopen", "confirm_cancellation"])
def test_a_practitioner_does_not_even_see_a_colleagues_appointment(
    name: str, paula: Client
) -> None:
    made = booked(staff=staff("Dina Falk"))

    answer = paula.post(reverse(f"scheduling:{name}", args=[made.pk]), {"reason": "Mine now"})

    made.refresh_from_db()
    assert answer.status_code == 404
    assert made.version == 1


def test_an_unknown_appointment_is_not_found(ben: Client) -> None:
    unknown = uuid4()

    assert ben.get(f"/appointments/{unknown}/").status_code == 404
    assert ben.get("/appointments/17/").status_code == 404
    assert ben.post(f"/appointments/{unknown}/complete/").status_code == 404


def test_without_signing_in_every_page_asks_for_it(salon: Location) -> None:
    made = booked(start=MONDAY_9)

    for path in PAGES.values():
        address = path.format(salon=salon.pk, made=made.pk)
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")
