"""Pages of recurring visits: see all dates before, leave some out, change, pause, end."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from scheduling.models import Appointment, Series
from tests.factories.clients import signed_in
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff

pytestmark = pytest.mark.django_db
NEXT_WEEK = MONDAY_9 + timedelta(days=7)


@pytest.fixture
def desk() -> Client:
    return signed_in(person("Front desk"))


def asked(**values: Any) -> dict[str, Any]:
    start = NEXT_WEEK.astimezone(location().time_zone)
    hired = values.pop("staff", None) or staff("Dina Falk")
    return {
        "location": str(location().pk),
        "customer": str(client().pk),
        "service": str(service().pk),
        "staff": str(hired.pk),
        "date": f"{start:%Y-%m-%d}",
        "time": f"{start:%H:%M}",
        "interval": "1",
        "unit": "week",
        "monthly": "same_day",
        "ends": "after",
        "count": "3",
    } | values


def test_the_dates_are_shown_with_what_stands_against_them(desk: Client) -> None:
    hired = staff("Dina Falk")
    booked(staff=hired, start=NEXT_WEEK + timedelta(weeks=1))

    answer = desk.post("/series/new/", asked(staff=hired))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "1 of 3 cannot be booked" in text
    assert "Dina Falk is booked" in text
    assert not Series.objects.exists()


def test_without_the_refused_date_the_others_are_booked(desk: Client) -> None:
    hired = staff("Dina Falk")
    booked(staff=hired, start=NEXT_WEEK + timedelta(weeks=1))
    refused = asked(staff=hired, book="1")

    assert desk.post("/series/new/", refused).status_code == 422
    assert not Series.objects.exists()
    day = (NEXT_WEEK + timedelta(weeks=1)).astimezone(location().time_zone).date()
    answer = desk.post("/series/new/", refused | {"leave_out": [str(day)]}, follow=True)

    series = Series.objects.get()
    assert answer.redirect_chain == [(series.get_absolute_url(), 302)]
    assert "2 visits are booked" in answer.content.decode()
    assert series.visits.count() == 2
    assert list(series.left_out) == [str(day)]


def test_all_refused_dates_are_left_out_at_once(desk: Client) -> None:
    hired = staff("Dina Falk")
    booked(staff=hired, start=NEXT_WEEK + timedelta(weeks=1))

    text = desk.post("/series/new/", asked(staff=hired, leave_refused="1")).content.decode()

    assert "all others are free" in text
    assert "Book 2 visits" in text
    assert not Series.objects.exists()


def test_a_page_that_was_just_opened_reproaches_nobody(desk: Client) -> None:
    answer = desk.get("/series/new/", {"location": str(location().pk)})

    assert answer.status_code == 200
    assert "errorlist" not in answer.content.decode()
    assert "No customer is chosen" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"interval": "0"}, "greater than or equal to 1"),
        ({"count": "1000000"}, "less than or equal to 500"),
        ({"count": ""}, "After how many visits?"),
        ({"ends": "on", "until": ""}, "On which day?"),
        ({"ends": "on", "until": "2001-01-01"}, "It would end before it begins."),
        ({"unit": "hour"}, "Select a valid choice"),
        ({"date": "2001-02-30"}, "This is not a date."),
        ({"leave_out": ["yesterday"]}, "Select a valid choice"),
        ({"customer": "7"}, "valid UUID"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    desk: Client, wrong: dict[str, Any], text: str
) -> None:
    answer = desk.post("/series/new/", asked(book="1", **wrong))

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Appointment.objects.exists()


def test_the_booking_panel_leads_there_without_notes_in_the_address(desk: Client) -> None:
    values = asked()
    chosen = {name: values[name] for name in ("location", "customer", "service", "staff", "date")}

    answer = desk.get("/series/new/", chosen | {"time": "other", "other_time": "10:00"})
    sent = desk.get("/series/new/", chosen, headers={"HX-Request": "true"})

    assert "Every week on" in answer.content.decode()
    assert sent.status_code == 204
    assert sent.headers["HX-Redirect"].startswith("/series/new/?location=")


def test_a_visit_leads_to_its_series_and_a_single_one_can_be_repeated(desk: Client) -> None:
    desk.post("/series/new/", asked(book="1"))
    series = Series.objects.get()
    visit = series.visits.order_by("start_at").first()
    assert visit is not None

    of_series = desk.get(visit.get_absolute_url()).content.decode()
    alone = desk.get(booked().get_absolute_url()).content.decode()

    assert series.get_absolute_url() in of_series
    assert "Repeat…" not in of_series
    assert "/series/new/?location=" in alone


def test_this_visit_and_all_that_follow_go_to_another_time(desk: Client) -> None:
    values = asked(book="1")
    desk.post("/series/new/", values)
    series = Series.objects.get()
    second = series.visits.order_by("start_at")[1]
    url = f"{series.get_absolute_url()}change/?from={second.occurs_on}"
    assert desk.get(url).status_code == 200

    later = {
        **{name: values[name] for name in ("staff", "interval", "unit", "monthly", "ends")},
        "date": str(second.occurs_on),
        "weekdays": [str(second.occurs_on.weekday())] if second.occurs_on else [],
        "time": "15:00",
        "count": "2",
        "version": str(series.version),
    }
    answer = desk.post(url, later)

    assert answer.status_code == 302
    new = Series.objects.get(continues=series)
    zone = new.time_zone
    times = [f"{one.start_at.astimezone(zone):%H:%M}" for one in new.visits.order_by("start_at")]
    assert times == ["15:00", "15:00"]
    assert series.visits.count() == 1
    assert new.rule == series.rule, "only the time changed"


def test_a_series_is_paused_resumed_and_ended(desk: Client) -> None:
    desk.post("/series/new/", asked(book="1"))
    series = Series.objects.get()
    day, url = str(NEXT_WEEK.date() - timedelta(days=1)), series.get_absolute_url()

    assert "Say why, please." in desk.post(f"{url}pause/", {"from_date": day}).content.decode()
    assert desk.post(f"{url}pause/", {"from_date": day, "reason": "Ill"}).status_code == 302
    assert "Paused" in desk.get(url).content.decode()
    assert desk.post(f"{url}resume/", {"from_date": day}).status_code == 302
    assert series.visits.filter(status="booked").count() == 3
    assert (
        desk.post(
            f"{url}end/", {"from_date": day, "reason": "Moves", "canceled_by": "customer"}
        ).status_code
        == 302
    )
    assert series.visits.filter(status="booked").count() == 0
    again = desk.post(
        f"{url}end/", {"from_date": day, "reason": "Moves", "canceled_by": "customer"}
    )
    assert (again.status_code, "has ended" in again.content.decode()) == (422, True)


def test_the_list_finds_those_with_dates_left_out(desk: Client) -> None:
    desk.post("/series/new/", asked(book="1"))
    Series.objects.update(left_out={"2027-01-01": "Closed: New Year."})

    assert "1 left out" in desk.get("/series/", {"show": "left-out"}).content.decode()
    Series.objects.update(left_out={}, status="ended")
    assert "No series here" in desk.get("/series/").content.decode()
    assert Series.objects.get().code in desk.get("/series/", {"show": "all"}).content.decode()


def test_a_colleagues_series_is_hidden_from_a_practitioner(desk: Client) -> None:
    desk.post("/series/new/", asked(book="1"))
    series = Series.objects.get()
    ann = person("Practitioner")
    staff("Ann Berg", user=ann)

    assert signed_in(ann).get(series.get_absolute_url()).status_code == 404
    assert signed_in(ann).post(f"{series.get_absolute_url()}end/").status_code == 404
    assert series.code not in signed_in(ann).get("/series/").content.decode()


def test_the_number_of_queries_does_not_grow_with_the_series(
    desk: Client, django_assert_max_num_queries: Any
) -> None:
    desk.post("/series/new/", asked(book="1", count="2"))
    few = Series.objects.get()
    desk.post("/series/new/", asked(book="1", count="40", unit="day", staff=staff("Ann Berg")))
    many = Series.objects.exclude(pk=few.pk).get()

    with django_assert_max_num_queries(30) as counted:
        desk.get(few.get_absolute_url())
    of_few = len(counted)
    with django_assert_max_num_queries(of_few):
        desk.get(many.get_absolute_url())
