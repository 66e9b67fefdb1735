"""Erasing a person: nothing is left but what the law wants, and that is said."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from billing.settling import write_off_invoice
from customers.addresses import add_address, change_address, remove_address
from customers.erasure import CannotErase, erase_customer, prospect_of
from customers.identity import ExternalKey, find_or_create
from customers.models import Channel, Consent, ContactPoint, Customer
from customers.updating import update_customer
from hub import history
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.models import Change
from scheduling.booking import annotate_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment
from tests.customers.merged import merge, undo
from tests.factories import billing as make
from tests.factories.customers import claim, customer
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import booked

pytestmark = pytest.mark.django_db
CANARY = "zyxcanary"


def everywhere() -> list[str]:
    """Return the tables in which the canary is still to be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            asked = f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s"  # noqa: S608
            cursor.execute(asked, [f"%{CANARY}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return sorted(found)


@pytest.fixture
def canary() -> Customer:
    """Somebody whose every detail has the same word in it, now and before."""
    stated = claim(
        f"{CANARY} Marchetti{CANARY}",
        email=f"{CANARY}@x.example",
        company=f"{CANARY} Ltd",
        tax_id=f"FR {CANARY}",
        street=f"1 {CANARY} Street",
        city=CANARY,
        notes=f"About {CANARY}",
        external=ExternalKey("Old software", CANARY),
        birth_date=date(1984, 5, 31),
    )
    made = find_or_create(stated, at=timezone.now(), by=SETUP).customer
    update_customer(made.pk, {"city": f"New {CANARY}", "email": f"new@{CANARY}.example"}, by=SETUP)
    consent = Consent(customer=made, channel=Channel.EMAIL, granted=True, source=f"Told {CANARY}")
    history.create(consent, by=SETUP)
    place = {"kind": "visit", "label": f"At {CANARY}", "street": f"2 {CANARY} Street"}
    address = add_address(made.pk, place | {"city": CANARY, "postal_code": CANARY}, by=SETUP)
    change_address(made.pk, address.pk, {"street": f"3 {CANARY} Street"}, by=SETUP)
    gone = add_address(made.pk, place | {"street": f"4 {CANARY} Street"}, by=SETUP)
    remove_address(made.pk, gone.pk, by=SETUP)
    visit = booked(made, notes=f"Likes {CANARY}")
    annotate_appointment(visit.pk, customer_notes=f"Dear {CANARY}", tags=[CANARY], by=SETUP)
    cancel_appointment(visit.pk, reason=f"{CANARY} is ill", at=timezone.now(), by=SETUP)
    return made


def test_nothing_of_an_erased_person_is_left_in_any_table_inv_12(canary: Customer) -> None:
    assert len(everywhere()) > 10
    assert {"customers_postaladdress", "customers_historicalpostaladdress"} <= set(everywhere())

    erase_customer(canary.pk, reason="Asked on Nov 22", at=timezone.now(), by=SETUP)

    assert everywhere() == []
    canary.refresh_from_db()
    assert (canary.name, canary.search_name, canary.birth_date) == ("Erased customer", "", None)
    assert canary.erased_at is not None
    assert Customer.objects.current().count() == 0


def test_the_seals_stay_and_who_did_what_when(canary: Customer) -> None:
    def seals() -> list[tuple[bytes, str]]:
        rows = Customer.history.filter(id=canary.pk).order_by("history_id")
        return [(bytes(row.row_sha), row.actor_name) for row in rows]

    before = seals()

    erase_customer(canary.pk, reason="Asked on Nov 22", at=timezone.now(), by=SETUP)

    assert seals()[: len(before)] == before
    newest = Customer.history.filter(id=canary.pk).latest()
    assert newest.history_change_reason == "Asked on Nov 22"
    assert Change.objects.filter(name="customer.erased", local_id=canary.pk).count() == 1


def test_issued_invoices_stay_as_they_are_and_it_is_said_why(canary: Customer) -> None:
    invoice = make.issued(customer=canary)
    write_off_invoice(invoice.pk, reason="Moved", by=SETUP)

    kept = erase_customer(canary.pk, reason="Asked", at=timezone.now(), by=SETUP)

    assert invoice.issue_date
    words = " ".join(f"{one.what} {one.why}" for one in kept)
    assert "One invoice with the name and address" in words
    assert f"until December 31, {invoice.issue_date.year + 10}" in words
    assert set(everywhere()) <= {"billing_invoice", "billing_historicalinvoice"}
    invoice.refresh_from_db()
    assert CANARY in invoice.snapshot_text


def test_what_is_still_going_on_stands_in_the_way() -> None:
    claire = customer("Claire Marchetti")
    visit = booked(claire)
    make.draft(customer=claire)

    with pytest.raises(CannotErase, match=r"still to come.*draft invoice"):
        erase_customer(claire.pk, reason="Asked", at=timezone.now(), by=SETUP)

    later = visit.end_at + timedelta(days=1)
    assert prospect_of(claire.pk, at=later).obstacles == [
        "A draft invoice is not finished: issue or discard it first."
    ]
    claire.refresh_from_db()
    assert claire.erased_at is None


def test_an_unpaid_invoice_stands_in_the_way() -> None:
    claire = customer("Claire Marchetti")
    make.issued(customer=claire)

    with pytest.raises(CannotErase, match="to be paid"):
        erase_customer(claire.pk, reason="Asked", at=timezone.now(), by=SETUP)


def test_whoever_was_erased_stays_erased(canary: Customer) -> None:
    erase_customer(canary.pk, reason="Asked", at=timezone.now(), by=SETUP)

    back = find_or_create(
        claim("Claire Marchetti", hub_id=canary.pk, email=f"{CANARY}@x.example"),
        at=timezone.now(),
        by=SETUP,
    )

    assert back.created
    assert back.customer != canary
    with pytest.raises(Customer.DoesNotExist):
        update_customer(canary.pk, {"city": "Lyon"}, by=SETUP)
    assert not ContactPoint.objects.filter(customer=canary).exists()
    with pytest.raises(CannotErase, match="already"):
        erase_customer(canary.pk, reason="Asked", at=timezone.now(), by=SETUP)


def test_what_was_merged_into_it_is_erased_along(canary: Customer) -> None:
    twin = customer("Twin Marchetti", email="twin@x.example")
    Customer.objects.filter(pk=canary.pk).update(canonical=twin)

    with pytest.raises(CannotErase, match="merged into another"):
        erase_customer(canary.pk, reason="Asked", at=timezone.now(), by=SETUP)
    erase_customer(twin.pk, reason="Asked", at=timezone.now(), by=SETUP)

    assert everywhere() == []


def test_nothing_new_is_written_about_whoever_was_erased_inv_11(canary: Customer) -> None:
    erase_customer(canary.pk, reason="Asked", at=timezone.now(), by=SETUP)

    with pytest.raises(InvalidInput, match="no such customer"):
        booked(canary)
    with pytest.raises(Customer.DoesNotExist):
        make.draft(customer=canary)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 101, "a\x00b"])
