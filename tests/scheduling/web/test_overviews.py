"""The week, the month and the list of the calendar: what they show, and to whom."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from scheduling.attendance import complete_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Location, Staff
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.web.conftest import query
from tests.scheduling.web.overviews import MONDAY, VIEWS, opened, shown, text_of

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_groups_appointments_by_their_local_day(
    view: str, ben: Client, dina: Staff
) -> None:
    booked(client("Mara Winter"), staff=dina)
    booked(client("Ivo Petrov"), staff=dina, start=datetime(2027, 3, 2, 21, 0, tzinfo=BERLIN))

    assert shown(ben, view) == {MONDAY: ["Mara Winter"], date(2027, 3, 2): ["Ivo Petrov"]}
    assert "10:00" in text_of(ben, view)


@pytest.mark.parametrize(
    ("view", "title", "previous", "following"),
    [
        ("list", "Mar 1 – 7, 2027", "2027-02-22", "2027-03-08"),
        ("week", "Mar 1 – 7, 2027", "2027-02-22", "2027-03-08"),
        ("month", "March 2027", "2027-02-01", "2027-04-01"),
    ],
)
def test_a_view_says_its_days_and_leads_to_those_around(
    view: str, title: str, previous: str, following: str, ben: Client, dina: Staff
) -> None:
    page = opened(ben, view)

    assert page.context["frame"].title == title
    assert f"date={previous}&" in page.context["previous"]
    assert f"date={following}&" in page.context["next"]
    assert page.context["is_now"]
    assert "Berlin, UTC+1" in page.content.decode()


def test_a_week_begins_on_monday_whichever_day_is_asked_for(ben: Client, dina: Staff) -> None:
    week = opened(ben, "week", date="2027-01-02").context

    assert week["frame"].title == "Dec 28, 2026 – Jan 3, 2027"
    assert week["week"] == 53


def test_a_month_is_shown_in_whole_weeks(ben: Client, dina: Staff) -> None:
    weeks = opened(ben, "month", date="2027-04-15").context["weeks"]

    days = [day for week in weeks for day in week]
    assert (days[0].date, days[-1].date) == (date(2027, 3, 29), date(2027, 5, 2))
    assert [day.date.day for day in days if day.is_inside] == list(range(1, 31))


def test_the_list_can_be_as_long_as_a_month(ben: Client, dina: Staff) -> None:
    booked(client("Mara Winter"), staff=dina, start=MONDAY_9 + timedelta(days=30))

    assert shown(ben, "list") == {}
    assert shown(ben, "list", days=31) == {date(2027, 3, 31): ["Mara Winter"]}


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_leads_to_the_others_with_the_same_filters(
    view: str, ben: Client, salon: Location, dina: Staff
) -> None:
    page = opened(ben, view, date="2027-03-09", staff=dina.pk, status="booked")

    links = {link.label: link for link in page.context["views"]}
    assert list(links) == ["Day", "Week", "Month", "List"]
    assert [label for label, link in links.items() if link.is_current] == [view.title()]
    kept = f"?date=2027-03-09&location={salon.pk}&staff={dina.pk}&status=booked"
    assert [
        link.url.partition("?")[1] + link.url.partition("?")[2] for link in links.values()
    ] == [kept] * 4
    for link in links.values():
        assert link.url.replace("&", "&amp;") in page.content.decode()


def test_the_day_leads_to_the_other_views(ben: Client, salon: Location, dina: Staff) -> None:
    page = ben.get("/calendar/", query(date="2027-03-09", staff=dina.pk)).content.decode()

    for view in VIEWS:
        path = f"/calendar/{view}/?date=2027-03-09&amp;location={salon.pk}&amp;staff={dina.pk}"
        assert f'href="{path}"' in page


@pytest.mark.parametrize("view", VIEWS)
def test_filters_narrow_to_a_person_a_service_and_a_status(
    view: str, ben: Client, dina: Staff
) -> None:
    color = service("Color", category="Color")
    luc = staff("Luc Perrin", services=[service(), color], position=1)
    booked(client("Mara Winter"), staff=dina)
    done = booked(client("Ivo Petrov"), staff=luc, service=service())
    tinted = MONDAY_9 + timedelta(hours=2)
    booked(client("Nora Lind"), staff=luc, service=color, start=tinted)
    complete_appointment(done.pk, at=MONDAY_9 + timedelta(hours=1), by=SETUP)

    assert shown(ben, view, staff=luc.pk) == {MONDAY: ["Ivo Petrov", "Nora Lind"]}
    assert shown(ben, view, service=color.pk) == {MONDAY: ["Nora Lind"]}
    assert shown(ben, view, status="completed") == {MONDAY: ["Ivo Petrov"]}
    assert shown(ben, view, staff=dina.pk, status="completed") == {}
    assert "Clear the filters" in text_of(ben, view, staff=dina.pk, status="completed")


@pytest.mark.parametrize("view", VIEWS)
def test_what_was_canceled_is_shown_only_when_asked_for(
    view: str, ben: Client, dina: Staff
) -> None:
    made = booked(client("Mara Winter"), staff=dina)
    cancel_appointment(made.pk, reason="Ill", at=MONDAY_9 - timedelta(days=1), by=SETUP)

    assert shown(ben, view) == {}
    assert shown(ben, view, status="canceled") == {MONDAY: ["Mara Winter"]}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("staff", "person"),
        ("service", "service"),
        ("status", "status"),
        ("days", "number of days"),
    ],
)
def test_a_filter_that_means_nothing_is_said_and_left_out(
    view: str, name: str, words: str, ben: Client, dina: Staff
) -> None:
    booked(client("Mara Winter"), staff=dina)

    page = opened(ben, view, **{name: f"{uuid4()}' or 1=1"})

    assert f"There is no such {words} here" in page.content.decode()
    assert shown(ben, view, **{name: uuid4()}) == {MONDAY: ["Mara Winter"]}
    assert name not in page.context["look"].filters


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("day", ["yesterday", "2027-02-30", "9999-01-01", "\x00"])
def test_a_date_that_is_none_is_said_and_today_shown(
    view: str, day: str, ben: Client, dina: Staff
) -> None:
    page = opened(ben, view, date=day)

    assert "This is today." in page.content.decode()
    assert page.context["look"].day == MONDAY


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_of_time_can_be_looked_at(
    view: str, day: str, ben: Client, dina: Staff
) -> None:
    assert opened(ben, view, date=day, days=31).context["total"] == 0


@pytest.mark.parametrize("view", VIEWS)
def test_an_unknown_location_is_not_found(view: str, ben: Client, salon: Location) -> None:
    assert ben.get(f"/calendar/{view}/", query(location=uuid4())).status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_without_a_location_there_is_a_word_instead_of_a_view(view: str, ben: Client) -> None:
    assert "There is no calendar for you yet" in opened(ben, view).content.decode()


@pytest.mark.parametrize("view", VIEWS)
def test_a_practitioner_sees_the_own_days_only_and_no_prices(
    view: str, paula: Client, ben: Client, salon: Location
) -> None:
    mine = Staff.objects.get(name="Paula Practice")
    booked(client("Ivo Petrov"), staff=mine)
    dina = staff("Dina Falk")
    booked(client("Mara Winter"), staff=dina)

    assert shown(paula, view) == {MONDAY: ["Ivo Petrov"]}
    assert shown(paula, view, staff=dina.pk) == {MONDAY: ["Ivo Petrov"]}
    assert "Dina Falk" not in opened(paula, view).content.decode()
    assert "49" not in text_of(paula, view)
    assert "€49.00" in text_of(ben, "list")


@pytest.mark.parametrize("view", VIEWS)
def test_a_practitioner_cannot_look_at_a_location_of_others(view: str, paula: Client) -> None:
    elsewhere = location("Uptown")
    staff("Ugo Ferri", place=elsewhere)

    assert paula.get(f"/calendar/{view}/", query(location=elsewhere.pk)).status_code == 404


@pytest.mark.parametrize("view", VIEWS)
def test_only_who_may_book_is_led_to_booking(
    view: str, ben: Client, bo: Client, dina: Staff
) -> None:
    assert "New booking" in opened(ben, view).content.decode()
    assert "new=1" not in opened(bo, view).content.decode().split("<main")[1]


@pytest.mark.parametrize("view", VIEWS)
def test_a_hostile_name_stays_text(view: str, ben: Client, dina: Staff) -> None:
    booked(client('<script>alert(1)</script> "><b>'), staff=dina)

    assert "<script>alert(1)" not in opened(ben, view).content.decode()
