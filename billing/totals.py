"""How a total is rounded: the one calculator of lines, taxes and what is due (EN 16931).

Every amount is rounded half away from zero to the digits of the currency, once, where a rule
of the standard says so. The gross of tax-inclusive prices never moves.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import NamedTuple

from billing.checking import LIMIT, refuse_invalid, require
from billing.document import ZERO, Adjustment, Document, Line, PriceMode
from billing.spreading import (
    AppliedAdjustment,
    Group,
    Share,
    apply_adjustments,
    group_lines,
    spread,
)
from billing.taxation import TaxBucket, tax_groups
from hub.money import EXACT, digits_of, round_half_up


@dataclass(frozen=True, slots=True)
class LineTotals:
    """``base`` is quantity times price, ``amount`` what is printed, ``net`` without tax."""

    id: str
    base: Decimal
    allowances: tuple[AppliedAdjustment, ...]
    charges: tuple[AppliedAdjustment, ...]
    amount: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a document, in its currency; ``due`` may be negative, issuing looks at it.

    ``sum_of_lines``, ``allowances``, ``charges`` and ``deducted`` are in the price mode, as
    printed; their ``net_`` twins are without tax and make up ``net`` (BR-CO-13).
    """

    currency: str
    price_mode: PriceMode
    lines: tuple[LineTotals, ...]
    document_allowances: tuple[AppliedAdjustment, ...]
    document_charges: tuple[AppliedAdjustment, ...]
    shares: tuple[Share, ...]
    taxes: tuple[TaxBucket, ...]
    sum_of_lines: Decimal
    allowances: Decimal
    charges: Decimal
    deducted: Decimal
    net_sum_of_lines: Decimal
    net_allowances: Decimal
    net_charges: Decimal
    net_deducted: Decimal
    net: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    rounding: Decimal
    due: Decimal


def calculate(document: Document) -> Totals:
    """Compute all figures of the document.

    :raises InvalidDocument: a field of it cannot be right; the error names it.
    """
    with localcontext(EXACT):
        refuse_invalid(document)
        return _calculate(document, digits_of(document.currency))


class _Figures(NamedTuple):
    lines: tuple[LineTotals, ...]
    allowances: tuple[AppliedAdjustment, ...]
    charges: tuple[AppliedAdjustment, ...]
    shares: tuple[Share, ...]
    taxes: tuple[TaxBucket, ...]
    net: Decimal


def _calculate(document: Document, digits: int) -> Totals:
    bare = [_total_line(line, f"lines.{i}", digits) for i, line in enumerate(document.lines)]
    sum_of_lines = sum_of(line.amount for line in bare)
    require(abs(sum_of_lines) < LIMIT, "The sum is too large.", field="lines")
    groups = group_lines(document, [line.amount for line in bare])
    lines = _with_net(bare, groups, digits)
    allowances, charges = apply_adjustments(document, sum_of_lines)
    shares = spread(groups, allowances, charges, digits=digits)
    net, taxes = tax_groups(groups, document.deductions, document.price_mode, digits=digits)
    figures = _Figures(lines, tuple(allowances), tuple(charges), tuple(shares), taxes, net)
    return _sum_up(document, figures, digits)


def _sum_up(document: Document, figures: _Figures, digits: int) -> Totals:
    total = figures.net + sum_of(bucket.tax for bucket in figures.taxes)
    require(document.paid <= max(total, ZERO), "More is paid than the total.", field="paid")
    rounding = _cash_rounding(total - document.paid, document.cash_unit, digits)
    return Totals(
        currency=document.currency,
        price_mode=document.price_mode,
        lines=figures.lines,
        document_allowances=figures.allowances,
        document_charges=figures.charges,
        shares=figures.shares,
        taxes=figures.taxes,
        sum_of_lines=sum_of(line.amount for line in figures.lines),
        allowances=sum_of(allowance.amount for allowance in figures.allowances),
        charges=sum_of(charge.amount for charge in figures.charges),
        deducted=sum_of(deduction.amount_in(document) for deduction in document.deductions),
        net_sum_of_lines=sum_of(line.net for line in figures.lines),
        net_allowances=sum_of(share.net for share in figures.shares if not share.is_charge),
        net_charges=sum_of(share.net for share in figures.shares if share.is_charge),
        net_deducted=sum_of(deduction.base for deduction in document.deductions),
        net=figures.net,
        tax=total - figures.net,
        total=total,
        paid=document.paid,
        rounding=rounding,
        due=total - document.paid + rounding,
    )


def sum_of(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _total_line(line: Line, path: str, digits: int) -> LineTotals:
    base = round_half_up(line.quantity * line.unit_price, digits)
    allowances = _apply(line.allowances, base, digits)
    charges = _apply(line.charges, base, digits)
    charged = base + sum_of(charge.amount for charge in charges)
    allowed = sum_of(allowance.amount for allowance in allowances)
    require(abs(charged) < LIMIT, "The amount is too large.", field=f"{path}.quantity")
    require(
        abs(allowed) <= abs(charged), "The discount exceeds the line.", field=f"{path}.allowances"
    )
    amount = charged - allowed
    return LineTotals(line.id, base, allowances, charges, amount, net=amount)


def _apply(
    adjustments: tuple[Adjustment, ...], base: Decimal, digits: int
) -> tuple[AppliedAdjustment, ...]:
    return tuple(AppliedAdjustment.of(adjustment, base, digits) for adjustment in adjustments)


def _with_net(lines: list[LineTotals], groups: list[Group], digits: int) -> tuple[LineTotals, ...]:
    """Share out the net of each group so that the lines add up to it: cumulative rounding."""
    result = list(lines)
    for group in groups:
        running, booked = ZERO, ZERO
        for place in group.places:
            running += lines[place].amount
            net = group.net_of(running, digits) - booked
            result[place] = replace(lines[place], net=net)
            booked += net
    return tuple(result)


def _cash_rounding(due: Decimal, unit: Decimal, digits: int) -> Decimal:
    """Return what is added so that coins can pay it (BT-114); zero without a unit."""
    if not unit:
        return ZERO
    return round_half_up(round_half_up(due / unit, 0) * unit - due, digits)