def test_a_reason_is_needed(reason: str) -> None:
    claire = customer("Claire Marchetti")

    with pytest.raises(InvalidInput):
        erase_customer(claire.pk, reason=reason, at=timezone.now(), by=SETUP)


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Billing", "Administrator"])
def test_only_managers_erase(role: str) -> None:
    claire = customer("Claire Marchetti")

    with pytest.raises(AccessDenied):
        erase_customer(claire.pk, reason="Asked", at=timezone.now(), by=actor(person(role)))


def test_the_program_cannot_clear_a_history_by_itself(canary: Customer) -> None:
    """Neither with the setting that the function uses, nor for somebody who is not erased."""
    table = Customer.history.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hub.erasing', 'on', true)")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(f"UPDATE {table} SET notes = ''")  # noqa: S608
        with pytest.raises(DatabaseError, match="only an erased"), transaction.atomic():
            cursor.execute("SELECT customers_erase_history(%s)", [canary.pk])
        visit = Appointment.objects.get(customer=canary)
        with pytest.raises(DatabaseError, match="first clear"), transaction.atomic():
            cursor.execute("SELECT scheduling_erase_history(%s)", [visit.pk])


def test_why_an_erased_person_was_merged_is_not_kept(canary: Customer) -> None:
    other = customer("Luc Perrin", email="luc@x.example")
    merge(canary, other, reason=f"{CANARY} married")
    undo(merge(canary, customer("Ann Perrin"), reason=f"{CANARY}, too"))
    assert {"customers_merge", "customers_historicalmerge"} <= set(everywhere())

    erase_customer(canary.pk, reason="Asked", at=timezone.now(), by=SETUP)

    assert everywhere() == []
