"""What a late cancellation or a no-show costs is drafted, never charged by itself."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.drafting import AlreadyInvoiced
from billing.issuing import issue_invoice
from billing.models import Invoice, InvoiceLine
from billing.states import InvoiceStatus
from scheduling.attendance import mark_no_show, reopen_appointment
from scheduling.canceling import cancel_appointment
from scheduling.models import Appointment, CanceledBy, FeeKind
from tests.factories import billing as make
from tests.factories.people import SETUP
from tests.factories.scheduling import MONDAY_9, booked, service

pytestmark = pytest.mark.django_db


def visit(**rules: Any) -> Appointment:
    make.billing()
    usual = {"late_fee_kind": FeeKind.FLAT, "late_fee": Decimal(20)}
    return booked(service=service("Color", cancellation_window_minutes=60, **usual | rules))


def cancel(made: Appointment, who: CanceledBy, minutes_before: int) -> Appointment:
    at = made.start_at - timedelta(minutes=minutes_before)
    return cancel_appointment(made.pk, reason="Ill", wanted_by=who, at=at, by=SETUP)


def lines() -> list[tuple[str, Decimal, str]]:
    found = InvoiceLine.objects.exclude(invoice__status=InvoiceStatus.DISCARDED)
    return [(line.description, line.unit_price, line.invoice.status) for line in found]


def test_a_late_cancellation_drafts_the_fee_with_its_tax() -> None:
    cancel(visit(), CanceledBy.CUSTOMER, 59)

    draft = Invoice.objects.get()
    assert lines() == [("Late cancellation: Color", Decimal(20), "draft")]
    assert (draft.tax, draft.total) == (Decimal("3.19"), Decimal("20.00"))


@pytest.mark.parametrize(
    ("who", "minutes_before"), [(CanceledBy.CUSTOMER, 60), (CanceledBy.BUSINESS, 5)]
)
def test_in_time_or_by_our_own_wish_it_costs_nothing(who: CanceledBy, minutes_before: int) -> None:
    cancel(visit(), who, minutes_before)

    assert not Invoice.objects.exists()


def test_a_no_show_drafts_the_fee_and_reopening_takes_the_draft_back() -> None:
    made = visit()
    mark_no_show(made.pk, at=MONDAY_9, by=SETUP)
    drafted = lines()

    reopen_appointment(made.pk, reason="She came late", at=MONDAY_9, by=SETUP)

    assert drafted == [("No-show: Color", Decimal(20), "draft")]
    assert lines() == []


def test_a_fee_that_was_invoiced_keeps_a_no_show_as_it_is() -> None:
    made = visit()
    mark_no_show(made.pk, at=MONDAY_9, by=SETUP)
    issue_invoice(Invoice.objects.get().pk, at=make.LATER, by=SETUP)

    with pytest.raises(AlreadyInvoiced):
        reopen_appointment(made.pk, reason="She came late", at=make.LATER, by=SETUP)


def test_without_a_fee_nothing_is_drafted() -> None:
    mark_no_show(visit(late_fee_kind="").pk, at=MONDAY_9, by=SETUP)

    assert lines() == []
