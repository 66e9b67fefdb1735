"""Spreading document discounts and charges over the taxes that the lines bear."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from billing.checking import require
from billing.document import HUNDRED, ZERO, Adjustment, Document, PriceMode, Tax, TaxKey
from hub.money import allocate_minor, digits_of, round_half_up


@dataclass(frozen=True, slots=True)
class AppliedAdjustment:
    """An allowance or charge in money; ``base`` is what its percentage was taken of."""

    reason: str
    reason_code: str
    percent: Decimal | None
    base: Decimal
    amount: Decimal

    @classmethod
    def of(cls, adjustment: Adjustment, base: Decimal, digits: int) -> Self:
        amount = adjustment.amount_of(base, digits)
        return cls(adjustment.reason, adjustment.reason_code, adjustment.percent, base, amount)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one document adjustment that falls on one set of taxes (BG-20, BG-21).

    ``amount`` is in the price mode, ``net`` is without tax; ``index`` is the place among the
    allowances, or among the charges, of the document.
    """

    index: int
    is_charge: bool
    taxes: tuple[Tax, ...]
    amount: Decimal
    net: Decimal


@dataclass(slots=True)
class Group:
    """Lines that bear the same taxes, and their sum in the price mode.

    ``divisor`` turns that sum into the amount without tax: one when prices exclude it.
    """

    taxes: tuple[Tax, ...]
    divisor: Decimal
    places: list[int] = field(default_factory=list)
    reasons: set[tuple[TaxKey, str]] = field(default_factory=set)
    lines: Decimal = ZERO
    amount: Decimal = ZERO

    def net_of(self, amount: Decimal, digits: int) -> Decimal:
        return round_half_up(amount / self.divisor, digits)


def in_order(taxes: Sequence[Tax]) -> tuple[Tax, ...]:
    """Sort the plain taxes, keep the compound ones behind them as they were given."""
    plain = [tax for tax in taxes if not tax.compound]
    return (*sorted(plain, key=lambda tax: tax.key), *(tax for tax in taxes if tax.compound))


def effective_rates(taxes: Sequence[Tax]) -> list[Decimal]:
    """Return each tax as a factor of the bare base, compound taxes included."""
    rates: list[Decimal] = []
    for tax in taxes:
        factor = 1 + sum(rates, ZERO) if tax.compound else Decimal(1)
        rates.append(tax.rate / HUNDRED * factor)
    return rates


def group_lines(document: Document, amounts: Sequence[Decimal]) -> list[Group]:
    """Return the groups in an order that does not depend on the order of the lines."""
    inclusive = document.price_mode is PriceMode.INCLUSIVE
    groups: dict[tuple[TaxKey, ...], Group] = {}
    for place, (line, amount) in enumerate(zip(document.lines, amounts, strict=True)):
        taxes = in_order(line.taxes)
        key = tuple(tax.key for tax in taxes)
        if key not in groups:
            divisor = 1 + sum(effective_rates(taxes), ZERO) if inclusive else Decimal(1)
            groups[key] = Group(taxes, divisor)
        groups[key].places.append(place)
        groups[key].reasons |= {(tax.key, tax.exemption_reason) for tax in taxes}
        groups[key].lines += amount
        groups[key].amount += amount
    return [groups[key] for key in sorted(groups)]


def apply_adjustments(
    document: Document, sum_of_lines: Decimal
) -> tuple[list[AppliedAdjustment], list[AppliedAdjustment]]:
    """Return the document's allowances and charges in money.

    :raises InvalidDocument: they take away more than the lines amount to.
    """
    digits = digits_of(document.currency)
    applied: tuple[list[AppliedAdjustment], list[AppliedAdjustment]] = ([], [])
    left = sum_of_lines
    for place, is_charge, adjustment in document.adjustments():
        item = AppliedAdjustment.of(adjustment, sum_of_lines, digits)
        path = f"{'charges' if is_charge else 'allowances'}.{place}"
        require(item.amount >= 0, "There is nothing to take this of.", field=path)
        require(is_charge or item.amount <= max(left, ZERO), "This exceeds the sum.", field=path)
        applied[is_charge].append(item)
        left -= ZERO if is_charge else item.amount
    return applied


def spread(
    groups: list[Group],
    allowances: Sequence[AppliedAdjustment],
    charges: Sequence[AppliedAdjustment],
    *,
    digits: int,
) -> list[Share]:
    """Change ``amount`` of the groups and return who got what, allowances first.

    An allowance never takes a group below zero: each is spread over what is left of it.
    """
    shares: list[Share] = []
    for is_charge, adjustments in ((False, allowances), (True, charges)):
        for index, adjustment in enumerate(adjustments):
            parts = _parts(groups, adjustment.amount, is_charge=is_charge, digits=digits)
            for group, part in zip(groups, parts, strict=False):
                net = _book(group, part if is_charge else -part, digits=digits)
                shares.append(Share(index, is_charge, group.taxes, part, abs(net)))
    return [share for share in shares if share.amount]


def _parts(
    groups: Sequence[Group], amount: Decimal, *, is_charge: bool, digits: int
) -> list[Decimal]:
    if not amount:
        return []
    require(bool(groups), "There is no line to charge this on.", field="charges")
    weights = [max(group.lines if is_charge else group.amount, ZERO) for group in groups]
    if not any(weights):
        weights = [Decimal(1)] * len(groups)
    minor = int(amount.scaleb(digits))
    return [Decimal(part).scaleb(-digits) for part in allocate_minor(minor, weights)]


def _book(group: Group, amount: Decimal, *, digits: int) -> Decimal:
    """Add to the group and return by how much its sum without tax moved."""
    before = group.net_of(group.amount, digits)
    group.amount += amount
    return group.net_of(group.amount, digits) - before
