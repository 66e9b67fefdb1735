"""The own words of messages: which customer gets which, and what no template can take away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.details import LANGUAGES
from customers.models import Customer
from hub.access import AccessDenied
from hub.actors import Actor
from hub.errors import InvalidInput, StaleVersion
from hub.history_reading import entries
from hub.models import Business, Change
from hub.notifications.sending import send_due
from scheduling.booking import Booking, book_appointment, reschedule_appointment
from scheduling.canceling import cancel_appointment
from scheduling.composing import compose, sample_of
from scheduling.linking import address_for
from scheduling.models import Appointment, MessageTemplate, Service
from scheduling.setup.messages import (
    add_template,
    change_template,
    drafted_template,
    remove_template,
)
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, client, location, service, staff

MARA = "mara@winter.example"
GREETING = {"subject": "Bis bald, {customer}", "text": "Liebe {customer},\n\nbitte klingeln."}


@pytest.fixture
def desk() -> Actor:
    return actor(person("Front desk"))


def words(
    kind: str = "booked", language: str = "de", of: Service | None = None, **values: str
) -> Any:
    given = {"subject": "", "text": "", "placement": "instead"} | values
    return add_template(kind, language, of.pk if of else None, given, by=SETUP)


def german(**values: Any) -> Customer:
    return client("Mara Winter", email=MARA, language="de", **values)


def visit(desk: Actor, customer: Customer, of: Service | None = None) -> Appointment:
    place = location(street="Harbor Street 1", postal_code="20457", city="Hamburg")
    offered = of or service()
    person_there = staff(place=place, services=[offered])
    asked = Booking(customer.pk, offered.pk, person_there.pk, MONDAY_9)
    return book_appointment(asked, at=timezone.now(), by=desk)


def last_sent(delay: timedelta = timedelta(seconds=7)) -> Any:
    send_due(at=timezone.now() + delay)
    return mail.outbox[-1]


def say_what_must_stand_in(message: Any, made: Appointment) -> None:
    """Time with its zone, place, service, person, number, and the link."""
    link = address_for(made, email=MARA)
    for fact in (
        *("10:00 – 10:45", "(Europe/Berlin, UTC+1)", "Harbor Street 1", "20457 Hamburg"),
        *(made.service_name, str(made.staff), made.code, link),
    ):
        assert fact in message.body, fact


@pytest.mark.django_db
def test_a_mail_has_the_words_of_its_service_in_the_language_of_its_customer(desk: Actor) -> None:
    coloring = service("Coloring")
    words(of=coloring, **GREETING)
    words(text="Für jede Leistung")
    words(language="en", of=coloring, text="In English")
    words("reminder", of=coloring, text="Morgen!")

    made = visit(desk, german(), coloring)

    message = last_sent()
    assert message.subject == "Bis bald, Mara Winter"
    assert message.body.startswith("Liebe Mara Winter,\n\nbitte klingeln.\n\n  Coloring bei")
    assert "Montag, 1. März 2027, 10:00 – 10:45 (Europe/Berlin, UTC+1)" in message.body
    assert "Hier bestätigen, ändern oder absagen:" in message.body
    say_what_must_stand_in(message, made)
    assert "Your appointment" not in message.body


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "own", "subject", "opening"),
    [
        ("de", ["service", "every"], "Own service", "Own service"),
        ("de", ["every"], "Own every", "Own every"),
        ("de", [], "Ihr Termin: Montag, 1. März 2027", "Guten Tag Mara Winter,"),
        ("de-AT", ["every"], "Own every", "Own every"),
        ("fr", ["service", "every"], "Votre rendez-vous : lundi 1 mars 2027", "Bonjour Mara"),
        ("it", ["service", "every"], "Your appointment: Monday, March 1, 2027", "Hello Mara"),
        ("xx", [], "Your appointment: Monday, March 1, 2027", "Hello Mara Winter,"),
        ("../etc", [], "Your appointment: Monday, March 1, 2027", "Hello Mara Winter,"),
    ],
)
def test_words_are_looked_for_from_the_nearest_to_the_built_in(
    desk: Actor, language: str, own: list[str], subject: str, opening: str
) -> None:
    haircut = service()
    for scope in own:
        told = {"subject": f"Own {scope}", "text": f"Own {scope}"}
        words(of=haircut if scope == "service" else None, **told)
    words(of=service("Coloring"), text="Of another service")

    made = visit(desk, client("Mara Winter", email=MARA, language=language), haircut)

    message = last_sent()
    assert message.subject.startswith(subject)
    assert message.body.startswith(opening)
    say_what_must_stand_in(message, made)


@pytest.mark.django_db
def test_a_language_without_built_in_words_has_its_own_ones_around_english_facts(
    desk: Actor,
) -> None:
    words(language="it", text="Ci vediamo {when}.")

    made = visit(desk, client("Mara Winter", email=MARA, language="it"))

    message = last_sent()
    assert message.body.startswith("Ci vediamo lunedì 1 marzo 2027, 10:00 – 10:45.\n")
    say_what_must_stand_in(message, made)


@pytest.mark.django_db
def test_a_text_below_keeps_the_usual_greeting_and_an_own_subject_the_usual_text(
    desk: Actor,
) -> None:
    words(text="Bitte klingeln.", placement="below")
    visit(desk, german())
    assert last_sent().body.startswith(
        "Guten Tag Mara Winter,\n\nIhr Termin ist gebucht.\n\nBitte klingeln.\n\n  Haircut bei"
    )

    words("canceled", subject="Schade: {number}")
    made = Appointment.objects.get()
    cancel_appointment(made.pk, reason="Ill", at=timezone.now(), by=desk)

    message = last_sent(timedelta(minutes=20))
    assert message.subject == f"Schade: {made.code}"
    assert "dieser Termin ist abgesagt" in message.body


@pytest.mark.django_db
def test_a_message_about_a_new_time_can_say_the_earlier_one(desk: Actor) -> None:
    words("moved", text="Nicht mehr {before}, sondern {when}.")
    made = visit(desk, german())
    last_sent()

    later = MONDAY_9 + timedelta(hours=2)
    reschedule_appointment(made.pk, start_at=later, at=timezone.now(), by=desk)

    assert last_sent().body.startswith(
        "Nicht mehr Montag, 1. März 2027, 10:00, sondern Montag, 1. März 2027, 12:00 – 12:45."
    )


@pytest.mark.django_db
def test_names_put_in_are_never_read_as_placeholders_headers_or_markup(desk: Actor) -> None:
    words(subject="Für {customer}", text="Hallo {customer} <b>")
    odd = client("{link}\r\nBcc:x@evil.example <i>", email=MARA, language="de")

    made = visit(desk, odd)

    message = last_sent()
    assert message.subject == "Für {link} Bcc:x@evil.example <i>"
    assert message.body.startswith("Hallo {link}")
    assert "<b>" in message.body  # plain text: shown as it was typed
    assert message.recipients() == [MARA]
    assert "bcc" not in {name.lower() for name, _ in message.message().items()}
    assert message.message().get_content_type() != "text/html"
    say_what_must_stand_in(message, made)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "field"),
    [(("fax", "de"), "kind"), (("booked", "klingon"), "language"), (("booked", "de"), "text")],
)
def test_a_template_is_for_a_kind_and_a_language_and_says_something(
    about: tuple[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        words(*about)

    assert refused.value.field == field
    assert not MessageTemplate.objects.exists()


@pytest.mark.django_db
def test_there_is_one_template_for_a_message_also_in_the_database() -> None:
    words(text="One")

    with pytest.raises(InvalidInput, match="already"):
        words(text="Two")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO scheduling_messagetemplate SELECT gen_random_uuid(), kind, language,"
            " subject, text, placement, created_at, version, service_id"
            " FROM scheduling_messagetemplate"
        )


@pytest.mark.django_db
def test_a_change_has_a_version_a_history_and_an_announcement() -> None:
    made = words(text="Bitte klingeln")

    change_template(made.pk, {"text": "Bitte klopfen"}, by=SETUP, expected_version=1)

    with pytest.raises(StaleVersion):
        change_template(made.pk, {"text": "Zu spät"}, by=SETUP, expected_version=1)
    made.refresh_from_db()
    assert (made.text, made.version) == ("Bitte klopfen", 2)
    changes = [(one.before, one.after) for one in entries(made)[0].changes]
    assert changes == [("Bitte klingeln", "Bitte klopfen")]
    remove_template(made.pk, by=SETUP)
    assert MessageTemplate.history.filter(history_type="-").count() == 1
    told = Change.objects.filter(local_id=made.pk).order_by("pk").values_list("name", flat=True)
    assert list(told) == [
        "message_template.added",
        "message_template.updated",
        "message_template.removed",
    ]


@pytest.mark.django_db
def test_whoever_sets_up_no_services_writes_no_words(desk: Actor) -> None:
    made = words(text="Bitte klingeln")

    with pytest.raises(AccessDenied):
        add_template("moved", "de", None, {"text": "Hi"}, by=desk)
    with pytest.raises(AccessDenied):
        change_template(made.pk, {"text": "Hi"}, by=desk)
    with pytest.raises(AccessDenied):
        remove_template(made.pk, by=desk)


@pytest.mark.django_db
def test_a_reminder_has_words_of_the_moment_it_is_sent(desk: Actor) -> None:
    Business.objects.create(name="Salon & Co")
    made = visit(desk, german())
    last_sent()
    words("reminder", text="Morgen bei {business}!")

    send_due(
        at=datetime.combine(made.start_at.date(), made.start_at.timetz()) - timedelta(hours=2)
    )

    assert mail.outbox[-1].body.startswith("Morgen bei Salon & Co!\n")
    say_what_must_stand_in(mail.outbox[-1], made)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_written_in_every_language_that_a_customer_can_have(language: str) -> None:
    at = datetime(2027, 3, 1, 9, tzinfo=UTC)
    template = drafted_template("booked", language, None, {"text": "{when}"})

    words = compose(sample_of("booked", language, None, at=at), template)

    assert "09:00 – 10:00" in words.body.splitlines()[0]
    assert "{" not in words.body
