"""From rows to figures: the document that an invoice's lines make, and its totals."""

from collections.abc import Iterable
from datetime import date

from billing.document import Adjustment, Document, Line, PriceMode
from billing.models import Invoice, InvoiceLine
from billing.taxes import as_tax, taxes_on
from billing.totals import Totals, calculate
from hub import history
from hub.actors import Actor


def lines_of(invoice: Invoice) -> list[InvoiceLine]:
    lines = invoice.lines.select_related("appointment__staff", "appointment__customer")
    return list(lines.order_by("position", "pk"))


def document_of(invoice: Invoice, lines: Iterable[InvoiceLine]) -> Document:
    """Return what ``billing.totals`` computes on."""
    return Document(
        currency=invoice.currency,
        price_mode=PriceMode(invoice.price_mode),
        lines=tuple(_line(line) for line in lines),
    )


def decide_taxes(invoice: Invoice, line: InvoiceLine, *, on: date) -> None:
    """Freeze the taxes of a line: of its visit's local day, or of ``on`` for other lines."""
    visit = line.appointment
    day = visit.start_at.astimezone(visit.time_zone).date() if visit else on
    line.taxes = list(taxes_on(invoice.location_id, line.tax_class, on=day))


def retotal(invoice: Invoice, *, by: Actor, fields: Iterable[str] = ()) -> Totals:
    """Compute a draft anew and save its totals, together with ``fields``."""
    lines = lines_of(invoice)
    totals = calculate(document_of(invoice, lines))
    for line, computed in zip(lines, totals.lines, strict=True):
        if line.amount != computed.amount:
            line.amount = computed.amount
            history.attach(line, fields=["amount"], by=by)
    invoice.net, invoice.tax, invoice.total = totals.net, totals.tax, totals.total
    history.save(invoice, fields=["net", "tax", "total", *fields], by=by)
    return totals


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
