"""What people fill in to set up locations, rooms, services and staff."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.text import slugify

from customers.details import countries
from hub import time_zones
from hub.errors import InvalidInput
from hub.money import known_currencies
from scheduling.hours import Hours, read_hours
from scheduling.local_times import YEARS
from scheduling.models import Location, ResourceKind, StaleCalendars, WorkingHours
from scheduling.models.hours import WEEKDAYS

HUES = [(str(hue), f"Color {hue}") for hue in range(1, 9)]


class HoursInput(forms.CharField):
    """“09:00–12:30, 13:30–18:00”; cleaned to ``Hours``."""

    def __init__(self, *, placeholder: str = "Closed", help_text: str = "") -> None:
        attrs = {"autocomplete": "off", "placeholder": placeholder}
        widget = forms.TextInput(attrs=attrs)
        super().__init__(required=False, max_length=120, widget=widget, help_text=help_text)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Hours) else value

    def clean(self, value: Any) -> Any:
        try:
            return read_hours(super().clean(value), field="")
        except InvalidInput as error:
            raise forms.ValidationError(str(error)) from None


class SetupForm(forms.Form):
    """A form that was filled from one version of its record, which it names when it comes back."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def values(self) -> dict[str, Any]:
        """What a verb is to write."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def expected_version(self) -> int | None:
        version: int | None = self.cleaned_data["version"]
        return version


def name_field(label: str = "Name", **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=80, widget=widget, **options)


def line_field(label: str, longest: int) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget)


def minutes_field(label: str, *, least: int = 0, most: int = 24 * 60, help_text: str = "") -> Any:
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)


def day_field(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    """Ask for a day within the years that can be booked."""
    field = forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput({"type": "date"}),
    )
    field.validators += [_near_enough]
    return field


def _near_enough(day: date) -> None:
    if day.year not in YEARS:
        raise forms.ValidationError("This date is too far away.")


class LocationForm(SetupForm):
    name = name_field(help_text="As customers know it.")
    street = line_field("Street and number", 160)
    postal_code = line_field("Postal code", 20)
    city = line_field("City", 80)
    phone = line_field("Phone", 40)
    email = forms.EmailField(
        label="E-mail",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    books_online = forms.BooleanField(
        label="Customers book here online",
        required=False,
        help_text="On a page that is open to everybody, those services that say so.",
    )
    booking_slug = forms.SlugField(
        label="Address of that page",
        required=False,
        max_length=60,
        empty_value=None,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Such as “harbor”; made from the name where it is empty.",
    )
    stale_calendars = forms.TypedChoiceField(
        label="Times while an outside calendar cannot be read",
        choices=StaleCalendars.choices,
        initial=StaleCalendars.UNCONFIRMED,
        required=False,
        empty_value=StaleCalendars.UNCONFIRMED,
        help_text="Of those who have one that was not read for more than half an hour.",
    )
    country = forms.ChoiceField(
        choices=lambda: countries().items(),
        help_text="Also how phone numbers without a country code are read.",
    )
    time_zone = forms.ChoiceField(
        choices=time_zones.offered, help_text="Its clock: every time there is shown on it."
    )
    currency = forms.ChoiceField(
        choices=lambda: [(code, code) for code in sorted(known_currencies())]
    )

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values.get("books_online") and not values.get("booking_slug"):
            values["booking_slug"] = slugify(values.get("name", ""))[:60] or None
        return values


class QuietForm(SetupForm):
    quiet_hours = HoursInput(
        placeholder="None", help_text="No reminder reaches anybody in these hours of their clock."
    )


class WeekForm(SetupForm):
    """The hours of a week; also the part of a location's form that says when it is open."""

    monday = HoursInput()
    tuesday = HoursInput()
    wednesday = HoursInput()
    thursday = HoursInput()
    friday = HoursInput()
    saturday = HoursInput()
    sunday = HoursInput()

    def week_days(self) -> list[forms.BoundField]:
        return [self[name] for name in WEEKDAYS]

    @staticmethod
    def initial_of(week: WorkingHours | None) -> dict[str, Any]:
        hours = {name: getattr(week, name) for name in WEEKDAYS} if week else {}
        return hours | {"version": week.version if week else 0}


class ClosureForm(forms.Form):
    prefix = "closure"

    first_date = day_field("First day")
    last_date = day_field(
        "Last day", required=False, help_text="Closed on it too. Empty: that one day."
    )
    hours = HoursInput(placeholder="All day", help_text="Only in these hours of each day.")
    name = name_field("Why", help_text="Such as “Christmas”; the calendar shows it.")


class ResourceForm(SetupForm):
    location = forms.ChoiceField()
    kind = forms.ChoiceField(choices=ResourceKind.choices, widget=forms.RadioSelect)
    name = name_field()
    capacity = forms.IntegerField(
        min_value=1,
        max_value=100,
        initial=1,
        label="Appointments at once",
        help_text="More than 1 where several fit in.",
    )

    def __init__(self, *args: Any, locations: Iterable[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "location", [(str(place.pk), place.name) for place in locations])


def initial_of(record: Model, form: type[forms.Form]) -> Any:
    """Return the values of ``record`` that ``form`` asks for, as its inputs show them."""
    names = [name for name in form.base_fields if hasattr(record, name)]
    shown = {name: getattr(record, name) for name in names}
    keys = [name for name in names if hasattr(record, f"{name}_id")]
    shown |= {name: getattr(record, f"{name}_id") for name in keys}
    return {
        name: plain(value) if isinstance(value, Decimal) else value
        for name, value in shown.items()
    }


def plain(price: Decimal) -> Decimal:
    """“58.00” for 58.0000; what has more than two digits keeps them."""
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price.normalize()


def offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices
