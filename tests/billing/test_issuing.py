"""From completed work to a numbered invoice that no longer changes."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from billing.drafting import AlreadyInvoiced, discard_draft, set_lines
from billing.issuing import Incomplete, issue_invoice
from billing.models import Invoice, InvoiceLine, NumberSeries, TaxRate
from billing.numbering import DateOutOfOrder
from billing.planning import LineInput
from billing.snapshot import snapshot_sha256
from billing.states import InvoiceStatus
from hub import history
from hub.access import AccessDenied
from hub.errors import StaleVersion
from hub.lifecycle import IllegalTransition
from hub.models import Change
from scheduling.attendance import complete_appointment, reopen_appointment
from scheduling.canceling import cancel_appointment
from tests.factories import billing as make
from tests.factories.people import SETUP, actor, person
from tests.factories.scheduling import MONDAY_9, booked, client

pytestmark = pytest.mark.django_db


def test_completing_a_visit_proposes_a_draft_with_its_price_and_tax() -> None:
    visit = make.completed()

    draft = Invoice.objects.get(lines__appointment=visit)

    line = draft.lines.get()
    assert (draft.status, draft.customer_id) == (InvoiceStatus.DRAFT, visit.customer_id)
    assert (line.description, line.unit_price) == ("Haircut", Decimal("49.00"))
    assert (draft.net, draft.tax, draft.total) == (
        Decimal("41.18"),
        Decimal("7.82"),
        Decimal("49.00"),
    )


def test_the_front_desk_completes_and_the_draft_appears_though_it_may_not_draft() -> None:
    make.billing()
    ben = actor(person("Front desk"))
    visit = booked()
    complete_appointment(visit.pk, at=visit.end_at, by=ben)

    assert InvoiceLine.objects.filter(appointment=visit).count() == 1


def test_an_issued_invoice_has_number_dates_and_a_sealed_snapshot() -> None:
    invoice = issue_invoice(make.draft("49.00").pk, at=make.LATER, by=SETUP)

    assert invoice.number == "2027-0001"
    assert invoice.issue_date == make.LATER.date()
    assert invoice.due_date == make.LATER.date() + timedelta(days=14)
    assert (invoice.balance, invoice.settlement) == (Decimal("49.00"), "unpaid")
    assert snapshot_sha256(invoice.snapshot_text) == invoice.snapshot_sha256
    assert json.loads(invoice.snapshot_text)["totals"]["total"] == "49.00"
    assert Change.objects.filter(name="invoice.issued", local_id=invoice.pk).count() == 1


def test_the_issue_date_is_the_day_of_the_legal_entity() -> None:
    late_evening_in_utc = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)

    invoice = issue_invoice(make.draft().pk, at=late_evening_in_utc, by=SETUP)

    assert str(invoice.issue_date) == "2027-03-02"


def test_numbers_run_without_a_gap_when_one_issue_fails() -> None:
    first, failing, second = make.draft(), make.draft(), make.draft()
    issue_invoice(first.pk, at=make.LATER, by=SETUP)
    with transaction.atomic():
        issue_invoice(failing.pk, at=make.LATER, by=SETUP)
        transaction.set_rollback(True)

    after = issue_invoice(second.pk, at=make.LATER, by=SETUP)

    assert after.number == "2027-0002"
    assert NumberSeries.objects.get().next_number == 3


def test_an_earlier_date_is_refused_once_a_later_one_was_issued() -> None:
    issue_invoice(make.draft().pk, at=make.LATER, by=SETUP)

    with pytest.raises(DateOutOfOrder):
        issue_invoice(make.draft().pk, at=make.LATER - timedelta(days=2), by=SETUP)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_invoice SET total = total + 1, net = net + 1",
        "UPDATE billing_invoice SET number = '2027-9999'",
        "UPDATE billing_invoice SET snapshot_text = '{}'",
        "UPDATE billing_invoice SET status = 'draft'",
        "DELETE FROM billing_invoicetax",
        "UPDATE billing_invoiceline SET unit_price = 1",
        "DELETE FROM billing_invoiceline",
    ],
)
def test_the_database_refuses_to_change_what_is_issued(statement: str) -> None:
    make.issued()

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_line_cannot_bill_the_visit_of_another_customer() -> None:
    visit = make.completed()
    other = make.draft(customer=client("Noah Klein"))
    line = other.lines.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceLine.objects.filter(pk=line.pk).update(appointment=visit)


def test_a_draft_without_lines_or_without_a_tax_decision_is_not_issued() -> None:
    empty = set_lines(make.draft().pk, [], on=make.LATER.date(), by=SETUP)
    taxless = make.draft()
    for rate in TaxRate.objects.all():
        history.delete(rate, by=SETUP)

    for draft in (empty, taxless):
        with pytest.raises(Incomplete):
            issue_invoice(draft.pk, at=make.LATER, by=SETUP)
    assert not Invoice.objects.exclude(number="").exists()


def test_an_issued_invoice_is_neither_issued_again_nor_edited_nor_discarded() -> None:
    invoice = make.issued()

    with pytest.raises(IllegalTransition):
        issue_invoice(invoice.pk, at=make.LATER, by=SETUP)
    with pytest.raises(IllegalTransition):
        set_lines(invoice.pk, [], on=make.LATER.date(), by=SETUP)
    with pytest.raises(IllegalTransition):
        discard_draft(invoice.pk, by=SETUP)


def test_a_stale_edit_of_a_draft_is_refused() -> None:
    draft = make.draft()
    line = LineInput(description="Tea", quantity=Decimal(1), unit_price=Decimal("2.50"))
    set_lines(draft.pk, [line], on=make.LATER.date(), by=SETUP)

    with pytest.raises(StaleVersion):
        set_lines(draft.pk, [], on=make.LATER.date(), by=SETUP, expected_version=draft.version)


def test_a_discount_needs_a_reason_and_is_computed_on_the_line() -> None:
    line = LineInput(
        description="Color",
        quantity=Decimal(10),
        unit_price=Decimal("82.50"),
        discount_percent=Decimal(15),
        discount_reason="Regular",
    )

    draft = set_lines(make.draft().pk, [line], on=make.LATER.date(), by=SETUP)

    assert draft.total == Decimal("701.25")


@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Administrator"])
def test_only_billing_and_managers_issue(role: str) -> None:
    draft = make.draft()

    with pytest.raises(AccessDenied):
        issue_invoice(draft.pk, at=make.LATER, by=actor(person(role)))


def test_canceling_or_reopening_a_visit_takes_it_out_of_the_drafts() -> None:
    visit = make.completed()

    reopen_appointment(visit.pk, reason="Wrong visit", at=visit.end_at, by=SETUP)

    assert not InvoiceLine.objects.exists()
    assert Invoice.objects.get().status == InvoiceStatus.DISCARDED
    cancel_appointment(visit.pk, reason="Ill", at=visit.end_at, by=SETUP)


def test_a_visit_on_an_issued_invoice_is_not_reopened() -> None:
    visit = make.completed()
    draft = Invoice.objects.get()
    issue_invoice(draft.pk, at=max(make.LATER, MONDAY_9), by=SETUP)

    with pytest.raises(AlreadyInvoiced):
        reopen_appointment(visit.pk, reason="Wrong visit", at=visit.end_at, by=SETUP)


def test_every_step_stands_in_the_history_with_its_actor() -> None:
    bo = person("Billing")
    invoice = issue_invoice(make.draft().pk, at=make.LATER, by=actor(bo))

    newest = invoice.history.latest()

    assert (newest.actor_name, newest.status) == ("Bo Billing", "issued")
