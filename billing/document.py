"""What a document charges for, before anything is computed: lines, taxes, discounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hub.money import round_half_up

ZERO = Decimal(0)
HUNDRED = Decimal(100)


class PriceMode(StrEnum):
    """Whether prices, discounts and charges are stated without or with tax."""

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"


class TaxCategory(StrEnum):
    """The duty or tax category codes of UNCL 5305 that EN 16931 admits."""

    STANDARD = "S"
    ZERO_RATED = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUT_OF_SCOPE = "O"
    CANARY_ISLANDS = "L"
    CEUTA_AND_MELILLA = "M"


TaxKey = tuple[bool, TaxCategory, str, Decimal]


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on one base. ``rate`` is in percent; ``name`` tells GST from QST.

    A compound tax is due on the base and on all taxes that stand before it in the line.
    """

    category: TaxCategory
    rate: Decimal
    name: str = ""
    compound: bool = False
    exemption_reason: str = ""

    @property
    def key(self) -> TaxKey:
        """Taxes of one key share a bucket: a reason does not make another tax."""
        return (self.compound, self.category, self.name, self.rate)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge: either an amount or a percentage, never negative.

    A percentage is taken of quantity times price on a line and of the sum of lines on a
    document, so several do not cascade. On a returned line it follows the line's sign.
    """

    reason: str
    amount: Decimal | None = None
    percent: Decimal | None = None
    reason_code: str = ""

    def amount_of(self, base: Decimal, digits: int) -> Decimal:
        """Return the money it comes to on ``base``, with the sign of ``base``."""
        if self.percent is not None:
            return round_half_up(base * self.percent / HUNDRED, digits)
        return round_half_up(self.amount or ZERO, digits).copy_sign(base)


@dataclass(frozen=True, slots=True)
class Line:
    """One position. A negative quantity takes something back and must say why in ``reason``."""

    id: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    taxes: tuple[Tax, ...] = ()
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    reason: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Deduction:
    """A recorded deposit document, subtracted as it stands and never computed again."""

    reference: str
    base: Decimal
    taxes: tuple[tuple[Tax, Decimal], ...] = ()

    @property
    def gross(self) -> Decimal:
        return self.base + sum((amount for _, amount in self.taxes), ZERO)

    def amount_in(self, document: "Document") -> Decimal:
        """Return what is printed: with tax where the prices of the document include it."""
        return self.gross if document.price_mode is PriceMode.INCLUSIVE else self.base


@dataclass(frozen=True, slots=True)
class Document:
    """All that decides the totals. ``cash_unit`` is the smallest coin when paid in cash."""

    currency: str
    price_mode: PriceMode
    lines: tuple[Line, ...]
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    paid: Decimal = ZERO
    cash_unit: Decimal = ZERO

    def adjustments(self) -> Iterator[tuple[int, bool, Adjustment]]:
        """Yield (place, whether it is a charge, adjustment): allowances first."""
        for place, allowance in enumerate(self.allowances):
            yield place, False, allowance
        for place, charge in enumerate(self.charges):
            yield place, True, charge
