"""Where a service needs approval, what customers and tools book is a request until answered."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client

from hub.actors import Actor, ActorKind, Source
from hub.errors import StaleVersion
from hub.lifecycle import IllegalTransition
from hub.models import Change
from hub.notifications.sending import send_due
from scheduling.approving import (
    TooLateToAccept,
    accept_request,
    decline_request,
    decline_unanswered,
)
from scheduling.booking import Booking, SlotTaken, book_appointment, reschedule_appointment
from scheduling.models import Appointment, Service, Staff
from scheduling.setup.catalog import set_rules_at
from tests.factories.clients import api_key, signed_in
from tests.factories.people import DESK, SETUP, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff
from tests.scheduling.api.test_appointments import url_of, wish
from tests.scheduling.invariants import inconsistencies, overlaps
from tests.scheduling.trails import announced, minutes, remembered

pytestmark = pytest.mark.django_db
AT = MONDAY_9 - timedelta(days=7)
VISITOR = Actor.visitor()


@pytest.fixture
def consult() -> Service:
    return service("Consultation", needs_approval=True)


@pytest.fixture
def dina(consult: Service) -> Staff:
    return staff("Dina Falk", services=[consult])


def ask(
    dina: Staff,
    consult: Service,
    *,
    by: Actor = VISITOR,
    email: str = "",
    start: datetime = MONDAY_9,
) -> Appointment:
    asked = Booking(client(email=email).pk, consult.pk, dina.pk, start)
    return book_appointment(asked, at=AT, by=by)


def letters() -> list[str]:
    send_due(at=AT + minutes(5))
    found = [str(message.subject).partition(":")[0] for message in mail.outbox]
    mail.outbox.clear()
    return found


def test_what_a_visitor_books_is_a_request_that_keeps_its_time(
    dina: Staff, consult: Service
) -> None:
    asked = ask(dina, consult)

    with pytest.raises(SlotTaken):
        ask(dina, consult, by=SETUP)
    assert asked.status == "requested"
    assert [name for name, *_ in announced(asked)] == ["appointment.requested"]
    assert overlaps() == inconsistencies() == []


def test_whoever_works_here_books_at_once_and_other_services_are_booked(
    dina: Staff, consult: Service
) -> None:
    assert ask(dina, consult, by=SETUP).status == "booked"
    asked = Booking(client().pk, service().pk, staff("Kim", services=[service()]).pk, MONDAY_9)
    assert book_appointment(asked, at=AT, by=VISITOR).status == "booked"


def test_one_location_may_ask_where_others_do_not(dina: Staff, consult: Service) -> None:
    set_rules_at(consult.pk, location().pk, {"needs_approval": False}, by=SETUP)

    assert ask(dina, consult).status == "booked"


def test_accepted_it_is_booked_and_confirmed_and_reminded_of(
    dina: Staff, consult: Service
) -> None:
    asked = ask(dina, consult, email="mara@winter.example")
    first = letters()

    accepted = accept_request(asked.pk, at=AT, by=DESK, expected_version=1)

    assert accepted.status == "booked"
    assert [name for name, *_ in announced(asked)] == [
        "appointment.requested",
        "appointment.booked",
    ]
    assert len(remembered(asked)) == 2
    assert (first, letters()) == (["We received your request"], ["Your appointment"])
    with pytest.raises(IllegalTransition):
        accept_request(asked.pk, at=AT, by=SETUP)
    send_due(at=MONDAY_9 - timedelta(hours=23))
    assert len(mail.outbox) == 1, "the reminder"


def test_declined_its_time_is_free_and_the_customer_reads_why(
    dina: Staff, consult: Service
) -> None:
    asked = ask(dina, consult, email="mara@winter.example")

    declined = decline_request(asked.pk, reason="Please see your doctor first", by=DESK)

    assert (declined.status, declined.cancel_reason) == (
        "declined",
        "Please see your doctor first",
    )
    send_due(at=AT + minutes(5))
    (told,) = mail.outbox  # that it was received is no news any more
    assert "Please see your doctor first" in told.body
    assert ask(dina, consult, by=SETUP).status == "booked"
    with pytest.raises(IllegalTransition):
        decline_request(asked.pk, reason="Again", by=SETUP)
    assert overlaps() == inconsistencies() == []


def test_an_answer_to_an_older_version_is_refused(dina: Staff, consult: Service) -> None:
    asked = ask(dina, consult)

    with pytest.raises(StaleVersion):
        accept_request(asked.pk, at=AT, by=SETUP, expected_version=9)
    with pytest.raises(IllegalTransition, match="accept it first"):
        reschedule_appointment(asked.pk, start_at=MONDAY_9 + minutes(60), at=AT, by=SETUP)


def test_what_nobody_answers_in_time_is_declined_by_itself(dina: Staff, consult: Service) -> None:
    asked = ask(dina, consult, email="mara@winter.example")
    other = booked()

    with pytest.raises(TooLateToAccept):
        accept_request(asked.pk, at=MONDAY_9, by=SETUP)
    assert decline_unanswered(at=MONDAY_9 - minutes(1)) == 0
    assert [decline_unanswered(at=MONDAY_9) for _ in range(2)] == [1, 0]

    asked.refresh_from_db()
    other.refresh_from_db()
    assert (asked.status, other.status) == ("declined", "booked")


def test_a_tool_asks_and_a_tool_answers(consult: Service, dina: Staff) -> None:
    tool = api_key()
    asked = tool.post(
        "/api/v1/appointments", wish(service=f"svc_{consult.pk.hex}", staff=f"stf_{dina.pk.hex}")
    )
    visit = Appointment.objects.get()
    tag = asked.headers["ETag"]

    accepted = tool.post(url_of(visit, "/accept"), etag=tag)
    late = tool.post(url_of(visit, "/decline"), {"reason": "No"}, etag=accepted.headers["ETag"])

    assert (asked.status_code, asked.json()["status"]) == (201, "requested")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "booked")
    assert (late.status_code, late.json()["code"]) == (409, "illegal_transition")
    assert Change.objects.filter(name="appointment.booked").count() == 1


def test_requests_are_listed_and_answered_in_the_browser(dina: Staff, consult: Service) -> None:
    ben = signed_in(person("Front desk"))
    first = ask(dina, consult, start=MONDAY_9 + timedelta(days=20_000))
    second = ask(dina, consult)

    listed = ben.get("/requests/").text
    ben.post(f"/appointments/{first.pk}/accept/")
    form = ben.get(f"/appointments/{second.pk}/decline/").text
    empty = ben.post(f"/appointments/{second.pk}/decline/", {"reason": "", "version": 1})
    ben.post(f"/appointments/{second.pk}/decline/", {"reason": "Full", "version": 1})

    assert listed.count("Decline…</a>") == 2
    assert "the customer reads the reason" in form
    assert empty.status_code == 422
    assert [row.status for row in Appointment.objects.order_by("number")] == ["booked", "declined"]
    assert "Every request is answered" in ben.get("/requests/").text


def test_who_answers_only_for_themselves_sees_only_their_own(
    dina: Staff, consult: Service
) -> None:
    asked = ask(dina, consult)
    paula: Client = signed_in(person("Practitioner"))

    assert "Every request is answered" in paula.get("/requests/").text
    assert paula.post(f"/appointments/{asked.pk}/accept/").status_code == 404


def test_a_customer_is_never_charged_for_a_request(dina: Staff, consult: Service) -> None:
    Service.objects.update(late_fee_kind="flat", late_fee=20, cancellation_window_minutes=60_000)
    by = Actor(ActorKind.KEY, "x", "Tool", Source.API, "r")
    asked = ask(dina, consult, by=VISITOR)

    decline_request(asked.pk, reason="Full", by=SETUP)

    asked.refresh_from_db()
    assert not asked.is_fee_due
    assert by.kind is ActorKind.KEY
