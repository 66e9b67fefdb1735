"""What somebody who books on the public page fills in, and what addresses of it ask for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from scheduling.selfservice.opening import OpenService
from scheduling.web.selfservice.choosing import StartField


class KeepForm(forms.Form):
    """The time that somebody chose; nobody as ``staff`` is anybody."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    start = StartField()
    staff = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)

    def __init__(self, *args: Any, opened: OpenService, **options: Any) -> None:
        super().__init__(*args, **options)
        self._opened = opened

    def clean_staff(self) -> UUID | None:
        return asked_staff(self._opened, self.cleaned_data["staff"])


class BookForm(KeepForm):
    """``website`` is a trap: nobody sees it, and programs fill it in."""

    given_name = forms.CharField(
        label="Given name",
        max_length=80,
        widget=forms.TextInput({"autocomplete": "given-name"}),
        error_messages={"required": "Tell us your name, please."},
    )
    family_name = forms.CharField(
        label="Family name",
        max_length=80,
        widget=forms.TextInput({"autocomplete": "family-name"}),
        error_messages={"required": "Tell us your name, please."},
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text="We send the confirmation there, with a link to change or cancel.",
        error_messages={"required": "Without it we cannot send the confirmation."},
    )
    phone = forms.CharField(
        label="Phone",
        max_length=40,
        widget=forms.TextInput({"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
        help_text="In case something comes up on the day.",
        error_messages={"required": "We call when something comes up on the day."},
    )
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError("Leave this empty, please.")
        return ""


def asked_staff(opened: OpenService, text: str) -> UUID | None:
    """Return the id of the person who was chosen; nothing means anybody."""
    known = {str(person.pk): person.pk for person in opened.people}
    return known.get(text)


def asked_start(text: str) -> datetime | None:
    """Return the time in an address; nothing where it is none."""
    try:
        moment: datetime = StartField().clean(text)
    except forms.ValidationError:
        return None
    return moment
