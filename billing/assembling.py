"""From rows to figures: the document that an invoice's lines make, and its totals."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from billing.document import Adjustment, Document, Line, PriceMode
from billing.models import Invoice, InvoiceLine
from billing.taxes import TaxTable, as_tax
from billing.totals import Totals, calculate
from hub import history
from hub.actors import Actor


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    lines = invoice.lines.select_related("appointment__staff", "appointment__customer")
    return list(lines.order_by("position", "pk"))


def today_of(invoice: Invoice, *, at: datetime) -> date:
    """The calendar day at ``at`` where the seller is, which decides rates and dates."""
    return at.astimezone(invoice.legal_entity.time_zone).date()


def document_of(invoice: Invoice, lines: Iterable[InvoiceLine]) -> Document:
    """Return what ``billing.totals`` computes on."""
    return Document(
        currency=invoice.currency,
        price_mode=PriceMode(invoice.price_mode),
        lines=tuple(_line(line) for line in lines),
    )


def decide_taxes(invoice: Invoice, lines: Iterable[InvoiceLine], *, on: date) -> list[InvoiceLine]:
    """Set the taxes of lines: of their visit's local day, or of ``on`` for other lines.

    Nothing is saved; the lines whose taxes are others now are returned.
    """
    table = TaxTable(invoice.location_id)
    changed = []
    for line in lines:
        visit = line.appointment
        day = visit.start_at.astimezone(visit.time_zone).date() if visit else on
        decided = list(table.on(line.tax_class, day))
        if decided != line.taxes:
            line.taxes = decided
            changed.append(line)
    return changed


def compute(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Totals:
    """Fill in the amount of each line and the totals of the invoice; nothing is saved.

    :raises InvalidDocument: a figure cannot be right.
    """
    totals = calculate(document_of(invoice, lines))
    for line, computed in zip(lines, totals.lines, strict=True):
        line.amount = computed.amount
    invoice.net, invoice.tax, invoice.total = totals.net, totals.tax, totals.total
    return totals


def save_totals(invoice: Invoice, *, by: Actor) -> None:
    history.save(invoice, fields=["net", "tax", "total"], by=by)


def _line(line: InvoiceLine) -> Line:
    discount = Adjustment(reason=line.discount_reason, percent=line.discount_percent)
    return Line(
        id=str(line.pk),
        description=line.description,
        quantity=line.quantity,
        unit_price=line.unit_price,
        taxes=tuple(as_tax(decision) for decision in line.taxes),
        allowances=(discount,) if line.discount_percent else (),
    )
