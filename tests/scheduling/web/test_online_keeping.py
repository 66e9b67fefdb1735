"""The public page keeps the chosen time while its form is filled in."""

from typing import Any

import pytest
from django.test import Client

from scheduling.models import Hold, Staff
from tests.scheduling.web.test_online_pages import dina, send, times_path, typed, you_path

pytestmark = pytest.mark.django_db
__all__ = ["dina"]


def keep(browser: Client, **values: Any) -> Any:
    browser.get(f"{you_path()}?start=2027-03-01T09:00Z")
    token = browser.cookies["hub_csrf"].value
    return browser.post(f"{times_path()}keep/", typed(csrfmiddlewaretoken=token, **values))


def test_the_page_keeps_the_time_until_its_form_is_sent_or_left(
    dina: Staff, ada_phone: Client
) -> None:
    kept = keep(ada_phone)
    hold = Hold.objects.get()
    ada_phone.get(times_path())
    left = Hold.objects.exists()
    keep(ada_phone, key=hold.pk)
    answer = send(ada_phone, key=hold.pk)

    assert "We keep this time for you until" in kept.text
    assert not left
    assert answer.status_code == 302
    assert not Hold.objects.exists()


@pytest.mark.parametrize("values", [{"key": "x"}, {"start": "soon"}, {"start": ""}])
def test_a_form_that_makes_no_sense_holds_nothing(
    dina: Staff, ada_phone: Client, values: dict[str, str]
) -> None:
    answer = keep(ada_phone, **values)

    assert answer.status_code == 200
    assert not Hold.objects.exists()


def test_opening_the_form_alone_holds_nothing(dina: Staff, ada_phone: Client) -> None:
    ada_phone.get(f"{you_path()}?start=2027-03-01T09:00Z")

    assert not Hold.objects.exists()
