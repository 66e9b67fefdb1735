"""The rows below the lines: from the subtotal to what is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from billing.document import PriceMode
from billing.snapshot import AdjustmentSnapshot, Snapshot, TaxBucketSnapshot
from billing.wording import Wording
from billing.writing import Writer


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row of the totals; ``style`` is empty, ``grand``, ``due`` or ``minor``."""

    label: str
    amount: str
    style: str = ""


def total_rows(snapshot: Snapshot, words: Wording, write: Writer) -> Iterator[PrintedRow]:
    """Yield the rows in reading order; inclusive prices name their taxes below the total."""
    totals = snapshot["totals"]
    total = PrintedRow(
        words.total.format(currency=snapshot["currency"]), write.money(totals["total"]), "grand"
    )
    adjusted = list(_adjustments(snapshot, words, write))
    if snapshot["price_mode"] == PriceMode.INCLUSIVE:
        if adjusted:
            yield PrintedRow(words.subtotal, write.amount(totals["sum_of_lines"]))
        yield from adjusted
        yield total
        yield PrintedRow(words.net, write.amount(totals["net"]), "minor")
        yield from _taxes(snapshot, words.included_tax_on, words, write)
    else:
        yield PrintedRow(words.subtotal, write.amount(totals["sum_of_lines"]))
        yield from adjusted
        if adjusted:
            yield PrintedRow(words.net, write.amount(totals["net"]))
        yield from _taxes(snapshot, words.tax_on, words, write)
        yield total
    yield from _settlement(snapshot, words, write)


def adjustment_label(adjustment: AdjustmentSnapshot, write: Writer) -> str:
    if not adjustment["percent"]:
        return adjustment["reason"]
    return f"{adjustment['reason']} ({write.rate(adjustment['percent'])})"


def _adjustments(snapshot: Snapshot, words: Wording, write: Writer) -> Iterator[PrintedRow]:
    for allowance in snapshot["allowances"]:
        yield PrintedRow(adjustment_label(allowance, write), write.amount(allowance["amount"], -1))
    for charge in snapshot["charges"]:
        yield PrintedRow(adjustment_label(charge, write), write.amount(charge["amount"]))
    for deduction in snapshot["deductions"]:
        label = words.deducted.format(reference=deduction["reference"])
        yield PrintedRow(label, write.amount(deduction["amount"], -1))


def _taxes(
    snapshot: Snapshot, pattern: str, words: Wording, write: Writer
) -> Iterator[PrintedRow]:
    for tax in snapshot["taxes"]:
        yield PrintedRow(_tax_label(tax, pattern, words, write), write.amount(tax["tax"]), "minor")


def _tax_label(tax: TaxBucketSnapshot, pattern: str, words: Wording, write: Writer) -> str:
    name = tax["name"] or words.vat
    return pattern.format(name=name, rate=write.rate(tax["rate"]), base=write.amount(tax["base"]))


def _settlement(snapshot: Snapshot, words: Wording, write: Writer) -> Iterator[PrintedRow]:
    totals = snapshot["totals"]
    for payment in snapshot["payments"]:
        label = words.paid_on.format(date=write.date(payment["date"]))
        yield PrintedRow(label, write.amount(payment["amount"], -1), "minor")
    if Decimal(totals["paid"]) and not snapshot["payments"]:
        yield PrintedRow(words.paid, write.amount(totals["paid"], -1), "minor")
    if Decimal(totals["rounding"]):
        yield PrintedRow(words.rounding, write.amount(totals["rounding"]), "minor")
    if totals["due"] != totals["total"]:
        yield PrintedRow(words.due, write.money(totals["due"]), "due")
