"""Finding a customer by whatever is at hand."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers import searching
from customers.identity import ExternalKey, find_or_create
from customers.models import Customer
from customers.searching import page
from customers.suggesting import suggest
from hub.access import EVERYTHING, NOBODY, Access, Capability, of_user
from hub.models import Business
from syncs.models import Link
from tests.factories.billing import issued
from tests.factories.customers import claim, customer, offered
from tests.factories.people import SETUP, person
from tests.factories.scheduling import booked, staff
from tests.factories.syncs import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire() -> Customer:
    customer("Luc Perrin", email="luc@perrin.example", phone="+33 7 11 22 33 44")
    return customer(
        "Chloé Marchetti-Roux",
        email="Chloe@Marchetti.example",
        phone="+1 202 456 1111 x12",
        company="Atelier Lumen",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "marchetti",
        "CHLOE mar",
        "roux chloé",
        "atelier",
        "chloe@marchetti.example",
        "CHLOE@MARCHETTI",
        "+1 202 456 1111",
        "(202) 456-1111",
        "202.456.1111 x12",
        "4561111",
        "Marcheti",
        "chole marchetti",
    ],
)
def test_a_customer_is_found_by(claire: Customer, typed: str) -> None:
    assert offered(typed, access=EVERYTHING) == [claire]


@pytest.mark.parametrize("write", ["C-{:06d}", "c-{}", "C{}", "{}"])
def test_a_customer_is_found_by_its_code(claire: Customer, write: str) -> None:
    assert offered(write.format(claire.number), access=EVERYTHING) == [claire]


def test_a_national_number_is_dialed_from_the_country_of_the_business() -> None:
    Business.objects.create(name="Atelier Lumen", country="FR")
    luc = customer("Luc Perrin", phone="+33 7 11 22 33 44")

    assert offered("07 11 22 33 44", access=EVERYTHING) == [luc]
    assert offered("0711 22", access=EVERYTHING) == [luc]


@pytest.mark.parametrize(
    "typed",
    ["zorro", "nobody@nowhere", "999 999 999", "0", "%", "_", "\\", "'", "…", "9" * 100, "+",
     "C-999999", "x" * 5000, "²²²²", "(" * 100, "a\x00@b", "\u200b\x00", "\ud800nobody@b",
     "c-" + "9" * 12],
)  # fmt: skip
def test_strange_text_finds_nobody_and_breaks_nothing(claire: Customer, typed: str) -> None:
    assert offered(typed, access=EVERYTHING) == []


def test_a_customer_is_found_by_the_id_of_another_tool(claire: Customer) -> None:
    key = ExternalKey("Old salon software", "K-0815")
    asked = claim("Chloé Marchetti-Roux", email="chloe@marchetti.example", external=key)
    find_or_create(asked, at=timezone.now(), by=SETUP)

    assert offered(" K-0815", access=EVERYTHING) == [claire]
    assert offered("K-081", access=EVERYTHING) == []


def test_a_customer_is_found_by_the_number_of_an_invoice_ux_2(claire: Customer) -> None:
    number = issued(customer=claire).number

    assert offered(number.lower(), access=EVERYTHING) == [claire]
    sees_customers_only = Access(None, frozenset({Capability.VIEW_CUSTOMER}))
    assert offered(number, access=sees_customers_only) == []


def test_a_customer_is_found_by_its_id_in_a_connected_tool_ux_2(claire: Customer) -> None:
    Link.objects.create(
        connection=make_account(),
        kind="customer",
        local_id=claire.pk,
        remote_id="90151",
        idem_key="x",
    )

    assert offered("90151", access=EVERYTHING) == [claire]


def test_without_the_right_nobody_is_found(claire: Customer) -> None:
    assert offered("marchetti", access=NOBODY) == []


def test_a_merged_customer_is_not_found(claire: Customer) -> None:
    Customer.objects.filter(family_name="Perrin").update(canonical=claire)

    assert offered("perrin", access=EVERYTHING) == []


def test_whose_name_begins_with_it_comes_before_who_has_it_elsewhere() -> None:
    for name in ("Martin Adler", "Zoe Martin", "Ann Martinez", "Bo Smartins"):
        customer(name)

    found = [one.name for one in suggest("martin", access=EVERYTHING, limit=8)]
    assert found == ["Zoe Martin", "Ann Martinez", "Martin Adler", "Bo Smartins"]
    assert [one.name for one in suggest("martin", access=EVERYTHING, limit=3)] == found[:3]


def test_two_words_are_looked_for_together_in_either_order() -> None:
    for name in ("Ann Martin", "Zoe Martin", "Martin Ann"):
        customer(name)

    for typed in ("ann mart", "mart ann", "MARTIN  ánn"):
        found = suggest(typed, access=EVERYTHING, limit=8)
        assert [one.name for one in found] == ["Martin Ann", "Ann Martin"]


@pytest.mark.parametrize("typed", ["lindkvist", "Lindqist", "erik lindkvist"])
def test_a_name_heard_but_not_seen_is_offered_the_likest_first(typed: str) -> None:
    customer("Eva Lindberg")
    erik = customer("Erik Lindqvist")

    assert offered(typed, access=EVERYTHING)[:1] == [erik]


def test_what_a_search_finds_is_sorted_instead_of_looked_for_in_the_order_of_names() -> None:
    """What three letters find is sorted; the planner may not pass everybody in their order."""
    customer("Ann Wolf")
    with CaptureQueriesContext(connection) as asked:
        rows = page(Customer.objects.filter(search_name__contains="wolf"), found_by="wolf").rows

    assert [one.family_name for one in rows] == ["Wolf"]
    index_of_names = re.compile(r'ORDER BY "customers_customer"."search_name" ')
    assert not index_of_names.search(asked[0]["sql"])


def test_the_main_contacts_are_loaded_along(claire: Customer) -> None:
    customer("Clara Marchetti", email="clara@marchetti.example")
    with CaptureQueriesContext(connection) as asked:
        found = suggest("marchetti", access=EVERYTHING, limit=8)
        shown = [(one.email, one.phone) for one in found]

    assert len(asked) == 2  # who begins with it, and who else has it
    assert shown == [
        ("clara@marchetti.example", ""),
        ("Chloe@Marchetti.example", "+1 202-456-1111 ext. 12"),
    ]


def test_pages_follow_each_other_without_gap_or_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAGE", 3)
    everybody = [customer("Anna Same") for _ in range(4)]
    everybody += [customer(f"Anna Z{letter}") for letter in "abc"]
    customers = Customer.objects.all()

    first = page(customers)
    second = page(customers, after=first.after)
    third = page(customers, after=second.after)
    back = page(customers, before=third.before)
    start = page(customers, before=back.before)

    assert [*first.rows, *second.rows, *third.rows] == everybody
    assert (first.before, third.after) == (None, None)
    assert (back.rows, start.rows) == (second.rows, first.rows)
    assert (start.before, start.after) == (None, first.after)


def test_a_page_after_somebody_unknown_is_the_first(claire: Customer) -> None:
    assert page(Customer.objects.all(), after=uuid4()).rows[0].family_name == "Marchetti-Roux"


@pytest.mark.parametrize("typed", ["marchetti", "chloe mar", "arche", "marcheti"])
def test_a_practitioner_is_offered_own_customers_alone(claire: Customer, typed: str) -> None:
    customer("Clara Marchetti")
    paula = person("Practitioner")
    works_as = staff("Paula Practice", user=paula)
    booked(claire, staff=works_as)

    assert offered(typed, access=of_user(paula.pk)) == [claire]
