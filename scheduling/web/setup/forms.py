"""What people fill in to set up locations, rooms, services and staff."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from customers.details import countries
from hub import time_zones
from hub.accounts.models import User
from hub.errors import InvalidInput
from hub.money import known_currencies
from scheduling.hours import Hours, read_hours
from scheduling.models import Location, Resource, ResourceKind, Service, Staff
from scheduling.models.hours import WEEKDAYS, Week

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
        widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1
    )

    def values(self) -> dict[str, Any]:
        """What a verb is to write."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def expected_version(self) -> int | None:
        version: int | None = self.cleaned_data["version"]
        return version


def _name(label: str = "Name", **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=80, widget=widget, **options)


def _line(label: str, longest: int) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=longest, required=False, widget=widget)


def _minutes(label: str, *, least: int = 0, most: int = 24 * 60, help_text: str = "") -> Any:
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)


class LocationForm(SetupForm):
    name = _name(help_text="As customers know it.")
    street = _line("Street and number", 160)
    postal_code = _line("Postal code", 20)
    city = _line("City", 80)
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
    def initial_of(week: Week | None) -> dict[str, Any]:
        return {name: getattr(week, name) for name in WEEKDAYS} if week else {}


class ClosureForm(forms.Form):
    prefix = "closure"

    first_date = forms.DateField(label="First day", widget=forms.DateInput({"type": "date"}))
    last_date = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="Closed on it too. Empty: that one day.",
    )
    hours = HoursInput(placeholder="All day", help_text="Only in these hours of each day.")
    name = _name("Why", help_text="Such as “Christmas”; the calendar shows it.")


class ResourceForm(SetupForm):
    location = forms.ChoiceField()
    kind = forms.ChoiceField(choices=ResourceKind.choices, widget=forms.RadioSelect)
    name = _name()
    capacity = forms.IntegerField(
        min_value=1,
        max_value=100,
        initial=1,
        label="Appointments at once",
        help_text="More than 1 where several fit in.",
    )

    def __init__(self, *args: Any, locations: Iterable[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "location", [(str(place.pk), place.name) for place in locations])


class ServiceForm(SetupForm):
    name = _name(help_text="As customers know it.")
    category = forms.CharField(
        max_length=40,
        widget=forms.TextInput({"list": "categories", "autocomplete": "off"}),
        help_text="Groups services where one is chosen.",
    )
    hue = forms.ChoiceField(label="Color in the calendar", choices=HUES, initial="1")
    duration_minutes = _minutes("Length in minutes", least=5)
    buffer_before_minutes = _minutes("Minutes to set up before", most=720)
    buffer_after_minutes = _minutes("Minutes to clean up after", most=720)
    price = forms.DecimalField(
        min_value=0,
        max_digits=15,
        decimal_places=4,
        help_text="In the currency of the location where it is booked.",
    )
    tax_class = forms.CharField(max_length=20, initial="standard")
    needs = forms.ChoiceField(
        required=False, choices=[("", "Nothing"), *ResourceKind.choices], label="Takes up"
    )
    minimum_notice_minutes = _minutes(
        "Notice in minutes", most=60 * 24 * 60, help_text="How long ahead it must be booked."
    )

    def values(self) -> dict[str, Any]:
        return super().values() | {"hue": int(self.cleaned_data["hue"])}


class StaffForm(SetupForm):
    name = _name()
    location = forms.ChoiceField(
        label="Belongs to", help_text="Hours at other locations are added on their page."
    )
    user = forms.ChoiceField(
        label="Signs in as", required=False, help_text="To see and change their own calendar."
    )
    hue = forms.ChoiceField(label="Color", choices=HUES, initial="1")
    capacity = forms.IntegerField(
        label="Appointments at once",
        min_value=1,
        max_value=100,
        initial=1,
        help_text="1, unless they look after several customers at the same time.",
    )
    position = forms.IntegerField(
        label="Place in the calendar", min_value=0, max_value=9999, initial=0
    )

    def __init__(
        self, *args: Any, locations: Iterable[Location], users: Iterable[User], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._locations = {str(place.pk): place for place in locations}
        self._users = {str(user.pk): user for user in users}
        _offer(self, "location", [(pk, place.name) for pk, place in self._locations.items()])
        signed_in = [(pk, f"{user.name} · {user.email}") for pk, user in self._users.items()]
        _offer(self, "user", [("", "Nobody"), *signed_in])

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {
            "location": self._locations[values["location"]],
            "user": self._users.get(values["user"]),
            "hue": int(values["hue"]),
        }


class SkillsForm(forms.Form):
    services = forms.MultipleChoiceField(
        label="Services", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: QuerySet[Service], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["services"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101
        field.choices = [(str(each.pk), each.name) for each in offered]

    def chosen(self) -> list[UUID]:
        return [UUID(pk) for pk in self.cleaned_data["services"]]


class SpecialHoursForm(forms.Form):
    prefix = "special"

    work_date = forms.DateField(label="Day", widget=forms.DateInput({"type": "date"}))
    location = forms.ChoiceField()
    hours = HoursInput(placeholder="Not working", help_text="Instead of the ordinary hours.")

    def __init__(self, *args: Any, locations: Iterable[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "location", [(str(place.pk), place.name) for place in locations])


class TimeOffForm(forms.Form):
    prefix = "away"

    first_date = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    starts = forms.TimeField(
        label="Time", required=False, widget=forms.TimeInput({"type": "time"})
    )
    last_date = forms.DateField(label="To", widget=forms.DateInput({"type": "date"}))
    ends = forms.TimeField(
        label="Until",
        required=False,
        widget=forms.TimeInput({"type": "time"}),
        help_text="Empty: the whole day.",
    )
    reason = forms.CharField(
        required=False, max_length=80, help_text="Only those who set up staff see it."
    )


def initial_of(record: Location | Resource | Service | Staff, form: type[forms.Form]) -> Any:
    """Return the values of ``record`` that ``form`` asks for, as its inputs show them."""
    names = [name for name in form.base_fields if hasattr(record, name)]
    shown = {name: getattr(record, name) for name in names}
    keys = [name for name in names if hasattr(record, f"{name}_id")]
    shown |= {name: getattr(record, f"{name}_id") for name in keys}
    if "price" in shown:
        shown["price"] = _plain(shown["price"])
    return shown


def _plain(price: Decimal) -> Decimal:
    """“58.00” for 58.0000; what has more than two digits keeps them."""
    cents = price.quantize(Decimal("0.01"))
    return cents if cents == price else price.normalize()


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101
    field.choices = choices
