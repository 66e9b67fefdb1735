"""The arithmetic self-check before issuing: every figure derived again, in another way.

It works on exact fractions, line by line, and shares no step with the calculator except the
inputs, so that a slip in one shows up as a difference to the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from billing.document import Document, Line, PriceMode, Tax, TaxKey
from billing.spreading import AppliedAdjustment, Share
from billing.taxation import TaxBucket
from billing.totals import LineTotals, Totals
from hub.money import digits_of

Amount = Decimal | Fraction | int


@dataclass(slots=True)
class _Expected:
    """What one tax should be due on, and come to, before deductions."""

    base: Fraction = Fraction(0)
    gross: Fraction = Fraction(0)
    tax: Fraction = Fraction(0)
    shared: bool = False
    deducted_base: Fraction = Fraction(0)
    deducted_tax: Fraction = Fraction(0)
    sets: set[frozenset[TaxKey]] = field(default_factory=set)


def recheck(document: Document, totals: Totals) -> list[str]:
    """Return what is wrong, each with its rule; an empty list when every figure holds."""
    if [line.id for line in document.lines] != [line.id for line in totals.lines]:
        return ["The totals are those of other lines."]
    unit = Fraction(1, 10 ** digits_of(document.currency))
    return [
        *_undecided(document),
        *_check_lines(document, totals, unit),
        *_check_sums(totals),
        *_check_line_nets(document, totals, unit),
        *_check_taxes(document, totals, unit),
        *_check_grand_totals(document, totals),
    ]


def _undecided(document: Document) -> Iterator[str]:
    for line in document.lines:
        if not line.taxes:
            yield f"“{line.description}” has no tax decision."


def _check_lines(document: Document, totals: Totals, unit: Fraction) -> Iterator[str]:
    for line, computed in zip(document.lines, totals.lines, strict=True):
        base = _rounded(Fraction(line.quantity) * Fraction(line.unit_price), unit)
        amount = base + _adjusted(line, base, unit)
        yield from _differs(f"“{line.description}” before discounts", computed.base, base)
        yield from _differs(f"“{line.description}” (BR-DEC-23)", computed.amount, amount)


def _adjusted(line: Line, base: Fraction, unit: Fraction) -> Fraction:
    """Return charges less allowances of a line, in the direction of its sign."""
    result = Fraction(0)
    for sign, adjustments in ((1, line.charges), (-1, line.allowances)):
        for adjustment in adjustments:
            fixed = Fraction(adjustment.amount or 0) * (-1 if base < 0 else 1)
            percent = _rounded(base * Fraction(adjustment.percent or 0) / 100, unit)
            result += sign * (fixed + percent)
    return result


def _check_sums(totals: Totals) -> Iterator[str]:
    allowances, charges = totals.document_allowances, totals.document_charges
    yield from _differs("Sum of lines (BR-CO-10)", totals.sum_of_lines, _sum(totals.lines))
    yield from _differs("Allowances (BR-CO-11)", totals.allowances, _sum(allowances))
    yield from _differs("Charges (BR-CO-12)", totals.charges, _sum(charges))
    parts: dict[tuple[int, bool], Fraction] = defaultdict(Fraction)
    for share in totals.shares:
        parts[share.index, share.is_charge] += Fraction(share.amount)
    for is_charge, items in ((False, allowances), (True, charges)):
        for index, item in enumerate(items):
            yield from _differs(f"Parts of “{item.reason}”", parts[index, is_charge], item.amount)


def _check_line_nets(document: Document, totals: Totals, unit: Fraction) -> Iterator[str]:
    """Check what the lines that bear the same taxes amount to without tax."""
    amounts: dict[frozenset[TaxKey], Fraction] = defaultdict(Fraction)
    nets: dict[frozenset[TaxKey], Fraction] = defaultdict(Fraction)
    factors: dict[frozenset[TaxKey], Fraction] = {}
    for line, computed in zip(document.lines, totals.lines, strict=True):
        taxes = frozenset(tax.key for tax in line.taxes)
        amounts[taxes] += Fraction(computed.amount)
        nets[taxes] += Fraction(computed.net)
        factors[taxes] = _gross_factor(document, line.taxes)
    for taxes, amount in amounts.items():
        net = _rounded(amount / factors[taxes], unit)
        yield from _differs("Lines without tax", nets[taxes], net)


def _check_taxes(document: Document, totals: Totals, unit: Fraction) -> Iterator[str]:
    expected = _expected_taxes(document, totals)
    listed = {(t.compound, t.category, t.name, t.rate): t for t in totals.taxes}
    for key in expected.keys() ^ listed.keys():
        yield f"The breakdown of {key[3]} % does not match the lines (BR-CO-18)."
    for key in expected.keys() & listed.keys():
        if document.price_mode is PriceMode.EXCLUSIVE:
            yield from _check_added(listed[key], expected[key], unit)
        else:
            yield from _check_extracted(listed[key], expected[key], unit)


def _check_added(bucket: TaxBucket, expected: _Expected, unit: Fraction) -> Iterator[str]:
    base = _rounded(expected.base, unit)
    tax = _rounded(base * Fraction(bucket.rate) / 100, unit)
    what = f"at {bucket.rate} %"
    yield from _differs(f"Base {what} (BR-S-08)", bucket.base, base - expected.deducted_base)
    yield from _differs(f"Tax {what} (BR-CO-17)", bucket.tax, tax - expected.deducted_tax)
    yield from _differs(f"Gross {what}", bucket.gross, bucket.base + bucket.tax)


def _check_extracted(bucket: TaxBucket, expected: _Expected, unit: Fraction) -> Iterator[str]:
    """Check tax = gross - net; where lines bear several taxes, to the rounding of each set."""
    what = f"at {bucket.rate} %"
    if expected.shared:
        recorded = Fraction(bucket.tax) + expected.deducted_tax
        if abs(recorded - expected.tax) > 2 * unit * len(expected.sets):
            yield f"Tax {what}: {bucket.tax} is not the part of this tax."
        return
    base = _rounded(expected.gross / (1 + Fraction(bucket.rate) / 100), unit)
    tax = expected.gross - base
    yield from _differs(f"Base {what} (BR-S-08)", bucket.base, base - expected.deducted_base)
    yield from _differs(f"Tax {what}", bucket.tax, tax - expected.deducted_tax)
    yield from _differs(f"Gross {what}", bucket.gross, bucket.base + bucket.tax)


def _check_grand_totals(document: Document, totals: Totals) -> Iterator[str]:
    t = totals
    net = t.net_sum_of_lines - t.net_allowances + t.net_charges - t.net_deducted
    yield from _differs("Net (BR-CO-13)", t.net, net)
    yield from _differs("Tax (BR-CO-14)", t.tax, sum(bucket.tax for bucket in t.taxes))
    yield from _differs("Total (BR-CO-15)", t.total, t.net + t.tax)
    deducted = sum(deduction.base for deduction in document.deductions)
    yield from _differs("Deducted deposits", t.net_deducted, deducted)
    yield from _differs("Paid (BT-113)", t.paid, document.paid)
    yield from _differs("Due (BR-CO-16)", t.due, t.total - t.paid + t.rounding)
    if document.price_mode is PriceMode.INCLUSIVE:
        gross = t.sum_of_lines - t.allowances + t.charges - t.deducted
        yield from _differs("Total of tax-inclusive prices", t.total, gross)
    if abs(t.rounding) * 2 > document.cash_unit:
        yield "The cash rounding exceeds half a coin (BT-114)."


def _expected_taxes(document: Document, totals: Totals) -> dict[TaxKey, _Expected]:
    """Add up lines, shares and deductions per tax, in exact fractions."""
    expected: dict[TaxKey, _Expected] = defaultdict(_Expected)
    for line, computed in zip(document.lines, totals.lines, strict=True):
        _expect(expected, document, line.taxes, Fraction(computed.amount))
    for share in totals.shares:
        sign = 1 if share.is_charge else -1
        _expect(expected, document, share.taxes, sign * Fraction(share.amount))
    for deduction in document.deductions:
        before = Fraction(0)
        for tax, amount in sorted(deduction.taxes, key=lambda item: item[0].compound):
            entry = expected[tax.key]
            entry.deducted_base += Fraction(deduction.base) + (before if tax.compound else 0)
            entry.deducted_tax += Fraction(amount)
            before += Fraction(amount)
    return dict(expected)


def _expect(
    expected: dict[TaxKey, _Expected],
    document: Document,
    taxes: tuple[Tax, ...],
    amount: Fraction,
) -> None:
    net = amount / _gross_factor(document, taxes)
    for tax, before, factor in _factors(taxes):
        entry = expected[tax.key]
        entry.base += net * (1 + before if tax.compound else 1)
        entry.gross += amount
        entry.tax += net * factor
        entry.shared |= len(taxes) > 1
        entry.sets.add(frozenset(tax.key for tax in taxes))


def _factors(taxes: Iterable[Tax]) -> Iterator[tuple[Tax, Fraction, Fraction]]:
    """Yield each tax with what the taxes before it add to the bare base, and what it adds."""
    before = Fraction(0)
    for tax in _ordered(taxes):
        factor = Fraction(tax.rate) / 100 * (1 + before if tax.compound else 1)
        yield tax, before, factor
        before += factor


def _gross_factor(document: Document, taxes: Iterable[Tax]) -> Fraction:
    if document.price_mode is PriceMode.EXCLUSIVE:
        return Fraction(1)
    return 1 + sum((factor for _, _, factor in _factors(taxes)), Fraction(0))


def _ordered(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    """Return plain taxes first; among themselves their order makes no difference."""
    return tuple(sorted(taxes, key=lambda tax: tax.compound))


def _rounded(amount: Fraction, unit: Fraction) -> Fraction:
    """Round half away from zero to whole units."""
    units = int(abs(amount) / unit + Fraction(1, 2))
    return units * unit * (-1 if amount < 0 else 1)


def _sum(items: Iterable[LineTotals | AppliedAdjustment | Share]) -> Fraction:
    return sum((Fraction(item.amount) for item in items), Fraction(0))


def _differs(what: str, stored: Amount, derived: Amount) -> Iterator[str]:
    if stored != derived:
        right = Fraction(derived)
        yield f"{what}: {stored} should be {Decimal(right.numerator) / right.denominator}."
