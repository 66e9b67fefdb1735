"""Forms about customers; what is right is decided by the code of the verbs, said at the field."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from customers import details
from customers.identity import Claim
from customers.models import Customer
from customers.normalizing import (
    EMAIL_LIMIT,
    PHONE_LIMIT,
    normalize_email,
    normalize_phone,
    split_name,
    without_unseen,
)
from hub import time_zones
from hub.errors import InvalidInput

Pairs = Iterable[tuple[str, str]]
NAME_LIMIT = details.LIMITS["given_name"] + details.LIMITS["family_name"]


def _line(field: str, label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=details.LIMITS[field],
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _email() -> forms.CharField:
    attrs = {"autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(
        label="E-mail",
        max_length=EMAIL_LIMIT,
        required=False,
        widget=forms.EmailInput(attrs=attrs),
    )


def _phone() -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    return forms.CharField(label="Phone", max_length=PHONE_LIMIT, required=False, widget=widget)


def _named(pairs: Pairs, empty: str) -> list[tuple[str, str]]:
    return [("", empty), *pairs]


class PersonForm(forms.Form):
    """Whatever says who somebody is. Every field is looked at, so every fault is shown at once."""

    def clean(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        checks: dict[str, Callable[[], object]] = {
            "email": lambda: normalize_email(values["email"]),
            "phone": lambda: normalize_phone(values["phone"], region=details.home_region()),
        } | {
            name: lambda name=name: details.cleaned({name: values[name]})
            for name in details.DETAILS
        }
        for name, check in checks.items():
            if values.get(name):
                self._check(check)
        if not self.errors and not any(map(values.get, self.names())):
            self.add_error(self.names()[0], "Enter a name or a company.")
        return self.cleaned_data

    def names(self) -> tuple[str, ...]:
        return tuple(
            name for name in ("given_name", "family_name", "company") if name in self.fields
        )

    def refuse(self, error: InvalidInput) -> None:
        """Show what a verb refused at its field, or above all of them."""
        self.add_error(error.field if error.field in self.fields else None, str(error))

    def claim(self) -> Claim:
        values = {name: value for name, value in self.values().items() if value}
        return Claim(region=details.home_region(), **values)

    def values(self) -> dict[str, Any]:
        """Return what ``customers.updating.update_customer`` takes."""
        known = (*details.DETAILS, "email", "phone")
        values = {name: self.cleaned_data[name] for name in known if name in self.cleaned_data}
        if not values.get("language"):
            values.pop("language", None)
        return values

    def _check(self, check: Callable[[], object]) -> None:
        try:
            check()
        except InvalidInput as error:
            self.refuse(error)


class CustomerForm(PersonForm):
    """The whole record; ``version`` is the one that was read, ``confirmed`` that it is new."""

    given_name = _line("given_name", "First name")
    family_name = _line("family_name", "Last name")
    company = _line("company", "Company")
    email = _email()
    phone = _phone()
    street = _line("street", "Street")
    postal_code = _line("postal_code", "Postal code")
    city = _line("city", "City")
    country = forms.ChoiceField(required=False)
    tax_id = _line("tax_id", "Tax id")
    birth_date = forms.DateField(
        label="Date of birth", required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    language = forms.ChoiceField(required=False)
    time_zone = forms.ChoiceField(required=False, label="Time zone")
    notes = forms.CharField(
        max_length=details.LIMITS["notes"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="For the team; customers never see this.",
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = dict(details.LANGUAGES)
        if spoken := self.initial.get("language"):
            languages.setdefault(spoken, spoken)
        self._offer("language", languages.items())
        self._offer("country", _named(details.countries().items(), "Not known"))
        zones = dict(time_zones.offered())
        if known := self.initial.get("time_zone"):
            zones.setdefault(known, known)
        self._offer("time_zone", _named(zones.items(), "The same as the location"))

    def clean_birth_date(self) -> date | None:
        value: date | None = self.cleaned_data["birth_date"]
        if value and value > timezone.localdate(timezone=details.home_zone()):
            raise forms.ValidationError("This day has not come yet.")
        return value

    def differences(self, customer: Customer) -> list[dict[str, Any]]:
        """Compare what is saved now with what was typed, field by field, for a stale edit."""
        saved = initial_of(customer)
        rows = []
        for name, mine in self.values().items():
            theirs, differs = saved[name], str(saved[name]) != str(mine)
            if theirs or mine:
                label = str(self.fields[name].label or name.capitalize())
                row = {"label": label, "theirs": theirs, "mine": mine, "differs": differs}
                rows.append(row)
        return rows

    def _offer(self, name: str, pairs: Pairs) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = list(pairs)


class QuickForm(PersonForm):
    """Enough to book: a name in one field or in two, and a way to be reached."""

    name = forms.CharField(max_length=NAME_LIMIT, required=False)
    given_name = _line("given_name", "First name")
    family_name = _line("family_name", "Last name")
    company = _line("company", "Company")
    email = _email()
    phone = _phone()

    def clean(self) -> dict[str, Any]:
        if name := self.cleaned_data.get("name"):
            given, family = split_name(name)
            self.cleaned_data |= {"given_name": given, "family_name": family}
        return super().clean()


def initial_of(customer: Customer) -> dict[str, Any]:
    """Return the values of ``CustomerForm`` as they are saved."""
    values = {name: getattr(customer, name) for name in details.DETAILS}
    zone = str(customer.time_zone) if customer.time_zone else ""
    contacts = {"email": customer.email(), "phone": customer.phone()}
    return values | contacts | {"time_zone": zone, "version": customer.version}


def guess(text: str) -> dict[str, str]:
    """Return the fields that a text which found nobody would fill: address, number or name."""
    text = without_unseen(text.strip()[:NAME_LIMIT])
    if "@" in text:
        return {"email": text}
    if text[:1] in "+(0123456789":
        return {"phone": text} if text else {}
    given, family = split_name(text)
    return {"given_name": given, "family_name": family}
