"""REM-3, TIME-4: no reminder goes out of what another tool may have changed unseen."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from hub import history
from hub.notifications.models import Notification
from hub.notifications.sending import send_due
from scheduling.booking import Booking, book_appointment
from scheduling.letters import REMINDER
from scheduling.models import Appointment
from syncs.models import Conflict, Connection, Link, Stream
from syncs.states import ConflictState, ConflictType, ConnectionStatus
from tests.factories.people import DESK, SETUP
from tests.factories.scheduling import MONDAY_9, client, service, staff
from tests.factories.syncs import make_account

pytestmark = pytest.mark.django_db
DUE = MONDAY_9 - timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit() -> Appointment:
    booked_at = MONDAY_9 - timedelta(days=5)
    asked = Booking(client(email="m@w.example").pk, service().pk, staff().pk, MONDAY_9)
    made = book_appointment(asked, at=booked_at, by=DESK)
    Notification.objects.exclude(kind=REMINDER).delete()
    Notification.objects.update(planned_at=booked_at)
    return made


def linked(visit: Appointment, *, read_at: Any, **values: Any) -> Link:
    """The appointment stands in a calendar that was read last at ``read_at``."""
    account = make_account("caldav")
    Connection.objects.filter(pk=account.pk).update(label="Dina's calendar")
    Stream.objects.create(connection=account, name="events", last_ok_at=read_at)
    return Link.objects.create(
        connection=account, kind="appointment", local_id=visit.pk, idem_key="x", **values
    )


def sent(at: Any) -> int:
    send_due(at=at)
    return len(mail.outbox)


def reason() -> str:
    return str(Notification.objects.values_list("reason", flat=True).get())


def test_it_goes_out_while_the_calendar_answers(visit: Appointment) -> None:
    linked(visit, read_at=DUE - MINUTE)

    assert sent(DUE) == 1


def test_it_waits_for_a_calendar_that_is_silent_and_says_so(visit: Appointment) -> None:
    link = linked(visit, read_at=DUE - 6 * MINUTE)

    assert sent(DUE) == 0
    assert reason() == "held: Dina's calendar has not answered lately"

    Stream.objects.filter(connection=link.connection).update(last_ok_at=DUE + 2 * MINUTE)
    assert sent(DUE + 3 * MINUTE) == 1


def test_a_tool_that_stays_silent_does_not_silence_the_hub(visit: Appointment) -> None:
    linked(visit, read_at=DUE - 6 * MINUTE)

    assert sent(MONDAY_9 - timedelta(hours=2, minutes=1)) == 0
    assert sent(MONDAY_9 - timedelta(hours=1, minutes=59)) == 1


def test_it_waits_for_a_change_that_is_being_taken_over(visit: Appointment) -> None:
    link = linked(visit, read_at=DUE, pending_remote={"status": "canceled"})

    assert sent(DUE) == 0
    assert reason() == "held: a change in Dina's calendar is being taken over"

    Link.objects.filter(pk=link.pk).update(pending_remote=None)
    assert sent(DUE + 3 * MINUTE) == 1


def test_it_waits_for_the_decision_on_a_difference(visit: Appointment) -> None:
    link = linked(visit, read_at=DUE)
    question = Conflict(
        connection=link.connection, link=link, subject="x", type=ConflictType.BOTH_CHANGED
    )
    history.create(question, by=SETUP)

    assert sent(DUE) == 0
    assert reason() == "held: a difference with Dina's calendar is not decided"

    question.state = ConflictState.RESOLVED
    history.save(question, fields=["state"], by=SETUP)
    Stream.objects.update(last_ok_at=DUE + 2 * MINUTE)
    assert sent(DUE + 3 * MINUTE) == 1


def test_what_is_switched_off_holds_nothing(visit: Appointment) -> None:
    link = linked(visit, read_at=DUE - timedelta(days=9))
    Connection.objects.filter(pk=link.connection_id).update(status=ConnectionStatus.DISABLED)

    assert sent(DUE) == 1


def test_confirmations_are_held_by_nobody(visit: Appointment) -> None:
    link = linked(visit, read_at=DUE - timedelta(days=9))
    asked = Booking(visit.customer_id, visit.service_id, staff("Jo").pk, MONDAY_9)
    other = book_appointment(asked, at=DUE, by=DESK)
    Link.objects.create(
        connection=link.connection, kind="appointment", local_id=other.pk, idem_key="y"
    )

    send_due(at=DUE)

    assert [message.subject.partition(":")[0] for message in mail.outbox] == ["Your appointment"]
