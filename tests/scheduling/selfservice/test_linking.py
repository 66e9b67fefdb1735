"""A link opens one appointment, for whoever it was sent to, as long as that is right."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from string import ascii_letters, digits
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.contacts import set_main
from customers.erasure import erase_customer
from customers.models import ContactKind, ContactPoint
from scheduling.linking import OUTLASTS, LinkOver, LinkUnknown, address_for, open_link, token_for
from scheduling.models import Appointment
from tests.customers.merged import merge, undo
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, client
from tests.scheduling.selfservice.links import MAIL, SUNDAY, token_of, visit

pytestmark = pytest.mark.django_db


def opens(appointment: Appointment, email: str = MAIL) -> bool:
    try:
        return open_link(token_of(appointment, email), at=SUNDAY) == appointment
    except LinkUnknown:
        return False


def test_a_link_opens_its_appointment_however_the_address_was_written() -> None:
    appointment = visit()

    address = address_for(appointment, email="  ADA@Winter.example ")

    assert address == f"http://127.0.0.1:8000/visits/{token_of(appointment)}/"
    assert opens(appointment)
    assert address_for(appointment, email="nobody") == ""


def test_it_is_of_one_appointment_and_one_recipient() -> None:
    ada, one = client("Ada Winter", email=MAIL), "one@winter.example"
    first, second = visit(ada), visit(ada, start=MONDAY_9 + timedelta(hours=2))
    mixed = first.pk.bytes + bytes.fromhex("00" * 16)

    assert len({token_of(first), token_of(second), token_for(first.pk, email=one)}) == 3
    assert not opens(first, one)
    with pytest.raises(LinkUnknown):
        open_link(urlsafe_b64encode(mixed).decode().rstrip("="), at=SUNDAY)


def test_a_changed_character_opens_nothing() -> None:
    token = token_of(visit())
    alphabet = ascii_letters + digits + "-_"
    others = {
        token[:place] + letter + token[place + 1 :]
        for place in range(len(token))
        for letter in alphabet
    } - {token}

    for other in others:
        with pytest.raises(LinkUnknown):
            open_link(other, at=SUNDAY)


@given(st.text(max_size=60))
def test_nothing_that_anybody_types_is_an_error(text: str) -> None:
    with pytest.raises(LinkUnknown):
        open_link(text, at=SUNDAY)


def test_it_ends_some_days_after_the_visit() -> None:
    appointment = visit()
    last = appointment.end_at + OUTLASTS

    assert open_link(token_of(appointment), at=last) == appointment
    with pytest.raises(LinkOver) as refusal:
        open_link(token_of(appointment), at=last + timedelta(seconds=1))
    assert refusal.value.appointment == appointment


def test_it_ends_with_the_address_it_was_sent_to() -> None:
    appointment = visit()
    other = ContactPoint(kind=ContactKind.EMAIL, value="new@winter.example")
    other.normalized = other.value

    set_main(appointment.customer, ContactKind.EMAIL, other, by=SETUP)

    assert not opens(appointment)
    assert opens(appointment, other.value)


def test_it_ends_with_an_erasure() -> None:
    appointment = visit()
    manager = actor(person("Manager"))
    after = appointment.end_at + timedelta(days=1)
    assert open_link(token_of(appointment), at=after) == appointment

    erase_customer(appointment.customer_id, reason="Asked for it", at=after, by=manager)

    with pytest.raises(LinkUnknown):
        open_link(token_of(appointment), at=after)


def test_after_a_merge_it_opens_for_the_survivor_and_after_its_undo_as_well() -> None:
    appointment = visit()
    survivor = client("Ada Winter-Sommer", email="sommer@winter.example")

    done = merge(survivor, appointment.customer)

    found = open_link(token_of(appointment), at=SUNDAY)
    assert found.customer == survivor
    undo(done)
    assert open_link(token_of(appointment), at=SUNDAY).customer == appointment.customer
    assert not opens(appointment, "sommer@winter.example")


def test_it_goes_on_while_the_key_of_the_hub_is_changed(settings: Any) -> None:
    appointment = visit()
    token, old = token_of(appointment), settings.SECRET_KEY

    settings.SECRET_KEY = "another" * 9

    with pytest.raises(LinkUnknown):
        open_link(token, at=SUNDAY)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert open_link(token, at=SUNDAY) == appointment
