"""One timeline of visits, invoices, payments, messages and edits."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.payments import record_payment
from billing.states import PaymentMethod
from customers import timeline
from customers.edits import edits_of
from customers.erasure import erase_customer
from customers.models import Customer
from customers.undoing import CannotUndo, undo_edit
from customers.updating import update_customer
from scheduling.booking import reschedule_appointment
from scheduling.models import Appointment
from tests.customers.merged import merge, undo
from tests.factories import billing as make
from tests.factories.clients import signed_in
from tests.factories.customers import customer
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    return customer(email="claire@marchetti.example")


def page(of: Customer, query: str = "", *, role: str = "Manager") -> Any:
    return signed_in(person(role)).get(f"/customers/{of.pk}/{query}")


def moved(of: Customer) -> Appointment:
    """A visit that somebody of the team moved, which the customer is told."""
    visit = booked(of, staff=staff("Dina Falk"))
    by, later = actor(person("Front desk")), visit.start_at + timedelta(hours=1)
    return reschedule_appointment(visit.pk, start_at=later, at=timezone.now(), by=by)


def told(answer: Any) -> list[str]:
    return [moment.title for _, moments in answer.context["groups"] for moment in moments]


def test_everything_stands_in_one_order_id_6_ux_1(claire: Customer) -> None:
    visit = moved(claire)
    invoice = make.issued(customer=claire, at=timezone.now())
    paid = timezone.now()
    record_payment(
        invoice.pk,
        amount=Decimal(9),
        method=PaymentMethod.CASH,
        received_at=paid,
        at=paid,
        by=SETUP,
    )
    update_customer(claire.pk, {"city": "Lyon"}, by=SETUP)

    answer = page(claire)

    titles = told(answer)
    visited = f"{visit.service_name} with Dina Falk"
    assert titles[:3] == ["Message about a new time", "Reminder", visited], "the nearest first"
    assert [heading for heading, _ in answer.context["groups"]][:2] == ["Upcoming", "Today"]
    assert {"Customer added", "City added"} <= set(titles)
    assert any(title.startswith(f"Invoice {invoice.number} issued") for title in titles)
    assert f"€9.00 paid on invoice {invoice.number}" in titles


@pytest.mark.parametrize(
    ("show", "kept"),
    [
        ("visits", {"Haircut with Dina Falk"}),
        ("messages", {"Message about a new time", "Reminder"}),
        ("edits", {"Customer added"}),
    ],
)
def test_one_kind_can_be_shown_alone(claire: Customer, show: str, kept: set[str]) -> None:
    moved(claire)

    titles = told(page(claire, f"?show={show}"))

    assert set(titles) == kept


def test_a_role_is_told_what_it_may_see(claire: Customer) -> None:
    booked(claire, staff=staff("Dina Falk"))
    make.issued(customer=claire, at=timezone.now())

    titles = told(page(claire, role="Front desk"))

    assert not [title for title in titles if "Invoice" in title]
    assert [title for title in titles if "with Dina" in title]


def test_older_moments_follow_without_gap_or_repeat(
    claire: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("customers.web.timeline.PAGE", 3)
    for number in range(7):
        update_customer(claire.pk, {"city": f"City {number}"}, by=SETUP)

    browser = signed_in(person("Manager"))
    seen, query = [], "?show=edits"
    while query:
        answer = browser.get(f"/customers/{claire.pk}/{query}")
        seen += [moment.undo for _, moments in answer.context["groups"] for moment in moments]
        query = answer.context["older"].partition("#")[0]

    keys = [edit.key for edit in edits_of(claire, zone=None)]  # type: ignore[arg-type]
    assert seen == [*keys[:-1], None]


@pytest.mark.parametrize(
    "query", ["?show=x", "?before=yesterday", "?before=2026-01-01", "?before="]
)
def test_a_strange_address_shows_the_newest(claire: Customer, query: str) -> None:
    assert told(page(claire, query)) == ["Customer added"]


def test_the_page_costs_the_same_for_one_visit_and_for_ten(claire: Customer) -> None:
    dina, browser = staff("Dina Falk"), signed_in(person("Manager"))
    costs = []
    for hours in range(10):
        booked(claire, staff=dina, start=MONDAY_9 + timedelta(hours=hours))
        if hours in (0, 1, 9):
            with CaptureQueriesContext(connection) as asked:
                browser.get(f"/customers/{claire.pk}/")
            costs.append(len(asked))

    assert costs[1] == costs[2]


def test_an_edit_is_undone_from_the_page_and_says_so(claire: Customer) -> None:
    update_customer(claire.pk, {"city": "Lyon"}, by=SETUP)
    browser = signed_in(person("Front desk"))
    key = edits_of(claire, zone=None)[0].key  # type: ignore[arg-type]
    place = f"/customers/{claire.pk}/edits/{key}/undo/"
    assert f'action="{place}"' in browser.get(f"/customers/{claire.pk}/").content.decode()

    answer = browser.post(place, {"version": "2"}, follow=True)

    claire.refresh_from_db()
    assert claire.city == ""
    assert [str(message) for message in answer.context["messages"]] == [
        "Put back for Claire Marchetti."
    ]


def test_a_merge_and_its_undoing_are_told_as_such_and_undone_as_a_whole(claire: Customer) -> None:
    clara = customer("Clara Roux", phone="+33 6 12 34 56 78", notes="Likes the window seat.")
    ada = person("Manager")
    merged = merge(claire, clara, "notes", by=actor(ada))

    answer = signed_in(ada).get(f"/customers/{claire.pk}/")

    moments = [one for _, some in answer.context["groups"] for one in some]
    title = f"Merged {clara.code} into {claire.code}"
    (moment,) = (one for one in moments if one.title == title)
    assert {change.label for change in moment.changes} == {"Notes", "Phone"}
    assert moment.undo is None
    key = Customer.history.filter(id=claire.pk).latest("history_id").history_id
    with pytest.raises(CannotUndo, match="as a whole"):
        undo_edit(claire.pk, key, by=SETUP, expected_version=None)

    undo(merged)

    shown = told(signed_in(ada).get(f"/customers/{claire.pk}/"))
    assert f"Undid the merge of {clara.code} into {claire.code}" in shown


def test_an_erasure_is_told_without_what_was_erased(claire: Customer) -> None:
    update_customer(claire.pk, {"notes": "Secret"}, by=SETUP, expected_version=claire.version)
    erase_customer(claire.pk, reason="Asked on Nov 22", at=timezone.now(), by=SETUP)

    answer = page(claire)

    assert "Customer erased" in told(answer)
    moments = [one for _, some in answer.context["groups"] for one in some]
    assert not [change for one in moments for change in one.changes if change.before]
    assert not [change for one in moments for change in one.changes if not change.after]


def test_who_was_erased_is_offered_no_new_invoice(claire: Customer) -> None:
    manager = signed_in(person("Manager"))
    panel = f"/invoices/of-customer/{claire.pk}/"
    make.billing()
    assert "New invoice" in manager.get(panel).content.decode()

    erase_customer(claire.pk, reason="Asked on Nov 22", at=timezone.now(), by=SETUP)

    assert "New invoice" not in manager.get(panel).content.decode()


@pytest.mark.parametrize("version", ["", "1", "x", "²", "9" * 40, "9" * 5000])
def test_a_stale_page_undoes_nothing(claire: Customer, version: str) -> None:
    update_customer(claire.pk, {"city": "Lyon"}, by=SETUP)
    key = edits_of(claire, zone=None)[0].key  # type: ignore[arg-type]
    browser: Client = signed_in(person("Front desk"))

    answer = browser.post(
        f"/customers/{claire.pk}/edits/{key}/undo/", {"version": version}, follow=True
    )

    claire.refresh_from_db()
    assert claire.city == "Lyon"
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_a_source_is_registered_once() -> None:
    before = list(timeline._sources)
    timeline.register_source(*before[0])

    assert timeline._sources == before
