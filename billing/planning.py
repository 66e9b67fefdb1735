"""Lines as somebody typed them: checked and computed as a whole before anything is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.assembling import compute, decide_taxes, lines_of
from billing.checking import LIMIT, InvalidDocument
from billing.document import HUNDRED
from billing.models import Invoice, InvoiceLine
from billing.totals import Totals
from hub.errors import InvalidInput

MOST_LINES = 500
MOST_PIECES = Decimal(10) ** 8  # of NUMERIC(12,4)
DECIMALS = 4
EDITED = (
    "position",
    "description",
    "quantity",
    "unit_price",
    "discount_percent",
    "discount_reason",
    "tax_class",
    "taxes",
    "amount",
)
LENGTHS = {"description": 200, "discount_reason": 80, "tax_class": 20}
# How the calculator names what is one column of a line here.
COLUMNS = {"allowances": "discount_percent", "charges": "discount_percent", "taxes": "tax_class"}


@dataclass(frozen=True, slots=True)
class LineInput:
    """A line as it is edited. ``id`` keeps an existing line, its appointment with it."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = Decimal(0)
    discount_reason: str = ""
    tax_class: str = "standard"
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draft would become; ``changed`` holds those of ``lines`` that were there before."""

    lines: list[InvoiceLine]
    totals: Totals
    added: list[InvoiceLine]
    changed: list[InvoiceLine]
    removed: list[InvoiceLine]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


def plan_lines(invoice: Invoice, wanted: Sequence[LineInput], *, on: date) -> Plan:
    """Compute what ``invoice`` would be with the lines ``wanted``; nothing is saved.

    Amounts and totals are filled in on the instances. Taxes are those in force on ``on``.

    :raises InvalidInput: a value cannot be right; the field is such as ``lines.0.quantity``.
    """
    if len(wanted) > MOST_LINES:
        raise InvalidInput(f"At most {MOST_LINES} lines fit on an invoice.", field="lines")
    for place, values in enumerate(wanted):
        _refuse_wrong(values, f"lines.{place}")
    known = {line.pk: line for line in lines_of(invoice)}
    _refuse_strangers(wanted, known)
    before = {pk: _state(line) for pk, line in known.items()}
    lines = [
        _filled(known.get(values.id) if values.id else None, invoice, values, position)
        for position, values in enumerate(wanted, start=1)
    ]
    decide_taxes(invoice, lines, on=on)
    totals = _computed(invoice, lines)
    kept = {line.pk for line in lines}
    return Plan(
        lines=lines,
        totals=totals,
        added=[line for line in lines if line.pk not in known],
        changed=[line for line in lines if line.pk in known and _state(line) != before[line.pk]],
        removed=[line for pk, line in known.items() if pk not in kept],
    )


def _refuse_wrong(values: LineInput, place: str) -> None:
    for name, problem in _problems(values):
        raise InvalidInput(problem, field=f"{place}.{name}")


def _problems(values: LineInput) -> Iterator[tuple[str, str]]:
    if not values.description.strip():
        yield "description", "Say what it is."
    for name, most in LENGTHS.items():
        if len(getattr(values, name)) > most:
            yield name, f"At most {most} characters."
    for name in ("quantity", "unit_price", "discount_percent"):
        if problem := _problem_of_figure(getattr(values, name)):
            yield name, problem
    yield from _limits(values)


def _problem_of_figure(figure: Decimal) -> str:
    if not figure.is_finite():
        return "This is not a number."
    if figure < 0:
        return "This may not be negative."
    if figure >= LIMIT:
        return "This number is too large."
    if figure != round(figure, DECIMALS):
        return f"At most {DECIMALS} decimal digits, please."
    return ""


def _limits(values: LineInput) -> Iterator[tuple[str, str]]:
    if not values.quantity:
        yield "quantity", "Enter a quantity above zero."
    if values.quantity >= MOST_PIECES:
        yield "quantity", "This number is too large."
    if values.discount_percent > HUNDRED:
        yield "discount_percent", "A discount is at most 100 %."
    if values.discount_percent and not values.discount_reason.strip():
        yield "discount_reason", "Say why there is a discount."  # BR-CO-23


def _refuse_strangers(wanted: Sequence[LineInput], known: dict[UUID, InvoiceLine]) -> None:
    seen: set[UUID] = set()
    for place, values in enumerate(wanted):
        if values.id is None:
            continue
        if values.id not in known:
            raise InvalidInput("This line is not on the draft.", field=f"lines.{place}.id")
        if values.id in seen:
            raise InvalidInput("This line is here twice.", field=f"lines.{place}.id")
        seen.add(values.id)


def _filled(
    line: InvoiceLine | None, invoice: Invoice, values: LineInput, position: int
) -> InvoiceLine:
    line = line or InvoiceLine(invoice=invoice)
    line.position, line.description = position, values.description.strip()
    line.quantity, line.unit_price = values.quantity, values.unit_price
    line.discount_percent = values.discount_percent
    # A reason without a discount would stand there for nothing.
    line.discount_reason = values.discount_reason.strip() if values.discount_percent else ""
    line.tax_class = values.tax_class
    return line


def _computed(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Totals:
    """Compute, with the calculator's complaints brought to the columns of a line."""
    try:
        return compute(invoice, lines)
    except InvalidDocument as error:
        path = error.field.split(".")
        if len(path) > 2:  # noqa: PLR2004  (lines, place, column)
            path = [*path[:2], COLUMNS.get(path[2], path[2])]
        raise InvalidInput(str(error), field=".".join(path)) from None


def _state(line: InvoiceLine) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in EDITED)
