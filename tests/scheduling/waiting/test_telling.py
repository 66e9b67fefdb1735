"""The mail of an offer: once, only while it stands, with a link that opens nothing else."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from customers.dossier import dossier_of
from customers.erasure import erase_customer
from customers.models import ContactPoint
from hub.actors import Actor
from hub.celery import app
from hub.models import Business
from hub.notifications.models import Notification
from hub.notifications.sending import send_due
from scheduling.linking import LinkUnknown, open_link
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.waiting.answering import accept, expire_offers
from scheduling.waiting.joining import join, leave
from scheduling.waiting.letters import offer_token, open_offer_link
from scheduling.waiting.offering import LASTS, offer_freed
from scheduling.waiting.wishes import Wished
from tests.customers.merged import merge
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, client, location, service, staff
from tests.scheduling.selfservice.links import token_of, visit
from tests.scheduling.waiting.list_of import AT, dina, now, waits

pytestmark = pytest.mark.django_db
MAIL = "ada@winter.example"


@pytest.fixture
def entry() -> WaitingEntry:
    Business.objects.create(name="Salon & Co")
    location(street="Harbor Street 1", city="Hamburg", postal_code="20457")
    dina()
    return waits(note="Comes with a dog")


def test_the_mail_says_what_is_offered_until_when_and_where_to_answer(entry: WaitingEntry) -> None:
    offer_freed(at=AT)

    assert send_due(at=AT) == 1
    assert send_due(at=AT) == 0

    (letter,) = mail.outbox
    assert letter.to == [MAIL]
    assert letter.subject == "A time is free for you: Monday, March 1, 2027, 10:00"
    for text in (
        *("Hello Ada Winter", "Haircut with Dina Falk", "Europe/Berlin, UTC+1"),
        *("until Monday, February 22, 2027, 12:00", "Harbor Street 1", "Salon & Co"),
        f"/offers/{offer_token(entry.pk, email=MAIL)}/",
    ):
        assert text in letter.body, text
    assert "dog" not in letter.body


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Ein Termin ist frei für Sie: Montag, 1. März 2027"), ("fr", "lundi 1 mars 2027")],
)
def test_it_is_written_in_the_language_of_the_customer(language: str, words: str) -> None:
    dina()
    waits(customer=client("Ada Winter", email=MAIL, language=language))
    offer_freed(at=AT)

    send_due(at=AT)

    assert words in str(mail.outbox[0].subject)


def test_an_offer_that_is_over_when_it_would_be_sent_is_not_told_of(entry: WaitingEntry) -> None:
    offer_freed(at=AT)

    assert send_due(at=AT + LASTS) == 0
    assert [one.reason for one in Notification.objects.all()] == ["the offer is over"]


def test_an_offer_that_was_taken_back_before_it_was_sent_is_not_told_of(
    entry: WaitingEntry,
) -> None:
    offer_freed(at=AT)
    leave(entry.pk, by=SETUP)

    assert send_due(at=AT) == 0
    assert [one.reason for one in Notification.objects.all()] == ["the offer is over"]


def test_who_takes_the_offer_gets_the_usual_confirmation(entry: WaitingEntry) -> None:
    offer_freed(at=AT)
    send_due(at=AT)

    by = Actor.customer_by_link(entry.customer_id)
    accept(entry.pk, start_at=MONDAY_9, at=AT, by=by)
    send_due(at=AT + timedelta(minutes=1))

    assert str(mail.outbox[-1].subject).startswith("Your appointment: ")


def test_a_link_opens_its_own_entry_and_no_appointment(entry: WaitingEntry) -> None:
    token = offer_token(entry.pk, email=MAIL)
    booked_link = token_of(visit(entry.customer, staff=staff("Jo", services=[service()])))

    assert open_offer_link(token) == entry
    for other in (offer_token(entry.pk, email="x@y.example"), booked_link, "x", token[:-2]):
        with pytest.raises(LinkUnknown):
            open_offer_link(other)
    with pytest.raises(LinkUnknown):
        open_link(token, at=AT)


def test_a_link_ends_when_the_address_is_taken_off_the_customer(entry: WaitingEntry) -> None:
    token = offer_token(entry.pk, email=MAIL)
    ContactPoint.objects.filter(customer=entry.customer).update(normalized="new@winter.example")

    with pytest.raises(LinkUnknown):
        open_offer_link(token)


def test_the_wish_of_somebody_who_was_a_duplicate_goes_along(entry: WaitingEntry) -> None:
    known = client("Ada Summer", email="ada@summer.example")

    merge(known, entry.customer)

    assert now(entry).customer == known
    assert open_offer_link(offer_token(entry.pk, email=MAIL)) == entry


def test_of_two_who_are_one_and_wait_for_the_same_only_one_is_offered_it(
    entry: WaitingEntry,
) -> None:
    known = client("Ada Summer", email="ada@summer.example")
    place, of = entry.location_id, entry.service_id
    kept = join(Wished(known.pk, of, place, entry.first_date, entry.last_date), at=AT, by=SETUP)

    merge(known, entry.customer)
    offer_freed(at=AT)

    assert now(kept).status == WaitingStatus.LEFT
    assert now(entry).status == WaitingStatus.OFFERED
    assert list(WaitingEntry.objects.open()) == [entry]


def test_erasing_somebody_ends_their_wish_and_forgets_its_note(entry: WaitingEntry) -> None:
    offer_freed(at=AT)
    customer = entry.customer

    erase_customer(
        customer.pk,
        reason="Asked for it",
        at=timezone.now(),
        by=actor(person("Manager")),
    )

    ended = now(entry)
    assert (ended.status, ended.note, ended.hold) == (WaitingStatus.LEFT, "", None)
    assert send_due(at=AT) == 0


def test_the_file_a_person_can_ask_for_says_what_they_waited_for(entry: WaitingEntry) -> None:
    told = dossier_of(entry.customer_id, by=actor(person("Manager")))

    (row,) = told["waiting list"]
    assert (row["service"], row["note"], row["status"]) == (
        "Haircut",
        "Comes with a dog",
        "waiting",
    )


def test_the_task_ends_old_offers_and_makes_new_ones(entry: WaitingEntry) -> None:
    offer_freed(at=AT)
    app.loader.import_default_modules()

    app.tasks["scheduling.release_expired"]()
    app.tasks["scheduling.offer_freed_times"]()

    assert expire_offers(at=AT) == 0
    assert now(entry).status in (WaitingStatus.OFFERED, WaitingStatus.WAITING)
