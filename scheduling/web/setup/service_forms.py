"""What people fill in about services, and what is different at one location."""

from decimal import Decimal
from typing import Any

from django import forms

from scheduling.models import FeeKind, Service
from scheduling.models.catalog import MOST_NEEDED, MOST_SEATS
from scheduling.rules import OVERRIDABLE
from scheduling.web.setup.forms import HUES, SetupForm, minutes_field, name_field, plain


class ServiceForm(SetupForm):
    name = name_field(help_text="As customers know it.")
    category = forms.CharField(
        max_length=40,
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
        help_text="Groups services where one is chosen.",
    )
    hue = forms.ChoiceField(label="Color in the calendar", choices=HUES, initial="1")
    duration_minutes = minutes_field("Length in minutes", least=5)
    buffer_before_minutes = minutes_field("Minutes to set up before", most=720)
    buffer_after_minutes = minutes_field("Minutes to clean up after", most=720)
    price = forms.DecimalField(
        min_value=0,
        max_digits=15,
        decimal_places=4,
        help_text="In the currency of the location where it is booked.",
    )
    tax_class = forms.CharField(max_length=20, initial="standard")
    staff_needed = forms.IntegerField(
        label="People who do it", min_value=1, max_value=MOST_NEEDED, initial=1
    )
    rooms_needed = forms.IntegerField(
        label="Rooms it takes", min_value=0, max_value=MOST_NEEDED, initial=0
    )
    equipment_needed = forms.IntegerField(
        label="Equipment it takes", min_value=0, max_value=MOST_NEEDED, initial=0
    )
    seats = forms.IntegerField(
        label="Seats",
        min_value=1,
        max_value=MOST_SEATS,
        initial=1,
        help_text="More than 1: it takes place as classes, planned under Classes.",
    )
    daily_limit = forms.IntegerField(
        label="At most a day",
        min_value=0,
        max_value=200,
        initial=0,
        help_text="How often one person does it on a day. 0: as often as there is time.",
    )
    minimum_notice_minutes = minutes_field(
        "Notice in minutes", most=60 * 24 * 60, help_text="How long ahead it must be booked."
    )
    horizon_days = forms.IntegerField(
        label="Days ahead", min_value=0, max_value=3660, help_text="How far ahead at most."
    )
    cancellation_window_minutes = minutes_field(
        "Free cancellation until, in minutes before",
        most=60 * 24 * 60,
        help_text="1440 is a day. Later, or without coming, it costs the late fee.",
    )
    late_fee_kind = forms.ChoiceField(
        label="Late fee", required=False, choices=[("", "None"), *FeeKind.choices]
    )
    late_fee = forms.DecimalField(
        label="How much",
        min_value=0,
        max_digits=15,
        decimal_places=4,
        required=False,
        help_text="An amount, or percent of the price.",
    )

    reminder_minutes = minutes_field(
        "Reminder, in minutes before", most=30 * 24 * 60, help_text="0: none."
    )
    instructions = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="Stands in confirmations and reminders, such as how to prepare.",
    )

    books_online = forms.BooleanField(
        label="Customers book it online",
        required=False,
        help_text="Where the location has a public booking page.",
    )

    needs_approval = forms.BooleanField(
        label="Somebody accepts each booking",
        required=False,
        help_text="What customers book online, and tools, is a request until then.",
    )

    def clean_late_fee(self) -> Decimal:
        """Nothing is no fee; a percentage is at most the price."""
        fee: Decimal = self.cleaned_data["late_fee"] or Decimal(0)
        if self.cleaned_data.get("late_fee_kind") == FeeKind.PERCENT and fee > 100:  # noqa: PLR2004
            raise forms.ValidationError("At most 100 percent, please.")
        return fee

    def values(self) -> dict[str, Any]:
        return super().values() | {"hue": int(self.cleaned_data["hue"])}


def _own(label: str, *, most: int, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False)


class AsEverywhere(forms.NullBooleanSelect):
    def __init__(self) -> None:
        super().__init__()
        self.choices = [("unknown", "As everywhere"), ("true", "Yes"), ("false", "No")]


class RulesAtForm(forms.Form):
    """What is different at one location; empty is as everywhere."""

    is_offered = forms.BooleanField(label="Offered here", required=False)
    price = forms.DecimalField(min_value=0, max_digits=15, decimal_places=4, required=False)
    duration_minutes = _own("Length in minutes", least=5, most=24 * 60)
    buffer_before_minutes = _own("Minutes to set up before", most=720)
    buffer_after_minutes = _own("Minutes to clean up after", most=720)
    staff_needed = _own("People who do it", least=1, most=MOST_NEEDED)
    rooms_needed = _own("Rooms it takes", most=MOST_NEEDED)
    equipment_needed = _own("Equipment it takes", most=MOST_NEEDED)
    minimum_notice_minutes = _own("Notice in minutes", most=60 * 24 * 60)
    horizon_days = _own("Days ahead", most=3660)
    late_fee = forms.DecimalField(
        label="Late fee", min_value=0, max_digits=15, decimal_places=4, required=False
    )
    daily_limit = _own("At most a day", most=200)
    needs_approval = forms.NullBooleanField(
        label="Somebody accepts each booking",
        required=False,
        widget=AsEverywhere,
    )
    reminder_minutes = _own("Reminder, in minutes before", most=30 * 24 * 60)
    cancellation_window_minutes = _own("Free cancellation until", most=60 * 24 * 60)

    def __init__(self, *args: Any, usual: Service, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in OVERRIDABLE:
            value = getattr(usual, name)
            shown = plain(value) if isinstance(value, Decimal) else value
            self.fields[name].widget.attrs["placeholder"] = str(shown)
