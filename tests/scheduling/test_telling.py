"""What customers are told, when, and when they are told nothing."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from customers.models import Customer
from hub.actors import Actor
from hub.models import Business
from hub.notifications.models import Notification, NotificationStatus
from hub.notifications.sending import send_due
from scheduling import letters
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import (
    cancel_appointment,
    cancel_with_undo,
    confirm_cancellation,
    undo_cancellation,
)
from scheduling.linking import address_for, open_link
from scheduling.models import Appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.trails import minutes

pytestmark = pytest.mark.django_db
AFTER_UNDO = timedelta(seconds=7)
MARA = "mara@winter.example"


@pytest.fixture
def desk() -> Actor:
    return actor(person("Front desk"))


@pytest.fixture
def appointment(desk: Actor) -> Appointment:
    """An appointment that the front desk made just now, for a customer with an address."""
    Business.objects.create(name="Salon & Co")
    return made(desk, client("Mara Winter", email=MARA))


def made(desk: Actor, customer: Customer, start: datetime = MONDAY_9) -> Appointment:
    place = location(street="Harbor Street 1", postal_code="20457", city="Hamburg")
    asked = Booking(customer.pk, service().pk, staff(place=place).pk, start)
    return book_appointment(asked, at=timezone.now(), by=desk)


def sent_after(delay: timedelta = AFTER_UNDO) -> list[str]:
    """Send what is due ``delay`` from now; return the subjects of all mails so far."""
    send_due(at=timezone.now() + delay)
    return [str(message.subject) for message in mail.outbox]


def decisions() -> list[tuple[str, str, str]]:
    rows = Notification.objects.exclude(kind=letters.REMINDER).order_by("planned_at", "pk")
    return [(row.kind.removeprefix("appointment_"), row.status, row.reason) for row in rows]


def test_a_booking_is_confirmed_at_once_with_local_time_and_zone(appointment: Appointment) -> None:
    send_due(at=timezone.now())

    [message] = mail.outbox
    assert message.to == [MARA]
    assert message.subject == "Your appointment: Monday, March 1, 2027, 10:00 – 10:45"
    assert (
        message.body
        == f"""Hello Mara Winter,

your appointment is booked.

  Haircut with Dina Falk
  Monday, March 1, 2027, 10:00 – 10:45 (Europe/Berlin, UTC+1)
  Harbor Street, Harbor Street 1, 20457 Hamburg
  Number {appointment.code}

Confirm, change or cancel it here:
  {address_for(appointment, email=MARA)}

