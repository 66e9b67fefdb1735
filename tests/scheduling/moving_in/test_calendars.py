"""Calendars (ICS) of an older system: times in every notation, people, and broken events."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.importing.tables import UnreadableFile
from scheduling.models import Appointment
from tests.scheduling.moving_in.files import (
    calendar,
    checked,
    event,
    moved_in,
    outcomes,
    salon,
    told,
    uploaded,
)

pytestmark = pytest.mark.django_db
TEN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
CUSTOM = """BEGIN:VTIMEZONE
TZID:Salon Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0530
TZOFFSETTO:+0530
END:STANDARD
END:VTIMEZONE"""


def test_an_event_becomes_an_appointment_of_whom_it_invites() -> None:
    done = moved_in(calendar(event("u1", "DESCRIPTION:Window seat\\, please")))

    assert outcomes(done) == ["booked"]
    found = Appointment.objects.get()
    assert (found.customer.name, found.staff.name) == ("Mara Winter", "Dina Falk")
    assert (found.start_at, found.end_at) == (TEN, TEN + timedelta(minutes=45))
    assert found.notes == "Window seat, please"


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ("DTSTART;TZID=Europe/Berlin:20270301T100000", TEN),
        ("DTSTART;TZID=W. Europe Standard Time:20270301T100000", TEN),
        ("DTSTART:20270301T090000Z", TEN),
        ("DTSTART:20270301T100000", TEN),
        ("DTSTART;TZID=America/New_York:20270301T040000", TEN),
        ("DTSTART;TZID=Asia/Kolkata:20270301T143000", TEN),
        ("DTSTART;TZID=Salon Time:20270301T143000", TEN),
        ("DTSTART;TZID=Europe/Berlin:20270328T033000", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Berlin:20271031T023000", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_start_is_understood_in_every_notation(start: str, instant: datetime) -> None:
    done = moved_in(calendar(CUSTOM, event("u1", start=start)))

    assert outcomes(done) == ["booked"]
    assert Appointment.objects.get().start_at == instant


def test_a_time_that_comes_twice_is_the_first_one_and_that_is_told() -> None:
    start = "DTSTART;TZID=Europe/Berlin:20271031T023000"

    assert "comes twice" in told(checked(calendar(event("u1", start=start))))[0][2][0]


def test_an_end_keeps_elapsed_time_over_the_change_of_the_clocks() -> None:
    start = "DTSTART;TZID=Europe/Berlin:20270328T013000"
    moved_in(calendar(event("u1", "DTEND;TZID=Europe/Berlin:20270328T033000", start=start)))

    found = Appointment.objects.get()
    assert found.end_at - found.start_at == timedelta(hours=1)


@pytest.mark.parametrize(
    ("lines", "start", "reason"),
    [
        ([], "DTSTART;TZID=Europe/Berlin:20270328T023000", "does not exist on March 28"),
        ([], "DTSTART;TZID=Nowhere/Land:20270301T100000", "“Nowhere/Land” is no time zone"),
        ([], "DTSTART;VALUE=DATE:20270301", "lasts whole days"),
        ([], "DTSTART:garbage", "no readable start"),
        ([], "X-NOTHING:1", "no readable start"),
        (["DURATION:-PT1H"], "DTSTART:20270301T090000Z", "“-60 min” is no duration"),
        (["DTEND:20270301T080000Z"], "DTSTART:20270301T090000Z", "ends before it starts"),
        (
            ["ATTENDEE;CUTYPE=ROOM:mailto:room@salon.example"],
            "DTSTART:20270301T090000Z",
            "No customer",
        ),
        (["SUMMARY:" + "x" * 300_000], "DTSTART:20270301T090000Z", "far too long"),
    ],
)
def test_an_event_that_cannot_be_used_says_why_and_hurts_no_other(
    lines: list[str], start: str, reason: str
) -> None:
    salon()
    good = event("good", start="DTSTART;TZID=Europe/Berlin:20270308T100000")

    done = moved_in(calendar(event("bad", *lines, start=start), good))

    assert outcomes(done) == ["rejected", "booked"]
    assert reason in " ".join(told(done)[0][2])


def test_the_first_person_invited_counts_and_never_the_host_or_a_room() -> None:
    invited = [
        "ORGANIZER;CN=Dina Falk:mailto:dina@salon.example",
        "ATTENDEE;CN=Dina Falk:mailto:dina@salon.example",
        "ATTENDEE;CUTYPE=ROOM;CN=Room 1:mailto:room@salon.example",
        "ATTENDEE;CN=Jo Doe:mailto:jo@x.example",
        "ATTENDEE;CN=Eva Lang:mailto:eva@x.example",
    ]

    done = moved_in(calendar(event("u1", *invited)))

    assert Appointment.objects.get().customer.name == "Jo Doe"
    assert told(done)[0][2] == ["2 people are invited; the first one counts."]


def test_a_canceled_event_is_noted_and_takes_no_time() -> None:
    done = moved_in(calendar(event("u1", "STATUS:CANCELLED"), event("u2")))

    assert outcomes(done) == ["noted", "booked"]
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["booked", "canceled"]


def test_an_event_comes_in_once_whatever_file_it_stands_in() -> None:
    moved_in(calendar(event("u1")))
    later = event("u2", start="DTSTART:20270302T090000Z")

    again = moved_in(calendar(later, event("u1"), event("u1", "SEQUENCE:2")))

    assert outcomes(again) == ["booked", "known", "known"]
    assert Appointment.objects.count() == 2


def test_an_event_whose_end_is_missing_swallows_no_other() -> None:
    broken = event("u1").removesuffix("END:VEVENT").strip()

    done = moved_in(calendar(broken, event("u2", start="DTSTART:20270302T090000Z")))

    assert outcomes(done) == ["booked", "booked"]


def test_alarms_and_attachments_are_skipped_unread_however_deep_and_long() -> None:
    depth = 50_000
    alarms = ["BEGIN:VALARM"] * depth + ["END:VALARM"] * depth
    attached = "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * 5_000_000

    done = moved_in(calendar(event("u1", *alarms, attached)))

    assert outcomes(done) == ["booked"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (calendar(), "holds no event"),
        (b"BEGIN:VCALENDAR\r\n" * 100_000, "holds no event"),
        (
            calendar(event("u1", "SUMMARY:Sch\xf6n")).decode().encode("cp1252"),
            "Export it as UTF-8",
        ),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused_at_once(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        uploaded(content)


def test_far_too_many_events_are_refused_before_any_is_read() -> None:
    with pytest.raises(UnreadableFile, match="Cut it into parts"):
        uploaded(calendar(*["BEGIN:VEVENT\r\nEND:VEVENT"] * 30_001))
