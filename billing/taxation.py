"""From sums per set of taxes to one base and one tax per rate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from billing.document import HUNDRED, ZERO, Deduction, PriceMode, Tax, TaxCategory, TaxKey
from billing.spreading import Group, effective_rates, in_order
from hub.money import allocate_minor, round_half_up


@dataclass(frozen=True, slots=True)
class TaxBucket:
    """The breakdown of one tax (BG-23): ``gross`` is base plus this tax alone."""

    category: TaxCategory
    rate: Decimal
    name: str
    compound: bool
    exemption_reason: str
    base: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(slots=True)
class _Bucket:
    tax: Tax
    base: Decimal = ZERO
    amount: Decimal = ZERO
    reasons: set[str] = field(default_factory=set)


class Buckets:
    """Collects bases and taxes by key; the order of what it is fed does not matter."""

    def __init__(self, digits: int) -> None:
        self._digits = digits
        self._buckets: dict[TaxKey, _Bucket] = {}

    def add(self, tax: Tax, *, base: Decimal, amount: Decimal = ZERO) -> None:
        bucket = self._buckets.setdefault(tax.key, _Bucket(tax))
        bucket.base += base
        bucket.amount += amount

    def explain(self, reasons: Iterable[tuple[TaxKey, str]]) -> None:
        for key, reason in reasons:
            self._buckets[key].reasons.add(reason)

    def tax_bases(self) -> None:
        """Compute each tax from its base, rounding both once (BR-CO-17)."""
        for bucket in self._buckets.values():
            bucket.base = round_half_up(bucket.base, self._digits)
            bucket.amount = round_half_up(bucket.base * bucket.tax.rate / HUNDRED, self._digits)

    def freeze(self) -> tuple[TaxBucket, ...]:
        """Return plain taxes before compound ones, by name, the highest rate first."""
        ordered = sorted(
            self._buckets.values(),
            key=lambda b: (b.tax.compound, b.tax.name, -b.tax.rate, b.tax.category),
        )
        return tuple(_frozen(bucket) for bucket in ordered)


def tax_groups(
    groups: Sequence[Group], deductions: Iterable[Deduction], mode: PriceMode, *, digits: int
) -> tuple[Decimal, tuple[TaxBucket, ...]]:
    """Return the net sum and the taxes, recorded deductions already taken off."""
    buckets = Buckets(digits)
    net = sum((group.net_of(group.amount, digits) for group in groups), ZERO)
    for group in groups:
        if mode is PriceMode.INCLUSIVE:
            _extract(group, buckets, digits=digits)
        else:
            _collect(group, buckets)
        buckets.explain(group.reasons)
    if mode is PriceMode.EXCLUSIVE:
        buckets.tax_bases()
    for deduction in deductions:
        net -= deduction.base
        _deduct(deduction, buckets)
    return net, buckets.freeze()


def _collect(group: Group, buckets: Buckets) -> None:
    """Add what each tax is due on; a compound one is due on the taxes before it as well."""
    due_before = ZERO
    for tax, rate in zip(group.taxes, effective_rates(group.taxes), strict=True):
        buckets.add(tax, base=group.amount * (1 + due_before if tax.compound else 1))
        due_before += rate


def _extract(group: Group, buckets: Buckets, *, digits: int) -> None:
    """Take the taxes out of a gross sum that stays as it is: tax = gross - net."""
    net = group.net_of(group.amount, digits)
    amounts = _parts_of(group.amount - net, effective_rates(group.taxes), digits=digits)
    before = ZERO
    for tax, amount in zip(group.taxes, amounts, strict=True):
        buckets.add(tax, base=net + (before if tax.compound else ZERO), amount=amount)
        before += amount


def _parts_of(whole: Decimal, rates: Sequence[Decimal], *, digits: int) -> list[Decimal]:
    if not any(rates):
        return [ZERO] * len(rates)
    minor = int(whole.scaleb(digits))
    return [Decimal(part).scaleb(-digits) for part in allocate_minor(minor, rates)]


def _deduct(deduction: Deduction, buckets: Buckets) -> None:
    amounts = {tax.key: amount for tax, amount in deduction.taxes}
    before = ZERO
    for tax in in_order([tax for tax, _ in deduction.taxes]):
        base = deduction.base + (before if tax.compound else ZERO)
        buckets.add(tax, base=-base, amount=-amounts[tax.key])
        before += amounts[tax.key]


def _frozen(bucket: _Bucket) -> TaxBucket:
    tax = bucket.tax
    return TaxBucket(
        category=tax.category,
        rate=tax.rate,
        name=tax.name,
        compound=tax.compound,
        exemption_reason="; ".join(sorted(bucket.reasons - {""})),
        base=bucket.base,
        tax=bucket.amount,
        gross=bucket.base + bucket.amount,
    )
