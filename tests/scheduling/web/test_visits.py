"""The pages behind the link in a mail: what they show, do, refuse and keep to themselves."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from hub.notifications.sending import send_due
from scheduling.booking import annotate_appointment
from scheduling.event_files import uid_of
from scheduling.linking import OUTLASTS
from scheduling.models import Appointment
from scheduling.rescheduling import reschedule_appointment
from scheduling.web.selfservice import door
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, client
from tests.scheduling.selfservice.links import path, place, post, token_of, visit, with_fee
from tests.scheduling.web.conftest import NOW
from tests.scheduling.web.test_feeds import logged, said

pytestmark = pytest.mark.django_db
__all__ = ["logged"]
PAGES = ("visit", "visit_confirm", "visit_move", "visit_cancel", "visit_file")


def test_it_shows_what_concerns_the_customer_and_nothing_else(ada_phone: Client) -> None:
    ada = client("Ada Winter", email="ada@winter.example", notes="Pays late", city="Kiel")
    appointment = visit(ada, notes="Allergic to henna")

    answer = ada_phone.get(path(appointment))

    for text in (
        *("Hello Ada", "Mon, March 1, 2027", "10:00 – 10:45", "Europe/Berlin, UTC+1", "Haircut"),
        *("Dina Falk", "Harbor Street 1", "20457 Hamburg", "€49.00", appointment.code),
        *("+49 40 5550100", "hello@salon.example"),
    ):
        assert text in answer.text, text
    for text in ("Winter", "winter.example", "henna", "Pays", "Kiel", str(appointment.pk)):
        assert text not in answer.text, text
    assert {name: answer[name] for name in door.PRIVATE} == door.PRIVATE
    assert "hub_session" not in answer.cookies


def test_looking_changes_nothing_whatever_is_opened(
    ada_phone: Client, django_assert_max_num_queries: Any
) -> None:
    """Programs that look for bad mail open every link in it."""
    appointment = with_fee()

    answers = [
        getattr(ada_phone, verb)(path(appointment, page)) for page in PAGES for verb in HARMLESS
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 405}
    appointment.refresh_from_db()
    assert (appointment.version, appointment.history.count()) == (1, 1)


def test_notes_for_the_customer_are_shown_and_those_for_staff_are_not(ada_phone: Client) -> None:
    appointment = visit(notes="Never pays")
    annotate_appointment(appointment.pk, customer_notes="Bring a towel", by=SETUP)

    shown = ada_phone.get(path(appointment)).text

    assert "Bring a towel" in shown
    assert "Never pays" not in shown


HARMLESS = ("get", "head", "options")


def test_a_form_without_its_token_changes_nothing(ada_phone: Client) -> None:
    appointment = visit()

    found = [
        ada_phone.post(path(appointment, page), {"schedule_version": 1, "seen_fee": 0}).status_code
        for page in ("visit_confirm", "visit_cancel")
    ]

    appointment.refresh_from_db()
    assert (found, appointment.version) == ([403, 403], 1)


def test_a_customer_says_that_they_come(ada_phone: Client, ben: Client) -> None:
    appointment = visit()

    answer = post(ada_phone, path(appointment, "visit_confirm"), schedule_version=1)

    assert answer["Location"] == f"{path(appointment)}?done=confirmed"
    shown = ada_phone.get(answer["Location"]).text
    assert "we look forward to seeing you" in shown
    assert "Yes, I will come" not in shown
    at_the_desk = ben.get(appointment.get_absolute_url()).text
    assert "By the customer" in at_the_desk
    assert "Customer by link · link" in at_the_desk
    assert "By the customer" in ben.get(f"{appointment.get_absolute_url()}card/").text


def test_a_time_that_is_not_the_one_shown_is_not_confirmed(ada_phone: Client) -> None:
    appointment = visit()
    reschedule_appointment(
        appointment.pk, start_at=MONDAY_9 + timedelta(hours=1), at=NOW, by=SETUP
    )

    answer = post(ada_phone, path(appointment, "visit_confirm"), schedule_version=1)

    assert answer.status_code == 409
    assert "It was moved meanwhile" in answer.text
    assert "11:00 – 11:45" in answer.text
    assert 'value="2"' in answer.text


def test_canceling_shows_the_fee_and_then_costs_it(ada_phone: Client) -> None:
    appointment = with_fee()

    asked = ada_phone.get(path(appointment, "visit_cancel"))
    answer = post(
        ada_phone,
        path(appointment, "visit_cancel"),
        schedule_version=1,
        seen_fee=hidden(asked.text, "seen_fee"),
        reason="A cold",
    )

    assert "This costs €20.00." in asked.text
    assert "Cancel it for €20.00" in asked.text
    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancel_reason) == ("canceled", "A cold")
    assert appointment.is_fee_due
    assert "It is canceled" in ada_phone.get(answer["Location"]).text


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_fee_that_came_meanwhile_is_shown_before_it_is_due(ada_phone: Client) -> None:
    appointment = with_fee()

    answer = post(
        ada_phone, path(appointment, "visit_cancel"), schedule_version=1, seen_fee=0, reason="A"
    )

    assert answer.status_code == 409
    assert "Meanwhile it is later: canceling costs €20.00 now." in answer.text
    assert hidden(answer.text, "seen_fee") == "20.0000"
    assert 'value="A"' in answer.text
    appointment.refresh_from_db()
    assert appointment.status == "booked"


def test_what_is_over_is_explained_and_says_how_to_reach_the_location(
    ada_phone: Client, clock: Any
) -> None:
    appointment = visit()
    clock.move_to(MONDAY_9 + timedelta(minutes=1))

    page = ada_phone.get(path(appointment))
    refused = post(ada_phone, path(appointment, "visit_cancel"), schedule_version=1, seen_fee=0)

    assert page.status_code == 200
    for answer in (page, refused):
        assert "This appointment has begun already." in answer.text
        assert "+49 40 5550100" in answer.text
        assert "Cancel it" not in answer.text
    assert refused.status_code == 409
    assert ada_phone.get(path(appointment, "visit_cancel"))["Location"] == path(appointment)


def test_a_wrong_link_tells_nothing_but_how_to_reach_us(ada_phone: Client) -> None:
    appointment = visit()
    place()
    unknown = ["x", "A" * 43, token_of(appointment, "eve@winter.example"), str(appointment.pk)]

    answers = [ada_phone.get(f"/visits/{token}/") for token in unknown]

    texts = {re.sub(r"csrf-token[^>]+", "", answer.text) for answer in answers}
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len(texts) == 1
    (text,) = texts
    assert "This link does not work" in text
    assert "hello@salon.example" in text
    assert [word for word in ("Ada", "Haircut", "Dina") if word in text] == []


def test_an_old_link_says_that_it_has_ended(ada_phone: Client, clock: Any) -> None:
    appointment = visit()
    clock.move_to(appointment.end_at + OUTLASTS + timedelta(seconds=1))

    answers = [ada_phone.get(path(appointment, page)) for page in ("visit", "visit_file")]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "This link has ended" in answers[0].text
    assert "+49 40 5550100" in answers[0].text
    assert [word for word in ("Ada", "Haircut", "Dina") if word in answers[0].text] == []


def test_the_entry_for_a_calendar_is_the_one_of_the_mail(ada_phone: Client) -> None:
    appointment = visit()

    answer = ada_phone.get(path(appointment, "visit_file"))

    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(event["uid"]) == uid_of(appointment.pk)
    assert event.decoded("dtstart") == MONDAY_9
    assert "winter.example" not in answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert answer["Cache-Control"] == "no-store"
    shown = ada_phone.get(path(appointment)).text
    assert f'href="webcal://127.0.0.1:8000{path(appointment, "visit_file")}"' in shown


def test_one_visitor_asks_so_often_a_minute_and_others_go_on(
    ada_phone: Client, clock: Any, settings: Any
) -> None:
    settings.VISITOR_REQUESTS_PER_MINUTE = 3
    appointment = visit()

    def ask(peer: str) -> Any:
        return ada_phone.get(path(appointment), REMOTE_ADDR=peer)

    found = [ask("192.0.2.7").status_code for _ in range(4)]
    refused = ask("192.0.2.7")

    assert found == [200, 200, 200, 429]
    assert refused["Retry-After"] == "60"
    assert "Try again in 1 minute" in refused.text
    assert {name: refused[name] for name in door.PRIVATE} == door.PRIVATE
    assert ask("192.0.2.8").status_code == 200
    clock.shift(timedelta(minutes=1))
    assert ask("192.0.2.7").status_code == 200


def test_one_link_changes_something_so_often_an_hour_from_wherever(
    ada_phone: Client, clock: Any
) -> None:
    appointment, other = visit(), visit(start=MONDAY_9 + timedelta(hours=3))

    def say(which: Appointment, number: int) -> int:
        address = path(which, "visit_confirm")
        ada_phone.get(path(which))
        form = {"csrfmiddlewaretoken": ada_phone.cookies["hub_csrf"].value}
        peer = f"198.51.100.{number}"
        return int(ada_phone.post(address, form, REMOTE_ADDR=peer).status_code)

    found = [say(appointment, number) for number in range(door.CHANGES.most + 1)]

    assert found == [302] * door.CHANGES.most + [429]
    assert say(other, 99) == 302


def test_the_log_does_not_have_the_link(ada_phone: Client, logged: io.StringIO) -> None:
    appointment = visit()
    token = token_of(appointment)

    for page in PAGES:
        ada_phone.get(path(appointment, page))
        ada_phone.post(path(appointment, page))
    post(ada_phone, path(appointment, "visit_confirm"), schedule_version=1)
    post(ada_phone, path(appointment, "visit_cancel"), schedule_version=1, seen_fee=0)
    ada_phone.get(f"/visits/{token}")
    ada_phone.get(f"/visits/{token}x/")
    send_due(at=NOW)

    written = logged.getvalue()
    assert token not in written
    assert "GET /visits/…" in said(written)  # the negative control
