"""Forms of the hub's own pages, and how an error of the domain gets to its field."""

from collections.abc import Iterable
from typing import Any

from django import forms

from customers import details
from hub import time_zones
from hub.access import KEY_SCOPES, ROLES
from hub.errors import DomainError
from hub.web.wording import CAPABILITIES

MIN_PASSWORD = 12
PASSWORD = {"autocomplete": "new-password"}


def show_error(form: forms.Form, error: DomainError) -> None:
    """Put ``error`` at its field, or on top of the form when it has none here."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


def countries() -> list[tuple[str, str]]:
    return list(details.countries().items())


class FirstRunForm(forms.Form):
    business = forms.CharField(
        label="Name of the business",
        max_length=120,
        help_text="As customers know it; it stands on top of every page.",
    )
    time_zone = forms.ChoiceField(choices=time_zones.offered, initial="UTC")
    country = forms.ChoiceField(choices=countries, initial="US")
    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=PASSWORD),
        help_text=f"At least {MIN_PASSWORD} characters; a sentence is fine.",
    )


class PersonForm(forms.Form):
    name = forms.CharField(max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(required=False)
    location = forms.ChoiceField(required=False, help_text="Where the role counts.")
    password = forms.CharField(
        label="First password",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=PASSWORD),
        help_text="Leave it empty to send a link by mail with which they choose their own.",
    )

    def __init__(
        self, *args: Any, roles: Iterable[str], locations: Iterable[tuple[str, str]], **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        _offer(self, roles, locations, ("", "No role yet"))


class RoleForm(forms.Form):
    role = forms.ChoiceField()
    location = forms.ChoiceField(required=False)

    def __init__(
        self, *args: Any, roles: Iterable[str], locations: Iterable[tuple[str, str]], **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        _offer(self, roles, locations)


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=120, help_text="The tool that will use it, such as “Web shop”."
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(scope, CAPABILITIES[scope]) for scope in CAPABILITIES if scope in KEY_SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    expires_on = forms.DateField(
        label="Ends on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: after a year.",
    )


def _offer(
    form: forms.Form,
    roles: Iterable[str],
    locations: Iterable[tuple[str, str]],
    *first: tuple[str, str],
) -> None:
    names = sorted(roles, key=_standard_order)
    _field(form, "role").choices = [*first, *((name, name) for name in names)]
    _field(form, "location").choices = [("", "All locations"), *locations]


def _field(form: forms.Form, name: str) -> forms.ChoiceField:
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(name)
    return field


def _standard_order(role: str) -> tuple[int, str]:
    names = list(ROLES)
    return (names.index(role) if role in names else len(names), role)
