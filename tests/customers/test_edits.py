"""The history of a customer as people read it."""

from datetime import UTC

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.edits import edits_of
from customers.identity import find_or_create
from customers.models import Customer
from customers.updating import update_customer
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example", phone="+33612345678")


def told(of: Customer) -> list[tuple[str, list[tuple[str, str, str]]]]:
    return [
        (edit.title, [(change.label, change.before, change.after) for change in edit.changes])
        for edit in edits_of(of, zone=UTC)
    ]


def test_adding_tells_everything_that_was_given(claire: Customer) -> None:
    [edit] = edits_of(claire, zone=UTC)

    assert (edit.title, edit.actor_name, edit.source, edit.is_first) == (
        "Customer added",
        "Test set-up",
        "import",
        True,
    )
    assert {change.label: change.after for change in edit.changes} == {
        "Given name": "Claire",
        "Family name": "Marchetti",
        "Language": "en",
        "E-mail": "claire@marchetti.example",
        "Phone": "+33 6 12 34 56 78",
    }


def test_one_save_is_one_act_with_its_author(claire: Customer) -> None:
    ben = person("Front desk")

    update_customer(
        claire.pk, {"city": "Lyon", "email": "claire@new.example", "phone": ""}, by=actor(ben)
    )

    newest = edits_of(claire, zone=UTC)[0]
    assert (newest.title, newest.actor_name, newest.source) == (
        "3 details changed",
        "Ben Desk",
        "browser",
    )
    assert told(claire)[0][1] == [
        ("City", "", "Lyon"),
        ("E-mail", "claire@marchetti.example", "claire@new.example"),
        ("Phone", "+33 6 12 34 56 78", ""),
    ]


def test_who_waited_for_an_edit_is_not_told_to_have_made_it(claire: Customer) -> None:
    """An import reads its clock, then waits for the row that somebody is just editing."""
    began = timezone.now()
    update_customer(claire.pk, {"family_name": "Perrin"}, by=actor(person("Front desk")))
    stated = claim("Claire Perrin", email="claire@marchetti.example", phone="+33612345679")
    find_or_create(stated, at=began, by=SETUP)

    authors = {
        change.label: edit.actor_name
        for edit in edits_of(claire, zone=UTC)
        for change in edit.changes
        if not edit.is_first
    }

    assert authors["Family name"] == "Ben Desk"


def test_an_address_alone_is_named_in_the_title(claire: Customer) -> None:
    update_customer(claire.pk, {"email": "claire@new.example"}, by=actor(person("Front desk")))

    assert told(claire)[0] == (
        "E-mail changed",
        [("E-mail", "claire@marchetti.example", "claire@new.example")],
    )


def test_what_happens_to_an_address_because_of_somebody_else_is_told(claire: Customer) -> None:
    customer("Luc Perrin", email="claire@marchetti.example")

    assert ("E-mail is shared with others", "No", "Yes") in told(claire)[0][1]


def test_the_number_of_queries_does_not_grow_with_the_history(claire: Customer) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            edits_of(claire, zone=UTC)
        return len(asked)

    before = count()
    for city in ("Lyon", "Paris", "Nice"):
        update_customer(claire.pk, {"city": city, "email": f"{city}@x.example"}, by=SETUP)

    assert count() == before
