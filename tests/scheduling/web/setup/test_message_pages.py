"""The pages on which a business writes its own words for messages to customers."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.test import Client
from django.utils import timezone

from hub.accounts.roles import grant_role
from scheduling.models import Location, MessageTemplate
from scheduling.setup.messages import add_template, change_template
from tests.factories.clients import signed_in
from tests.factories.people import SETUP, person
from tests.factories.scheduling import client, service, staff

pytestmark = pytest.mark.django_db
PAGE = "/settings/messages/"
GERMAN = {
    "kind": "booked",
    "language": "de",
    "service": "",
    "subject": "Bis bald, {customer}",
    "text": "Bitte <b>klingeln</b>.",
    "placement": "instead",
}


def template(**values: Any) -> MessageTemplate:
    return add_template("booked", "de", None, {"text": "Bitte klingeln."} | values, by=SETUP)


def test_the_empty_list_says_what_to_do_and_which_words_a_message_has(ada: Client) -> None:
    page = ada.get(PAGE).text

    assert "No texts of your own yet" in page
    assert f'href="{PAGE}new/"' in page
    assert "English, French" in page or "German, English, French" in page


def test_a_text_is_added_listed_changed_and_removed(ada: Client) -> None:
    haircut = service()

    added = ada.post(f"{PAGE}new/", GERMAN | {"service": str(haircut.pk)})

    made = MessageTemplate.objects.get()
    assert (added.status_code, added["Location"]) == (302, PAGE)
    assert (made.service, made.subject) == (haircut, "Bis bald, {customer}")
    listed = ada.get(PAGE).text
    for text in ("Confirmation", "German", "Haircut", "Bitte &lt;b&gt;klingeln"):
        assert text in listed
    changed = ada.post(
        f"{PAGE}{made.pk}/",
        {"subject": "", "text": "Neu", "placement": "below", "version": "1"},
    )
    made.refresh_from_db()
    assert (changed.status_code, made.text, made.placement) == (302, "Neu", "below")
    assert "Below the usual greeting" in ada.get(f"{PAGE}{made.pk}/").text
    removed = ada.post(f"{PAGE}{made.pk}/remove/")
    assert [str(one) for one in get_messages(removed.wsgi_request)] == [
        "Confirmation, de: back to the usual words."
    ]
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"text": "Hallo {kunde}"}, "text", "There is no placeholder {kunde} here."),
        ({"subject": "{link}"}, "subject", "There is no placeholder {link} here."),
        ({"subject": "", "text": ""}, "text", "Write a subject, a text, or both."),
        ({"language": "xx"}, "language", "Select a valid choice"),
        ({"service": "x"}, "service", "Select a valid choice"),
        ({"placement": "inside"}, "placement", "Select a valid choice"),
    ],
)
@pytest.mark.parametrize(("form", "status"), [("new/", 422), ("preview/", 200)])
def test_a_mistake_is_shown_at_its_field_and_nothing_is_saved(
    ada: Client, form: str, status: int, values: dict[str, str], field: str, words: str
) -> None:
    answer = ada.post(f"{PAGE}{form}", GERMAN | values)

    assert answer.status_code == status
    assert list(answer.context["form"].errors) == [field]
    assert words in answer.text
    assert not MessageTemplate.objects.exists()


def test_a_second_text_for_the_same_messages_is_refused(ada: Client) -> None:
    template()

    answer = ada.post(f"{PAGE}new/", GERMAN)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["service"]


@pytest.mark.parametrize("kind", ["booked", "moved", "canceled", "reminder"])
@pytest.mark.parametrize("is_set_up", [True, False], ids=["set up", "empty"])
def test_a_preview_shows_the_message_to_nobody_and_saves_and_sends_nothing(
    ada: Client, kind: str, *, is_set_up: bool
) -> None:
    if is_set_up:
        staff(services=[service("Coloring")])
        client("Mara Winter", email="mara@winter.example")

    shown = ada.post(f"{PAGE}preview/", GERMAN | {"kind": kind})

    assert shown.status_code == 200
    for text in ("Bis bald, Alex Example", "Bitte &lt;b&gt;klingeln&lt;/b&gt;.", "Nummer A-01042"):
        assert text in shown.text
    assert ("Coloring bei Sam Example" in shown.text) is is_set_up
    assert "Mara" not in shown.text
    assert not MessageTemplate.objects.exists()
    assert mail.outbox == []


def test_a_text_that_comes_too_late_shows_both_versions(ada: Client) -> None:
    made = template()
    change_template(made.pk, {"text": "Bitte klopfen."}, by=SETUP)
    typed = {"subject": "", "text": "Bitte rufen.", "placement": "instead"}

    late = ada.post(f"{PAGE}{made.pk}/", typed | {"version": "1"})

    assert late.status_code == 409
    rows = [(row.label, row.theirs, row.mine) for row in late.context["stale"] if row.differs]
    assert rows == [("Text", "Bitte klopfen.", "Bitte rufen.")]
    again = late.context["form"]["version"].value()
    assert ada.post(f"{PAGE}{made.pk}/", typed | {"version": again}).status_code == 302


def test_whose_role_is_for_one_location_reads_and_changes_nothing(salon: Location) -> None:
    made = template()
    manager = person(None)
    grant_role(manager.pk, role="Manager", at=timezone.now(), by=SETUP, location_id=salon.pk)
    browser = signed_in(manager)

    listed = browser.get(PAGE).text
    refused = browser.post(f"{PAGE}new/", GERMAN | {"language": "fr"})
    removed = browser.post(f"{PAGE}{made.pk}/remove/")

    assert f'href="{PAGE}new/"' not in listed
    assert "Your role does not reach" in refused.text
    assert [str(one) for one in get_messages(removed.wsgi_request)] == [
        "Your role does not reach this location."
    ]
    assert MessageTemplate.objects.get() == made
