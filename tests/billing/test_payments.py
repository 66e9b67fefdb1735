"""Money that came in, and what follows from it."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from billing import settling
from billing.issuing import issue_invoice
from billing.models import Allocation, Invoice, Payment
from billing.payments import EventReused, MoreThanOpen, NotIssued, record_payment
from billing.settling import NothingOpen, note_overdue, write_off_invoice
from billing.states import PaymentMethod
from hub.access import AccessDenied
from hub.errors import InvalidInput
from hub.models import Change
from tests.factories import billing as make
from tests.factories.people import SETUP, actor, person
from tests.factories.threads import at_once

NOON = make.LATER + timedelta(hours=1)


def pay(invoice: Invoice, amount: str, **values: Any) -> Payment:
    usual: dict[str, Any] = {
        "method": PaymentMethod.CARD,
        "received_at": NOON,
        "at": NOON,
        "by": SETUP,
    }
    return record_payment(invoice.pk, amount=Decimal(amount), **(usual | values))


@pytest.mark.django_db
def test_a_part_and_then_the_rest_make_an_invoice_paid() -> None:
    invoice = make.issued("100.00")

    pay(invoice, "30.00")
    invoice.refresh_from_db()
    assert (invoice.settlement, invoice.balance) == ("part_paid", Decimal(70))
    pay(invoice, "70.00")

    invoice.refresh_from_db()
    assert (invoice.settlement, invoice.balance, invoice.paid_at) == ("paid", Decimal(0), NOON)
    assert Change.objects.filter(name="invoice.settlement_changed").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "NaN", "Infinity"])
def test_an_amount_that_cannot_be_paid_is_refused_at_its_field(amount: str) -> None:
    invoice = make.issued("100.00")

    with pytest.raises(InvalidInput) as refused:
        pay(invoice, amount)

    assert refused.value.field == "amount"
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_an_invoice_is_never_overpaid() -> None:
    invoice = make.issued("100.00")

    with pytest.raises(MoreThanOpen):
        pay(invoice, "100.01")


@pytest.mark.django_db
def test_a_draft_cannot_be_paid() -> None:
    with pytest.raises(NotIssued):
        pay(make.draft(), "10.00")


@pytest.mark.django_db
def test_a_day_to_come_is_no_day_of_payment() -> None:
    invoice = make.issued()

    with pytest.raises(InvalidInput):
        pay(invoice, "10.00", received_at=NOON + timedelta(days=1))


@pytest.mark.django_db
def test_an_event_of_a_provider_is_recorded_once() -> None:
    invoice = make.issued("100.00")

    first = pay(invoice, "40.00", provider_event_id="evt_1")
    again = pay(invoice, "40.00", provider_event_id="evt_1")

    assert first == again
    assert Allocation.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["Front desk", "Practitioner", "Manager", "Administrator"])
def test_only_billing_records_payments(role: str) -> None:
    invoice = make.issued()

    with pytest.raises(AccessDenied):
        pay(invoice, "10.00", by=actor(person(role)))


@pytest.mark.django_db
def test_an_allocation_is_only_ever_added() -> None:
    pay(make.issued(), "10.00")

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_allocation SET amount = 1")


@pytest.mark.django_db
def test_an_overdue_invoice_is_announced_once_on_its_own_local_day() -> None:
    invoice = make.issued("100.00")
    assert invoice.due_date is not None
    due = make.LATER + timedelta(days=14)

    assert note_overdue(at=due, by=SETUP) == 0
    assert note_overdue(at=due + timedelta(days=1), by=SETUP) == 1
    assert note_overdue(at=due + timedelta(days=2), by=SETUP) == 0


@pytest.mark.django_db
def test_writing_off_closes_the_balance_and_keeps_the_number() -> None:
    ada = actor(person("Manager"))
    invoice = make.issued("100.00")
    pay(invoice, "30.00")

    written_off = write_off_invoice(invoice.pk, reason="Moved away", by=ada)

    assert (written_off.balance, written_off.written_off) == (Decimal(0), Decimal(70))
    assert written_off.number == invoice.number


@pytest.mark.django_db
def test_a_paid_invoice_is_not_written_off() -> None:
    invoice = make.issued("100.00")
    pay(invoice, "100.00")

    with pytest.raises(NothingOpen):
        write_off_invoice(invoice.pk, reason="?", by=SETUP)


@pytest.mark.django_db(transaction=True)
def test_forty_payments_at_once_never_take_more_than_the_total() -> None:
    invoice = make.issued("100.00")

    outcomes = at_once(40, lambda _: pay(invoice, "30.00"))

    invoice.refresh_from_db()
    assert sum(isinstance(outcome, Payment) for outcome in outcomes) == 3
    assert {type(o) for o in outcomes} == {Payment, MoreThanOpen}
    assert invoice.balance == Decimal(10)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_same_race_is_only_stopped_by_the_constraint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: with the row lock off, the outcome is an error or an overpayment."""
    invoice = make.issued("100.00")
    unlocked = Invoice.objects.all
    monkeypatch.setattr(Invoice.objects, "select_for_update", lambda **_: unlocked())
    settle = settling.resettle

    def settle_after_a_pause(*what: Any, **how: Any) -> None:
        time.sleep(0.2)  # so that all have looked at the balance before the first one changes it
        settle(*what, **how)

    monkeypatch.setattr("billing.payments.resettle", settle_after_a_pause)

    outcomes = at_once(40, lambda _: pay(invoice, "30.00"))

    paid = sum(isinstance(outcome, Payment) for outcome in outcomes)
    kinds = {type(outcome).__name__ for outcome in outcomes}
    assert paid > 3 or kinds - {"Payment", "MoreThanOpen"}


@pytest.mark.django_db(transaction=True)
def test_thirty_issues_at_once_give_thirty_numbers_in_a_row() -> None:
    drafts = [make.draft() for _ in range(30)]

    at_once(30, lambda place: issue_invoice(drafts[place].pk, at=make.LATER, by=SETUP))

    numbers = {invoice.series_number for invoice in Invoice.objects.all()}
    assert numbers == set(range(1, 31))


@pytest.mark.django_db
def test_an_event_recorded_for_one_invoice_does_not_pay_another() -> None:
    pay(make.issued("100.00"), "40.00", provider_event_id="evt_1")

    with pytest.raises(EventReused):
        pay(make.issued("100.00"), "40.00", provider_event_id="evt_1")
