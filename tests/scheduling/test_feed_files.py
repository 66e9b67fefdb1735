"""What a subscribed calendar reads, parsed back from the file."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from hub.models import Business
from scheduling.attendance import complete_appointment, mark_no_show
from scheduling.booking import annotate_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment
from scheduling.event_files import event_file
from scheduling.feed_files import AHEAD, PAST, Entry, FeedFile
from scheduling.models import Appointment, FeedDetails, Location, Staff
from scheduling.states import AppointmentStatus
from tests.factories.people import SETUP
from tests.factories.scheduling import (
    MONDAY_9,
    booked,
    client,
    feed,
    location,
    room,
    service,
    staff,
)
from tests.scheduling.subscribed import SUNDAY, events, file, titles

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def salon() -> Location:
    return location(street="Hafenstraße 12", postal_code="20457", city="Hamburg")


@pytest.fixture
def dina(salon: Location) -> Staff:
    return staff("Dina Falk", place=salon)


def test_it_tells_who_comes_for_what_when_and_where(dina: Staff) -> None:
    offered = service("Massage", rooms_needed=1)
    dina.services.add(offered)
    room(place=dina.location)
    visit = booked(client("Mara Winter"), staff=dina, service=offered)

    (event,) = events(feed(dina))

    assert str(event["summary"]) == "Massage · Mara W."
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (visit.start_at, visit.end_at)
    assert str(event["location"]) == "Harbor Street, Hafenstraße 12, 20457 Hamburg"
    assert str(event["description"]) == "Booked\nRoom 1"
    assert str(event["status"]) == "CONFIRMED"
    assert str(event["url"]).endswith(f"/appointments/{visit.pk}/")


def test_that_of_a_location_tells_of_everybody_there_and_of_nobody_else(dina: Staff) -> None:
    booked(client("Mara Winter"), staff=dina)
    booked(client("Ole Berg"), staff=staff("Jo"), start=MONDAY_9 + timedelta(hours=1))
    booked(staff=staff("Far", place=location("Hill Street")))

    assert titles(feed(dina.location)) == [
        "Haircut · Mara W. · Dina Falk",
        "Haircut · Ole B. · Jo",
    ]
    assert titles(feed(dina)) == ["Haircut · Mara W."]


@pytest.mark.parametrize(
    ("name", "company", "told"),
    [("Mara Winter", "", "Mara W."), ("Mara", "", "Mara"), ("", "Winter GmbH", "Winter GmbH")],
)
def test_a_customer_is_named_as_far_as_it_takes_to_expect_them(
    dina: Staff, name: str, company: str, told: str
) -> None:
    booked(client(name, company=company), staff=dina)

    assert titles(feed(dina)) == [f"Haircut · {told}"]


def test_busy_tells_the_time_and_nothing_else(dina: Staff) -> None:
    visit = booked(client("Mara Winter"), staff=dina)
    busy = FeedDetails.BUSY

    (event,) = events(feed(dina, details=busy))

    assert str(event["summary"]) == "Busy"
    assert event.decoded("dtstart") == visit.start_at
    assert not {"location", "description", "url", "organizer", "attendee"} & set(event)
    assert titles(feed(dina.location, details=busy)) == ["Busy · Dina Falk"]


def test_nothing_for_staff_only_and_no_contact_leaves_the_house(dina: Staff) -> None:
    visit = booked(client("Mara Winter", email="mara@winter.example"), staff=dina)
    annotate_appointment(visit.pk, notes="Allergic to henna", by=SETUP)

    text = file(feed(dina)).render().decode()

    assert [word for word in ("henna", "mara@", "49.00", "Winter") if word in text] == []


def test_the_entry_is_that_of_the_messages_to_the_customer_and_follows_the_appointment(
    dina: Staff,
) -> None:
    visit = booked(staff=dina)
    made = feed(dina)
    (before,) = events(made)
    moved = reschedule_appointment(
        visit.pk, start_at=MONDAY_9 + timedelta(hours=2), at=SUNDAY, by=SETUP
    )

    (after,) = events(made)

    sent = event_file(moved, method="REQUEST", attendee="mara@winter.example", stamped_at=SUNDAY)
    (letter,) = Calendar.from_ical(sent).walk("VEVENT")
    assert str(before["uid"]) == str(after["uid"]) == str(letter["uid"])
    assert before.decoded("sequence") < after.decoded("sequence") == letter.decoded("sequence")
    assert after.decoded("dtstart") == MONDAY_9 + timedelta(hours=2)


def test_it_is_stamped_with_the_last_change_and_not_with_the_reading(dina: Staff) -> None:
    visit = booked(staff=dina)
    changed_at = visit.history.latest("history_id").history_date.replace(microsecond=0)

    (event,) = events(feed(dina))

    assert event.decoded("dtstamp") == event.decoded("last-modified") == changed_at


def test_what_took_place_stays_and_what_was_canceled_goes(dina: Staff) -> None:
    hours = [booked(staff=dina, start=MONDAY_9 + timedelta(hours=count)) for count in range(4)]
    complete_appointment(hours[0].pk, at=hours[0].end_at, by=SETUP)
    mark_no_show(hours[1].pk, at=hours[1].end_at, by=SETUP)
    cancel_appointment(hours[2].pk, reason="Ill", at=SUNDAY, by=SETUP)

    told = [str(event["description"]) for event in events(feed(dina))]

    assert told == ["Completed", "No-show", "Booked"]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (AppointmentStatus.REQUESTED, ["TENTATIVE"]),
        (AppointmentStatus.DECLINED, []),
    ],
)
def test_what_waits_for_an_answer_is_tentative(
    dina: Staff, status: AppointmentStatus, told: list[str]
) -> None:
    Appointment.objects.filter(pk=booked(staff=dina).pk).update(status=status)

    assert [str(event["status"]) for event in events(feed(dina))] == told


def test_it_reaches_from_thirty_days_back_to_a_year_ahead(dina: Staff) -> None:
    visit, made = booked(staff=dina), feed(dina)
    moment = timedelta(seconds=1)

    seen = [
        len(events(made, at=at))
        for at in (
            visit.end_at + PAST - moment,
            visit.end_at + PAST,
            visit.start_at - AHEAD + moment,
            visit.start_at - AHEAD,
        )
    ]

    assert (PAST.days, AHEAD.days) == (30, 365)
    assert seen == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("start", "wall"),
    [
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "01:30 – 03:30"),  # the clocks go forward
        (datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "02:30 – 02:30"),  # and back
        (datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "02:30 – 03:30"),  # the second 02:30
    ],
)
def test_an_hour_is_an_hour_on_the_days_when_the_clocks_change(
    salon: Location, start: datetime, wall: str
) -> None:
    night = staff("Nico", place=salon, hours="00:00–24:00")
    an_hour = service("Long", duration_minutes=60)
    night.services.add(an_hour)
    booked(staff=night, service=an_hour, start=start)

    (event,) = events(feed(night), at=start)

    begins, ends = event.decoded("dtstart"), event.decoded("dtend")
    assert ends - begins == timedelta(hours=1)
    assert begins == start
    assert f"{begins.astimezone(BERLIN):%H:%M} – {ends.astimezone(BERLIN):%H:%M}" == wall


def test_the_calendar_is_named_and_says_how_often_to_look(dina: Staff) -> None:
    Business.objects.create(name="Harbor Hair")

    calendar = Calendar.from_ical(file(feed(dina)).render())

    assert str(calendar["x-wr-calname"]) == str(calendar["name"]) == "Dina Falk · Harbor Hair"
    assert str(calendar["x-published-ttl"]) == "PT15M"
    assert calendar["refresh-interval"].params["VALUE"] == "DURATION"
    assert calendar.decoded("refresh-interval") == timedelta(minutes=15)
    assert "method" not in calendar


def test_odd_names_do_not_break_the_lines(dina: Staff) -> None:
    odd = "Ma;ra,\\\u202e\U0001f600" + "ü" * 60
    booked(client(f"{odd} W"), staff=dina)

    text = file(feed(dina)).render()

    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["summary"]) == f"Haircut · {odd} W."


def test_a_line_break_in_a_name_makes_no_property(dina: Staff) -> None:
    booked(client("Eve\r\nATTENDEE:mailto:eve@evil.example X"), staff=dina)

    (event,) = events(feed(dina))

    assert "attendee" not in event


def test_it_costs_the_same_for_one_appointment_and_for_fifty(dina: Staff) -> None:
    made, counts = feed(dina), []
    file(made)  # the first reading is noted
    for first, last in ((0, 1), (1, 50)):
        for number in range(first, last):
            booked(staff=dina, start=MONDAY_9 + timedelta(days=number))
        with CaptureQueriesContext(connection) as queries:
            found = file(made)
        counts.append(len(queries))

    assert len(found.entries) == 50
    assert counts[0] == counts[1] == 5


def test_it_is_named_the_same_until_something_changes(dina: Staff) -> None:
    visit, made = booked(client("Mara Winter"), staff=dina), feed(dina)
    first = file(made)
    later = file(made, at=SUNDAY + timedelta(hours=1))

    annotate_appointment(visit.pk, notes="Changed", by=SETUP)
    changed = file(made)

    assert first.etag == later.etag
    assert first.render() == later.render()
    assert first.etag != changed.etag


def test_the_form_of_an_entry_is_a_part_of_the_name_of_the_file() -> None:
    """Whoever changes what is written here raises ``FORM``: readers have the old one."""
    pk = UUID("01980000-0000-7000-8000-000000000000")
    end = MONDAY_9 + timedelta(hours=1)
    entry = Entry(
        pk, 3, SUNDAY, MONDAY_9, end, is_certain=True, title="Cut", place="Here", notes="Booked"
    )

    text = FeedFile("Dina", [entry], is_linked=False).render().decode()

    assert text.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//hub//appointments//EN",
        "NAME:Dina",
        "X-WR-CALNAME:Dina",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "BEGIN:VEVENT",
        "SUMMARY:Cut",
        "DTSTART:20270301T090000Z",
        "DTEND:20270301T100000Z",
        "DTSTAMP:20270228T090000Z",
        f"UID:{pk}@localhost",
        "SEQUENCE:3",
        "DESCRIPTION:Booked",
        "LAST-MODIFIED:20270228T090000Z",
        "LOCATION:Here",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
