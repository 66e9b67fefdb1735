"""The page behind the link in an offer: it shows the time, and answers only by a form."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting.letters import offer_token
from scheduling.waiting.offering import LASTS, offer_freed
from scheduling.web.selfservice import door
from tests.factories.people import person
from tests.factories.scheduling import MONDAY_9
from tests.scheduling.selfservice.links import phone, post
from tests.scheduling.waiting.list_of import AT, dina, now, waits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    person("Manager")  # the hub is set up
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def entry() -> WaitingEntry:
    dina()
    made = waits(note="Comes with a dog")
    offer_freed(at=AT)
    return made


def path(entry: WaitingEntry, name: str = "offer") -> str:
    token = offer_token(entry.pk, email="ada@winter.example")
    return reverse(f"scheduling:{name}", args=[token])


def test_it_shows_the_time_and_until_when_and_nothing_private(entry: WaitingEntry) -> None:
    answer = phone().get(path(entry))

    for text in ("Hello Ada", "March 1", "10:00", "Haircut", "Dina Falk", "12:00"):
        assert text in answer.text, text
    assert "dog" not in answer.text
    assert {name: answer[name] for name in door.PRIVATE} == door.PRIVATE


def test_looking_answers_nothing(entry: WaitingEntry) -> None:
    for name in ("offer", "offer_accept", "offer_decline"):
        assert phone().get(path(entry, name)).status_code in (200, 302)

    assert now(entry).status == WaitingStatus.OFFERED


def test_accepting_books_it_and_says_so(entry: WaitingEntry) -> None:
    browser = phone()

    answer = post(browser, path(entry, "offer_accept"), start_at=MONDAY_9.isoformat())

    assert answer.status_code == 302
    assert now(entry).status == WaitingStatus.BOOKED
    assert "It is yours" in browser.get(path(entry)).text


def test_declining_keeps_the_place_on_the_list(entry: WaitingEntry) -> None:
    browser = phone()

    post(browser, path(entry, "offer_decline"), start_at=MONDAY_9.isoformat())

    assert now(entry).status == WaitingStatus.WAITING
    assert "You are on the waiting list" in browser.get(path(entry)).text


def test_an_answer_after_the_end_is_refused_kindly(
    entry: WaitingEntry, clock: time_machine.Traveller
) -> None:
    clock.move_to(AT + LASTS + timedelta(minutes=1))

    answer = post(phone(), path(entry, "offer_accept"), start_at=MONDAY_9.isoformat())

    assert answer.status_code == 409
    assert "This offer is over" in answer.text
    assert now(entry).appointment is None


def test_an_address_that_was_never_given_out_opens_nothing() -> None:
    assert phone().get(reverse("scheduling:offer", args=["x" * 43])).status_code == 404
