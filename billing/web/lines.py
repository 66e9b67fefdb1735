"""The lines of a draft as a form: any number of rows, named ``lines-<number>-<column>``."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from billing.freezing import plain
from billing.models import InvoiceLine
from billing.planning import MOST_LINES, LineInput
from billing.web.forms import FigureField
from hub.errors import DomainError
from hub.money import quantize

_ROW = re.compile(r"lines-(\d{1,6})-description", re.ASCII)
_PLACE = re.compile(r"lines\.(\d+)\.(\w+)")
NEW = "__row__"


class LineForm(forms.Form):
    """One row; without description and price it is no line, also where one stood before.

    ``amount`` is what the line comes to, as far as that is known.
    """

    amount: Decimal | None = None

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    description = forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    quantity = FigureField()
    unit_price = FigureField(label="Unit price")
    tax_class = forms.ChoiceField(label="Tax")
    discount_percent = FigureField(label="Discount, %", required=False)
    discount_reason = forms.CharField(
        label="Reason for the discount",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, classes: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["tax_class"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = list(classes.items())

    @property
    def is_blank(self) -> bool:
        """Say whether nobody typed anything that would make it a line."""
        names = ("description", "unit_price")
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in names)

    @property
    def has_discount(self) -> bool:
        names = ("discount_percent", "discount_reason")
        return any(self[name].value() for name in names) or any(n in self.errors for n in names)

    def values(self) -> LineInput:
        given = self.cleaned_data
        return LineInput(
            description=given["description"],
            quantity=given["quantity"],
            unit_price=given["unit_price"],
            discount_percent=given["discount_percent"] or Decimal(0),
            discount_reason=given["discount_reason"],
            tax_class=given["tax_class"],
            id=given["id"],
        )


class LinesForm(forms.Form):
    """All rows together, with the version of the draft that was read."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, classes: Mapping[str, str], rows: Sequence[LineForm] = (), **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        self.classes = classes
        self.rows = list(rows)
        if self.is_bound:
            self.rows = [row for row in self._read() if not row.is_blank]

    @property
    def empty_row(self) -> LineForm:
        """What a script copies to add a row, its number to be filled in."""
        return self._row(NEW)

    @property
    def spare_row(self) -> LineForm:
        """The row to fill in where no script can add one."""
        numbers = (int(str(row.prefix).rpartition("-")[2]) for row in self.rows)
        return self._row(str(max(numbers, default=-1) + 1))

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """Everything that is wrong in the rows: id of the input, where, and what."""
        return [
            (row[name].id_for_label, f"Line {place}, {row[name].label.lower()}", str(text))
            for place, row in enumerate(self.rows, start=1)
            for name, texts in row.errors.items()
            if name in row.fields
            for text in texts
        ]

    def clean(self) -> dict[str, Any]:
        if len(self.rows) > MOST_LINES:
            raise forms.ValidationError(f"At most {MOST_LINES} lines fit on an invoice.")
        if not all([row.is_valid() for row in self.rows]):  # noqa: C419  (every row is looked at)
            self.add_error(None, "Look at the lines below.")
        return self.cleaned_data

    def values(self) -> list[LineInput]:
        return [row.values() for row in self.rows]

    def refuse(self, error: DomainError) -> None:
        """Show what a verb refused: at the column of its line, or above all of them."""
        at = _PLACE.fullmatch(error.field)
        row = self.rows[int(at[1])] if at and int(at[1]) < len(self.rows) else None
        if at and row and at[2] in row.fields and at[2] != "id":
            row.add_error(at[2], str(error))
            self.add_error(None, "Look at the lines below.")
        else:
            self.add_error(None, str(error))

    def _row(self, number: str) -> LineForm:
        return LineForm(prefix=f"lines-{number}", classes=self.classes, initial={"quantity": "1"})

    def _read(self) -> Iterator[LineForm]:
        for number in self._numbers()[: MOST_LINES + 1]:
            yield LineForm(self.data, prefix=f"lines-{number}", classes=self.classes)

    def _numbers(self) -> list[int]:
        found = (_ROW.fullmatch(name) for name in self.data)
        return sorted({int(match[1]) for match in found if match})


def saved_rows(
    lines: Iterable[InvoiceLine], *, classes: Mapping[str, str], currency: str
) -> list[LineForm]:
    """Return a row for each line as it is saved."""
    rows = []
    for place, line in enumerate(lines):
        initial = _initial(line, currency)
        row = LineForm(prefix=f"lines-{place}", classes=classes, initial=initial)
        row.amount = line.amount
        rows.append(row)
    return rows


def typed_rows(form: LinesForm, *, known: Iterable[UUID]) -> list[LineForm]:
    """Return the valid rows of ``form`` as they were typed; a line that is gone becomes new."""
    still = set(known)
    rows = []
    for place, row in enumerate(form.rows):
        initial = {name: row[name].value() for name in row.fields}
        if row.cleaned_data["id"] not in still:
            initial["id"] = ""
        rows.append(LineForm(prefix=f"lines-{place}", classes=form.classes, initial=initial))
    return rows


def _initial(line: InvoiceLine, currency: str) -> dict[str, Any]:
    return {
        "id": line.pk,
        "description": line.description,
        "quantity": plain(line.quantity),
        "unit_price": price_text(line.unit_price, currency),
        "tax_class": line.tax_class,
        "discount_percent": plain(line.discount_percent) if line.discount_percent else "",
        "discount_reason": line.discount_reason,
    }


def price_text(price: Decimal, currency: str) -> str:
    """Write a price with the digits of its currency, or all it has if those are more."""
    rounded = quantize(price, currency)
    return str(rounded) if rounded == price else plain(price)
