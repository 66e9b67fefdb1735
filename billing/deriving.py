"""The arithmetic of a document in words: how each figure follows from the ones before it."""

from collections.abc import Iterator
from dataclasses import dataclass

from billing.document import Document, Line, PriceMode
from billing.freezing import plain
from billing.taxation import TaxBucket
from billing.totals import LineTotals, Totals
from billing.writing import Writer


@dataclass(frozen=True, slots=True)
class Derivation:
    """“Haircut”, “2 × 49.00 − 10% (9.80)”, “88.20”."""

    label: str
    how: str
    result: str


def derive(document: Document, totals: Totals, *, locale: str) -> list[Derivation]:
    """Write out lines, taxes and total, in the order in which they are computed."""
    write = Writer(locale, document.currency)
    pairs = zip(document.lines, totals.lines, strict=True)
    return [
        *(_line(line, computed, write) for line, computed in pairs),
        *(_tax(bucket, document.price_mode, write) for bucket in totals.taxes),
        *_sums(totals, write),
    ]


def _line(line: Line, computed: LineTotals, write: Writer) -> Derivation:
    how = f"{write.quantity(plain(line.quantity))} × {write.price(plain(line.unit_price))}"
    for sign, applied in (("−", computed.allowances), ("+", computed.charges)):
        for adjustment in applied:
            percent = f"{write.rate(plain(adjustment.percent))} " if adjustment.percent else ""
            how += f" {sign} {percent}({write.amount(str(adjustment.amount))})"
    return Derivation(line.description, how, write.amount(str(computed.amount)))


def _tax(bucket: TaxBucket, mode: PriceMode, write: Writer) -> Derivation:
    base, gross = write.amount(str(bucket.base)), write.amount(str(bucket.gross))
    rate = write.rate(plain(bucket.rate))
    how = f"{rate} of {base}" if mode is PriceMode.EXCLUSIVE else f"{gross} − {base}, {rate} in it"
    return Derivation(bucket.name or "Tax", how, write.amount(str(bucket.tax)))


def _sums(totals: Totals, write: Writer) -> Iterator[Derivation]:
    net, tax = write.amount(str(totals.net)), write.amount(str(totals.tax))
    yield Derivation("Total", f"{net} + {tax}", write.amount(str(totals.total)))
