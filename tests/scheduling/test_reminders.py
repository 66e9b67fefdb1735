"""Reminders: once, at the right time, of the newest state, never in the night."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from hub import history
from hub.notifications.models import Notification, NotificationStatus
from hub.notifications.sending import send_due
from scheduling import letters
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment, cancel_with_undo, undo_cancellation
from scheduling.hours import read_hours
from scheduling.models import Appointment, Location
from scheduling.quiet import after_quiet, before_quiet
from tests.factories.people import DESK
from tests.factories.scheduling import MONDAY_9, client, location, service, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MARA = "mara@winter.example"
BOOKED_AT = MONDAY_9 - 5 * DAY
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = read_hours("0-8, 21-24", field="quiet_hours")


@pytest.fixture(autouse=True)
def clock() -> Any:
    """Messages are planned by the clock of the database, decided on by the given one."""
    with time_machine.travel(BOOKED_AT, tick=False):
        yield


def visit(
    start: datetime = MONDAY_9, *, zone: str | None = None, at: datetime = BOOKED_AT, **rules: Any
) -> Appointment:
    offered = service("Color", **rules)
    asked = Booking(
        client("Mara Winter", email=MARA, time_zone=zone).pk,
        offered.pk,
        staff(services=[offered]).pk,
        start,
    )
    made = book_appointment(asked, at=at, by=DESK)
    Notification.objects.filter(object_id=made.pk).update(planned_at=at)
    return made


def reminders() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=letters.REMINDER).order_by("object_version", "pk")
    return [(row.status, row.reason) for row in rows]


def subjects(at: datetime) -> list[str]:
    """Send what is due at ``at``; return the subjects of all reminders so far."""
    send_due(at=at)
    return [mail for mail in (str(sent.subject) for sent in mail.outbox) if "Reminder" in mail]


def test_a_reminder_goes_out_a_day_before_and_once() -> None:
    visit()

    early = subjects(MONDAY_9 - DAY - timedelta(seconds=1))
    due = [subjects(MONDAY_9 - DAY + timedelta(minutes=count)) for count in range(10)]

    assert early == []
    assert due == [["Reminder: Monday, March 1, 2027, 10:00 – 10:45"]] * 10
    assert reminders() == [("sent", "")]


def test_each_service_says_when_and_some_say_never() -> None:
    visit(reminder_minutes=0)

    assert reminders() == []


def test_it_tells_how_to_prepare_and_until_when_canceling_is_free() -> None:
    visit(instructions="Please come with dry hair.", late_fee_kind="flat", late_fee=20)
    change = {"cancellation_window_minutes": 60}
    Appointment.objects.update(**change)

    subjects(MONDAY_9 - DAY)

    body = mail.outbox[-1].body
    assert "Please come with dry hair." in body
    assert "Confirm, change or cancel it here:\n  http://127.0.0.1:8000/visits/" in body
    assert "free of charge until Monday, March 1, 2027, 09:00; later it costs €20.00." in body


def test_of_a_moved_appointment_only_the_new_time_is_reminded_of() -> None:
    made = visit()
    reschedule_appointment(
        made.pk, start_at=MONDAY_9 + 2 * DAY, at=BOOKED_AT + timedelta(hours=1), by=DESK
    )

    assert subjects(MONDAY_9 - DAY) == []
    assert subjects(MONDAY_9 + DAY) == ["Reminder: Wednesday, March 3, 2027, 10:00 – 10:45"]
    assert reminders() == [("not_sent", "superseded: it was moved"), ("sent", "")]


def test_nobody_is_reminded_of_what_was_canceled() -> None:
    made = visit()
    cancel_appointment(made.pk, reason="Ill", at=BOOKED_AT, by=DESK)

    assert subjects(MONDAY_9 - DAY) == []
    assert reminders() == [("not_sent", "the appointment was canceled")]


def test_an_undone_cancellation_is_reminded_of_again() -> None:
    made = visit()
    until = BOOKED_AT + timedelta(minutes=15)
    cancel_with_undo(made.pk, reason="Deleted", undo_until=until, at=BOOKED_AT, by=DESK)
    undo_cancellation(made.pk, at=BOOKED_AT, by=DESK)

    assert len(subjects(MONDAY_9 - DAY)) == 1


def test_who_books_for_today_is_not_reminded_and_the_record_says_why() -> None:
    visit(at=MONDAY_9 - timedelta(hours=3))

    assert subjects(MONDAY_9 - timedelta(hours=2)) == []
    assert reminders() == [("not_sent", "it was booked after the time for a reminder")]


def test_what_is_over_when_the_mail_server_is_back_is_not_told() -> None:
    visit()

    assert subjects(MONDAY_9 + timedelta(hours=2)) == []
    assert reminders() == [("not_sent", "its time is over")]


def test_it_comes_the_evening_before_rather_than_in_the_night() -> None:
    """Six in the morning, six hours before noon, is quiet: nine in the evening it is."""
    visit(datetime(2027, 3, 1, 11, 0, tzinfo=UTC), reminder_minutes=6 * 60)

    assert Notification.objects.get(kind=letters.REMINDER).due_at == datetime(
        2027, 2, 28, 20, 0, tzinfo=UTC
    )


def test_quiet_hours_are_those_of_the_customers_own_clock() -> None:
    visit(zone="Asia/Tokyo")  # 18:00 there, eight hours before the 10:00 of Berlin

    (planned,) = Notification.objects.filter(kind=letters.REMINDER)

    assert planned.due_at == MONDAY_9 - DAY


def test_after_an_outage_it_waits_for_the_morning() -> None:
    visit(datetime(2027, 3, 1, 13, 0, tzinfo=UTC))
    night = datetime(2027, 2, 28, 23, 0, tzinfo=UTC)  # midnight in Berlin

    assert subjects(night) == []
    assert reminders() == [("planned", "held: quiet hours until 08:00")]
    assert len(subjects(datetime(2027, 3, 1, 7, 0, tzinfo=UTC))) == 1


def test_the_attached_entry_is_one_and_the_same_and_follows_the_appointment() -> None:
    made = visit()
    send_due(at=BOOKED_AT)
    reschedule_appointment(
        made.pk, start_at=MONDAY_9 + DAY, at=BOOKED_AT + timedelta(hours=1), by=DESK
    )
    send_due(at=BOOKED_AT + timedelta(hours=2))
    cancel_appointment(made.pk, reason="Ill", at=BOOKED_AT + timedelta(hours=3), by=DESK)
    send_due(at=BOOKED_AT + timedelta(hours=4))

    entries = [_entry(sent) for sent in mail.outbox]

    assert [entry["status"] for entry in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [entry["method"] for entry in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert len({entry["uid"] for entry in entries}) == 1
    sequences = [entry["sequence"] for entry in entries]
    assert sequences == sorted(set(sequences))
    assert [entry["start"] for entry in entries] == [MONDAY_9, MONDAY_9 + DAY, MONDAY_9 + DAY]
    assert {entry["attendee"] for entry in entries} == {f"mailto:{MARA}"}


def _entry(sent: Any) -> dict[str, Any]:
    (_, content, kind) = sent.attachments[0]
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert f"method={calendar['method']}" in kind
    return {
        "method": str(calendar["method"]),
        "uid": str(event["uid"]),
        "sequence": event.decoded("sequence"),
        "status": str(event["status"]),
        "start": event.decoded("dtstart"),
        "attendee": str(event["attendee"]),
    }


def test_nothing_for_staff_only_leaves_the_house() -> None:
    made = visit()
    Appointment.objects.filter(pk=made.pk).update(notes="Allergic to henna")

    send_due(at=BOOKED_AT)

    (sent,) = mail.outbox
    assert "henna" not in str(sent.message())


@pytest.mark.parametrize(
    ("wall", "before", "after"),
    [
        ("2027-02-28 12:00", "2027-02-28 12:00", "2027-02-28 12:00"),
        ("2027-02-28 21:00", "2027-02-28 21:00", "2027-03-01 08:00"),
        ("2027-03-01 07:59", "2027-02-28 21:00", "2027-03-01 08:00"),
        ("2027-03-01 08:00", "2027-03-01 08:00", "2027-03-01 08:00"),
        ("2027-03-28 04:00", "2027-03-27 21:00", "2027-03-28 08:00"),  # the clocks go forward
    ],
)
def test_nights_are_one_stretch_over_midnight(wall: str, before: str, after: str) -> None:
    moment = datetime.fromisoformat(wall).replace(tzinfo=BERLIN)

    found = [
        f"{edge(moment, NIGHT, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}"
        for edge in (before_quiet, after_quiet)
    ]

    assert found == [before, after]


def test_a_location_without_quiet_hours_disturbs_at_any_time() -> None:
    place: Location = location()
    place.quiet_hours = read_hours("", field="quiet_hours")
    history.save(place, fields=["quiet_hours"], by=DESK)
    visit(datetime(2027, 3, 1, 11, 0, tzinfo=UTC), reminder_minutes=6 * 60)

    (planned,) = Notification.objects.filter(kind=letters.REMINDER)

    assert planned.due_at == datetime(2027, 3, 1, 5, 0, tzinfo=UTC)
    assert planned.status == NotificationStatus.PLANNED
