"""Notes on an appointment: those for staff stay here, those for the customer are read there."""

import pytest
from django.core import mail
from django.utils import timezone

from hub.errors import InvalidInput
from hub.notifications.sending import send_due
from scheduling.booking import Booking, annotate_appointment, book_appointment
from scheduling.models import Appointment
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, service, staff

pytestmark = pytest.mark.django_db


def test_notes_for_staff_and_for_the_customer_leave_each_other_alone() -> None:
    appointment = booked(notes="Allergic to henna")

    annotate_appointment(appointment.pk, customer_notes=" Bring a towel ", by=SETUP)
    annotate_appointment(appointment.pk, by=SETUP)  # nothing is written, so nothing is a change

    kept = Appointment.objects.get(pk=appointment.pk)
    assert (kept.notes, kept.customer_notes) == ("Allergic to henna", "Bring a towel")
    assert kept.version == 2
    with pytest.raises(InvalidInput) as refused:
        annotate_appointment(appointment.pk, customer_notes="x" * 1001, by=SETUP)
    assert refused.value.field == "customer_notes"


def test_messages_to_come_hold_the_notes_for_the_customer_and_no_others() -> None:
    mara = client("Mara Winter", email="mara@winter.example")
    asked = Booking(mara.pk, service().pk, staff().pk, MONDAY_9, notes="Never pays")
    made = book_appointment(asked, at=timezone.now(), by=actor(person("Front desk")))
    annotate_appointment(made.pk, customer_notes="Bring a towel", by=SETUP)

    send_due(at=timezone.now())

    [message] = mail.outbox
    assert "\n\nBring a towel\n" in message.body
    assert "Never pays" not in message.body