Salon & Co
"""
    )


def test_mails_of_what_is_to_come_have_the_link_and_others_do_not(
    desk: Actor, appointment: Appointment
) -> None:
    send_due(at=timezone.now())
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + minutes(30), at=timezone.now(), by=desk
    )
    sent_after()
    cancel_appointment(appointment.pk, reason="Ill", at=timezone.now(), by=desk)
    sent_after()

    booked_, moved, canceled = (str(message.body) for message in mail.outbox)
    links = [re.search(r"/visits/(\S+)/", body) for body in (booked_, moved)]
    opened = [open_link(link[1], at=timezone.now()) for link in links if link]
    assert opened == [appointment, appointment]
    assert "/visits/" not in canceled


def test_a_customer_elsewhere_reads_the_own_time_beside(desk: Actor) -> None:
    made(desk, client(email=MARA, time_zone=ZoneInfo("America/New_York")))

    send_due(at=timezone.now())

    line = "  For you that is Monday, March 1, 2027, 04:00 (America/New_York, UTC−5)"
    assert line in str(mail.outbox[0].body).splitlines()


def test_a_move_is_told_after_the_time_to_undo_with_old_and_new_time(
    desk: Actor, appointment: Appointment
) -> None:
    send_due(at=timezone.now())
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + minutes(90), at=timezone.now(), by=desk
    )

    assert len(sent_after(timedelta(seconds=3))) == 1
    assert sent_after()[1:] == [
        "Your appointment has changed: Monday, March 1, 2027, 11:30 – 12:15"
    ]
    assert (
        "your appointment of Monday, March 1, 2027, 10:00 has a new time." in mail.outbox[1].body
    )


def test_of_several_moves_only_the_last_is_told_from_where_the_customer_knew_it(
    desk: Actor, appointment: Appointment
) -> None:
    send_due(at=timezone.now())
    for shift in (30, 60, 120):
        reschedule_appointment(
            appointment.pk, start_at=MONDAY_9 + minutes(shift), at=timezone.now(), by=desk
        )

    assert sent_after()[1:] == [
        "Your appointment has changed: Monday, March 1, 2027, 12:00 – 12:45"
    ]
    assert "of Monday, March 1, 2027, 10:00 has" in mail.outbox[1].body
    assert decisions() == [
        ("booked", "sent", ""),
        ("moved", "not_sent", "superseded"),
        ("moved", "not_sent", "superseded"),
        ("moved", "sent", ""),
    ]


def test_a_move_that_was_taken_back_is_never_told(desk: Actor, appointment: Appointment) -> None:
    send_due(at=timezone.now())
    for start in (MONDAY_9 + minutes(30), MONDAY_9):
        reschedule_appointment(appointment.pk, start_at=start, at=timezone.now(), by=desk)

    assert len(sent_after()) == 1
    assert decisions()[-1] == ("moved", "not_sent", "nothing changed since the last message")


def test_a_move_before_the_confirmation_went_out_changes_the_confirmation(
    desk: Actor, appointment: Appointment
) -> None:
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + minutes(30), at=timezone.now(), by=desk
    )

    assert sent_after() == ["Your appointment: Monday, March 1, 2027, 10:30 – 11:15"]


def test_a_cancellation_is_told_after_the_time_to_undo(
    desk: Actor, appointment: Appointment
) -> None:
    send_due(at=timezone.now())
    cancel_appointment(appointment.pk, reason="Ill with flu", at=timezone.now(), by=desk)

    assert len(sent_after(timedelta())) == 1
    assert sent_after()[1:] == [
        "Canceled: your appointment on Monday, March 1, 2027, 10:00 – 10:45"
    ]
    assert "Ill with flu" not in mail.outbox[1].body


def test_a_cancellation_with_undo_is_told_only_when_it_is_final(
    desk: Actor, appointment: Appointment
) -> None:
    send_due(at=timezone.now())
    until = timezone.now() + minutes(15)
    cancel_with_undo(
        appointment.pk, reason="Deleted", undo_until=until, at=timezone.now(), by=desk
    )

    assert len(sent_after(minutes(14))) == 1
    assert len(sent_after(minutes(16))) == 2


def test_an_undone_cancellation_is_never_told(desk: Actor, appointment: Appointment) -> None:
    send_due(at=timezone.now())
    cancel_with_undo(
        appointment.pk,
        reason="Deleted",
        undo_until=timezone.now() + minutes(15),
        at=timezone.now(),
        by=desk,
    )

    undo_cancellation(appointment.pk, at=timezone.now(), by=desk)

    assert len(sent_after(minutes(30))) == 1
    assert decisions() == [("booked", "sent", ""), ("canceled", "not_sent", "withdrawn: undone")]


def test_an_undo_tells_what_the_cancellation_had_stopped(
    desk: Actor, appointment: Appointment
) -> None:
    """The confirmation had not gone out yet; and later a move had not."""
    for _ in range(2):
        cancel_with_undo(
            appointment.pk,
            reason="Deleted",
            undo_until=timezone.now() + minutes(15),
            at=timezone.now(),
            by=desk,
        )
        undo_cancellation(appointment.pk, at=timezone.now(), by=desk)
    confirmed = sent_after()
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + minutes(30), at=timezone.now(), by=desk
    )
    cancel_with_undo(
        appointment.pk,
        reason="Deleted",
        undo_until=timezone.now() + minutes(15),
        at=timezone.now(),
        by=desk,
    )
    undo_cancellation(appointment.pk, at=timezone.now(), by=desk)

    assert confirmed == ["Your appointment: Monday, March 1, 2027, 10:00 – 10:45"]
    assert sent_after()[1:] == [
        "Your appointment has changed: Monday, March 1, 2027, 10:30 – 11:15"
    ]


def test_a_confirmed_cancellation_is_told_now(desk: Actor, appointment: Appointment) -> None:
    send_due(at=timezone.now())
    cancel_with_undo(
        appointment.pk,
        reason="Deleted",
        undo_until=timezone.now() + minutes(15),
        at=timezone.now(),
        by=desk,
    )

    confirm_cancellation(appointment.pk, at=timezone.now(), by=desk)

    assert len(sent_after(timedelta())) == 2


def test_who_has_no_address_is_not_told_and_the_record_says_so(desk: Actor) -> None:
    made(desk, client("No Mail"))

    assert sent_after() == []
    assert decisions() == [("booked", "not_sent", "no e-mail address")]


def test_imported_appointments_tell_nobody() -> None:
    appointment = booked(client(email=MARA))
    cancel_appointment(appointment.pk, reason="Old", at=MONDAY_9, by=SETUP)

    assert decisions() == []


def test_what_is_over_when_the_mail_server_is_back_is_not_told(
    desk: Actor, appointment: Appointment
) -> None:
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + minutes(30), at=timezone.now(), by=desk
    )

    send_due(at=MONDAY_9 + minutes(30))

    assert mail.outbox == []
    assert decisions()[-1] == ("booked", "not_sent", "its time is over")


def test_a_name_with_line_breaks_does_not_become_a_mail_header(desk: Actor) -> None:
    customer = client("Mara\r\nBcc: all@example.org", email=MARA)
    made(desk, customer, datetime(2027, 3, 2, 9, 0, tzinfo=UTC))

    send_due(at=timezone.now())

    [message] = mail.outbox
    assert message.recipients() == [MARA]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert decisions() == [("booked", NotificationStatus.SENT, "")]
