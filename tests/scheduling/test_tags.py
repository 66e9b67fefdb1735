"""Tags, color and source of an appointment: kept one way, found again, and not for customers."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from hub.access import EVERYTHING
from hub.actors import Actor, Source
from hub.errors import InvalidInput
from hub.history_reading import entries
from hub.notifications.sending import send_due
from scheduling.booking import Booking, annotate_appointment, book_appointment
from scheduling.models import Appointment, BookingSource
from scheduling.tagging import is_tag, known_tags, require_tags
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client, location, service, staff

ALMOST_TAGS = st.text(st.characters(exclude_categories=["C"], exclude_characters=","), max_size=20)


@given(st.lists(ALMOST_TAGS, max_size=10))
def test_tags_once_read_are_read_again_as_they_are(words: list[str]) -> None:
    tags = require_tags(words)

    assert require_tags(tags) == tags
    assert all(map(is_tag, tags))
    assert len(set(tags)) == len(tags)


def test_tags_that_differ_by_case_or_blanks_alone_are_one() -> None:
    assert require_tags(["VIP", "  vip ", "First\t visit", "first visit", ""]) == [
        "vip",
        "first visit",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["x" * 41],
        [str(number) for number in range(11)],
        ["a,b"],
        ["a\x00b"],
        ["a\u200eb"],
        ["\ud800"],
    ],
)
def test_what_cannot_be_tags_is_refused_at_the_field(words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_tags(words)

    assert refused.value.field == "tags"


@pytest.mark.django_db
def test_a_booking_keeps_tags_and_color_and_a_change_of_them_can_be_read_in_the_history() -> None:
    made = booked(tags=("VIP",), color="teal")

    annotate_appointment(made.pk, tags=["vip", "first visit"], color="", by=SETUP)

    kept = Appointment.objects.get(pk=made.pk)
    assert (kept.tags, kept.color, kept.version) == (["vip", "first visit"], "", 2)
    newest = entries(made)[0]
    assert [(one.label, one.before, one.after) for one in newest.changes] == [
        ("Color", "Teal", ""),
        ("Tags", "vip", "vip, first visit"),
    ]


@pytest.mark.django_db
def test_there_is_no_color_beyond_the_palette() -> None:
    made = booked()

    with pytest.raises(InvalidInput) as refused:
        annotate_appointment(made.pk, color="#ff0000", by=SETUP)

    assert refused.value.field == "color"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"color": "mauve"}, {"booked_through": "fax"}, {"tags": ["x"] * 11}]
)
def test_the_database_refuses_marks_that_are_none(values: dict[str, object]) -> None:
    made = booked()

    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=made.pk).update(**values)


@pytest.mark.django_db
@pytest.mark.parametrize("source", Source)
def test_an_appointment_says_through_which_door_it_was_booked(source: Source) -> None:
    by = Actor(SETUP.kind, SETUP.id, SETUP.name, source, SETUP.request_id)
    asked = Booking(client().pk, service().pk, staff().pk, MONDAY_9)

    made = book_appointment(asked, at=timezone.now(), by=by)

    assert made.booked_through == BookingSource.of(source)
    assert BookingSource.of(source) == source.value.replace(" ", "_")


@pytest.mark.django_db
def test_tags_are_found_by_the_index_that_knows_them() -> None:
    vip = booked(tags=("vip", "first visit"))
    booked(tags=("first visit",))
    booked()

    assert list(Appointment.objects.tagged("vip")) == [vip]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "appointment_by_tag" in Appointment.objects.tagged("vip").explain()


@pytest.mark.django_db
def test_tags_of_one_place_are_offered_there() -> None:
    booked(tags=("vip", "first visit"))
    booked(tags=("vip",))
    elsewhere = location("Brooklyn", zone="America/New_York", country="US", currency="USD")
    booked(staff=staff(place=elsewhere), start=MONDAY_9 + timedelta(hours=9), tags=("hidden",))

    assert known_tags(location(), EVERYTHING) == ["first visit", "vip"]


@pytest.mark.django_db
def test_no_message_to_a_customer_says_tags() -> None:
    mara = client("Mara Winter", email="mara@winter.example")
    asked = Booking(mara.pk, service().pk, staff().pk, MONDAY_9, tags=("never pays",))
    book_appointment(asked, at=timezone.now(), by=actor(person("Front desk")))

    send_due(at=timezone.now())

    [message] = mail.outbox
    assert "never pays" not in message.message().as_string()
