"""Forms about invoices. Figures are plain text: no exponents, no signs, no thousands marks."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from billing.settling import LONGEST_REASON
from billing.states import PaymentMethod
from hub.errors import DomainError

FIGURE = re.compile(r"\d{1,11}(\.\d{1,4})?", re.ASCII)
LONGEST_FIGURE = 40
EARLIEST = date(2000, 1, 1)


class FigureField(forms.CharField):
    """A number that is not negative, as people write it on an invoice: “1234.50”."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=LONGEST_FIGURE, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value))
        if not text:
            return None
        if not FIGURE.fullmatch(text):
            raise forms.ValidationError(_what_is_wrong(text), code="invalid")
        return Decimal(text)


class VersionedForm(forms.Form):
    """``version`` is the one that was read; what was changed meanwhile is not overwritten."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def refuse(self, error: DomainError) -> None:
        """Show what a verb refused at its field, or above all of them."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class PaymentForm(VersionedForm):
    amount = FigureField()
    method = forms.ChoiceField(choices=PaymentMethod.choices)
    received_on = forms.DateField(
        label="Received on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reference = forms.CharField(
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="What the bank or the card terminal calls it.",
    )

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day < EARLIEST:
            raise forms.ValidationError("This is too long ago.")
        return day

    def refuse(self, error: DomainError) -> None:
        if error.field == "received_at":
            self.add_error("received_on", str(error))
        else:
            super().refuse(error)


class WriteOffForm(VersionedForm):
    reason = forms.CharField(
        max_length=LONGEST_REASON, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class LocationForm(forms.Form):
    """Which location bills; asked only where there are several."""

    location = forms.ChoiceField()

    def __init__(self, *args: Any, locations: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["location"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = list(locations)


def _what_is_wrong(text: str) -> str:
    if text.startswith(("-", "−")):
        return "This may not be negative."
    if re.fullmatch(r"\d+\.\d{5,}", text, re.ASCII):
        return "At most 4 decimal digits, please."
    if re.fullmatch(r"\d{12,}(\.\d*)?", text, re.ASCII):
        return "This number is too large."
    return "Write a number such as 1234.50."
