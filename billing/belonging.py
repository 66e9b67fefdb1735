"""A visit and its invoice stand under one customer (ID-3), whatever is merged or parted."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from billing.models import InvoiceLine
from billing.states import InvoiceStatus
from customers.references import Rows
from hub.models import Inspection

INSPECTION = "visits apart from their invoice"
EXAMPLES = 20


def misplaced_lines() -> QuerySet[InvoiceLine]:
    """Return lines whose visit belongs to another customer than their invoice; there are none.

    A trigger refuses each such line when it is written; this looks at all of them, at night.
    """
    payer = Coalesce("invoice__customer__canonical", "invoice__customer")
    visitor = Coalesce("appointment__customer__canonical", "appointment__customer")
    return _of_visits().alias(payer=payer).exclude(payer=visitor).order_by("pk")


@transaction.atomic
def inspect_lines(*, at: datetime) -> Inspection:
    """Count the misplaced lines and keep what was found, with the first invoices they are on."""
    misplaced = misplaced_lines()
    examples = [str(pk) for pk in misplaced.values_list("invoice", flat=True)[:EXAMPLES]]
    found = {"looked_at": at, "found": misplaced.count(), "examples": examples}
    inspection, _ = Inspection.objects.update_or_create(name=INSPECTION, defaults=found)
    return inspection


def not_to_be_parted(returning: Rows) -> Rows:
    """Return which visits and invoices must stay because the other one of a pair stays.

    A visit that was invoiced after the merge stays with that invoice; an invoice stays when a
    visit of the survivor was put on it.
    """
    visits = returning.get("appointment", frozenset())
    invoices = returning.get("invoice", frozenset())
    lines = _of_visits().filter(Q(appointment__in=visits) | Q(invoice__in=invoices))
    pairs = set(lines.values_list("appointment_id", "invoice_id"))
    staying_visits: frozenset[UUID] = frozenset()
    staying_invoices: frozenset[UUID] = frozenset()
    while True:
        apart = {
            (visit, invoice)
            for visit, invoice in pairs
            if (visit in visits - staying_visits) != (invoice in invoices - staying_invoices)
        }
        if not apart:
            return {"appointment": staying_visits, "invoice": staying_invoices}
        staying_visits |= visits & {visit for visit, _ in apart}
        staying_invoices |= invoices & {invoice for _, invoice in apart}


def _of_visits() -> QuerySet[InvoiceLine]:
    """Lines for visits; a discarded draft is no invoice and binds nobody."""
    lines = InvoiceLine.objects.filter(appointment__isnull=False)
    return lines.exclude(invoice__status=InvoiceStatus.DISCARDED)
