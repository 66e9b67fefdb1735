"""Classes in the browser: planned for weeks, filled, moved and canceled."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hub import access
from hub.actors import Actor
from scheduling.booking import Booking, book_appointment
from scheduling.feed import day_feed
from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import Appointment, GroupSession, Location, OnlineBooking, Service, Staff
from scheduling.selfservice.moving import move_by_link
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import MONDAY_9, client, location, service, staff
from tests.scheduling.planned import planned
from tests.scheduling.web.conftest import NOW
from tests.scheduling.web.test_online_pages import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def yoga(salon: Location) -> Service:
    return service("Yoga", seats=3, duration_minutes=60)


@pytest.fixture
def kim(yoga: Service) -> Staff:
    return staff("Kim", services=[yoga])


def sit(session: GroupSession, name: str = "Mara Winter") -> Appointment:
    asked = Booking(client(name).pk, session.service_id, session.staff_id, session.start_at)
    return book_appointment(asked, at=NOW, by=SETUP)


def plan(browser: Client, yoga: Service, kim: Staff, **values: Any) -> Any:
    usual = {
        "location": location().pk,
        "service": yoga.pk,
        "staff": kim.pk,
        "date": "2027-03-22",
        "time": "18:00",
        "weeks": "2",
    }
    return browser.post("/classes/new/", usual | values)


def test_it_is_planned_for_weeks_at_the_same_time_of_day(
    ben: Client, yoga: Service, kim: Staff
) -> None:
    answer = plan(ben, yoga, kim)

    starts = GroupSession.objects.order_by("start_at").values_list("start_at", flat=True)
    # The clocks go forward between them.
    assert [f"{start:%m-%d %H:%M}" for start in starts] == ["03-22 17:00", "03-29 16:00"]
    assert answer["Location"] == "/classes/"
    listed = ben.get("/classes/").text
    assert "2 classes of Yoga are planned." in listed
    assert "0 of 3" in listed


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"time": ""}, "Choose a time."),
        ({"service": ""}, "Choose a service."),
        ({"weeks": "53"}, "less than or equal to 52"),
        ({"date": "2027-02-01"}, "for a time to come"),
        ({"time": "03:00"}, "does not work then"),
        ({"date": "2027-03-28", "time": "02:30"}, "do not exist|skip"),
    ],
)
def test_what_cannot_be_planned_is_said_at_its_field(
    ben: Client, yoga: Service, kim: Staff, values: dict[str, str], said: str
) -> None:
    answer = plan(ben, yoga, kim, **values)

    assert answer.status_code == 422
    assert any(words in answer.text for words in said.split("|")), answer.text
    assert not GroupSession.objects.exists()


def test_without_a_service_with_seats_the_page_says_what_to_do(ben: Client, dina: Staff) -> None:
    assert "No service has classes here." in ben.get("/classes/new/").text
    assert "No class is planned" in ben.get("/classes/").text


def test_the_page_of_a_class_lists_who_comes_and_leads_to_another_seat(ben: Client) -> None:
    session = planned(MONDAY_9)
    mine = sit(session)

    shown = ben.get(f"/classes/{session.pk}/").text
    link = (
        f"/calendar/?new=1&amp;location={session.location_id}&amp;date=2027-03-01"
        f"&amp;service={session.service_id}&amp;staff={session.staff_id}&amp;time=10:00"
    )

    assert f'href="/appointments/{mine.pk}/"' in shown
    assert "1 of 3" in shown
    assert link in shown
    assert "Who else comes" in ben.get(f"/appointments/{mine.pk}/").text


def test_the_booking_panel_takes_a_seat(ben: Client) -> None:
    session = planned(MONDAY_9)

    answer = ben.post(
        "/appointments/",
        {
            "location": session.location_id,
            "customer": client().pk,
            "service": session.service_id,
            "staff": "",
            "date": "2027-03-01",
            "time": "10:00",
        },
    )

    assert answer.status_code == 200, answer.text
    assert Appointment.objects.get().session == session


def test_the_calendar_draws_a_class_once_with_how_many_come(ben: Client) -> None:
    session = planned(MONDAY_9)
    for name in ("Mara Winter", "Bo Lind", "Ida Berg"):
        sit(session, name)

    place = str(session.location_id)
    feed = json.loads(
        ben.get("/calendar/feed/", {"location": place, "date": "2027-03-01"}).content
    )

    (item,) = feed["appointments"]
    assert (item["customer"], item["service"]) == ("Yoga", "3 of 3 seats taken")
    assert item["url"] == f"/classes/{session.pk}/"
    assert (item["staff"], item["movable"]) == (str(session.staff_id), False)


def test_who_sees_only_their_own_column_sees_only_their_own_classes() -> None:
    session = planned(MONDAY_9)
    paula = person("Practitioner")
    browser = signed_in(paula)
    staff("Paula", user=paula)

    assert browser.get(f"/classes/{session.pk}/").status_code == 404
    assert "Yoga" not in browser.get("/classes/").text
    feed = day_feed(location(), MONDAY_9.date(), access.of_user(paula.pk), at=NOW)
    assert feed["appointments"] == []


def test_it_is_moved_with_everybody_who_comes(ben: Client) -> None:
    session = planned(MONDAY_9)
    mine = sit(session)
    path = f"/classes/{session.pk}/move/"

    asked = ben.get(path).text
    stale = ben.post(path, move(session, version=9))
    answer = ben.post(path, move(session))

    mine.refresh_from_db()
    assert "1 customer moves along and is told." in asked
    assert stale.status_code == 422
    assert answer["Location"] == f"/classes/{session.pk}/"
    assert mine.start_at == MONDAY_9 + timedelta(hours=2)


def move(session: GroupSession, **values: Any) -> dict[str, Any]:
    usual = {"date": "2027-03-01", "time": "12:00", "staff": session.staff_id}
    return usual | {"version": session.version} | values


def test_it_is_canceled_with_a_reason(ben: Client) -> None:
    session = planned(MONDAY_9)
    mine = sit(session)
    path = f"/classes/{session.pk}/cancel/"

    without = ben.post(path, {"reason": "", "version": session.version})
    ben.post(path, {"reason": "Kim is ill", "version": session.version})

    mine.refresh_from_db()
    assert without.status_code == 422
    assert (mine.status, mine.cancel_reason) == ("canceled", "Kim is ill")
    assert "Kim is ill" in ben.get("/classes/?show=canceled").text
    assert "Move…" not in ben.get(f"/classes/{session.pk}/").text


def test_seats_are_added_and_those_in_use_stay(ben: Client) -> None:
    session = planned(MONDAY_9)
    sit(session), sit(session, "Bo Lind")
    path = f"/classes/{session.pk}/seats/"

    refused = ben.post(path, {"seats": 1, "version": 1})
    ben.post(path, {"seats": 9, "version": 1})

    session.refresh_from_db()
    assert "Somebody has seat 2" in refused.text
    assert session.seats == 9


def test_a_seat_is_booked_on_the_public_page(ada_phone: Client) -> None:
    session = planned(MONDAY_9)
    Service.objects.update(books_online=True)
    Location.objects.update(books_online=True, booking_slug="harbor")
    times = f"/book/harbor/{session.service_id}/"

    offered = ada_phone.get(times, {"date": "2027-03-01"}).text
    ada_phone.get(f"{times}you/?start=2027-03-01T09:00Z")
    token = ada_phone.cookies["hub_csrf"].value
    form = typed(csrfmiddlewaretoken=token)
    kept = ada_phone.post(f"{times}keep/", form)
    answer = ada_phone.post(f"{times}you/", form)

    assert "10:00" in offered
    assert "11:15" not in offered
    assert "We keep this time" in kept.text
    assert answer.status_code == 302
    assert OnlineBooking.objects.get().appointment.session == session


def test_a_customer_with_a_link_changes_to_another_class() -> None:
    session = planned(MONDAY_9)
    (later,) = plan_classes(
        Plan(session.service_id, session.staff_id),
        [MONDAY_9 + timedelta(days=1)],
        at=NOW,
        by=SETUP,
    )
    mine = sit(session)

    move_by_link(
        mine.pk,
        start_at=later.start_at,
        schedule_version=1,
        at=NOW,
        by=Actor.customer_by_link(mine.customer_id),
    )

    mine.refresh_from_db()
    assert mine.session == later
