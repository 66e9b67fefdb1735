"""What people type to put somebody on the waiting list, or to change their wish."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from scheduling.models import Service, Staff
from scheduling.models.waiting import NOTE_LENGTH


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "This is not a date."},
        **options,
    )


def _clock(label: str, help_text: str) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "This is not a time."},
        help_text=help_text,
    )


class _Wish(forms.Form):
    staff = forms.ChoiceField(
        label="With",
        required=False,
        error_messages={"invalid_choice": "This person cannot be booked here."},
    )
    first_date = _day("First day")
    last_date = _day("Last day")
    earliest_time = _clock("Not before", "Empty: at any hour.")
    latest_time = _clock("Begins by", "Empty: at any hour.")
    note = forms.CharField(
        label="Note for staff",
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, people: Iterable[Staff], may_be_anybody: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        anybody = [("", "Anybody")] if may_be_anybody else []
        listed = [(str(one.pk), one.name) for one in people]
        self.fields["staff"].choices = [*anybody, *listed]  # type: ignore[attr-defined]
        self.fields["staff"].required = not may_be_anybody

    def wish(self) -> dict[str, Any]:
        """Return what is wished for, as the verbs take it."""
        names = ("first_date", "last_date", "earliest_time", "latest_time", "note")
        staff = self.cleaned_data["staff"]
        wish: dict[str, Any] = {name: self.cleaned_data[name] for name in names}
        return wish | {"staff_id": UUID(staff) if staff else None}


class JoinForm(_Wish):
    customer = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "Choose a customer.", "invalid": "Choose a customer."},
    )
    service = forms.ChoiceField(
        error_messages={
            "required": "Choose a service.",
            "invalid_choice": "This service cannot be booked here.",
        }
    )

    def __init__(self, *args: Any, services: Iterable[Service], **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [(str(one.pk), one.name) for one in services]
        self.fields["service"].choices = [("", "Choose…"), *listed]  # type: ignore[attr-defined]


class ChangeForm(_Wish):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class ChosenTimeForm(forms.Form):
    """A start with its offset and the id of a person, as the page has offered them."""

    chosen = forms.CharField(max_length=90)

    def clean_chosen(self) -> tuple[datetime, UUID]:
        start, _, staff = self.cleaned_data["chosen"].partition(" ")
        try:
            moment, staff_id = datetime.fromisoformat(start), UUID(staff)
        except ValueError:
            raise forms.ValidationError("Choose one of the times.") from None
        if moment.tzinfo is None:
            raise forms.ValidationError("Choose one of the times.")
        return moment, staff_id
