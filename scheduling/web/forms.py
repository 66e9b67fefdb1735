"""What people type to book, move, cancel and annotate; local times become instants here."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms

from hub.errors import DomainError
from scheduling.local_times import instant_of
from scheduling.models import CanceledBy, Color, Service, Staff
from scheduling.models.marks import MOST_TAGS, TAG_LENGTH
from scheduling.texts import CUSTOMER_NOTES_LENGTH, NOTES_LENGTH, REASON_LENGTH

OTHER = "other"
ANYONE = ""
# "13:00", or "02:30+01:00" where the offset says which of two is meant.
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::00)?([+-]\d\d:\d\d)?")
# What verbs call their inputs, and what the forms do.
FIELDS = {"start_at": "time", "end_at": "time", "start": "time"}


# A value with its words, or a group of them under a heading.
Choice = tuple[str, str | list[tuple[str, str]]]


def take_refusal(form: forms.Form, error: DomainError) -> None:
    """Show what a verb refused at its field, or above the form where it has none there."""
    name = FIELDS.get(error.field, error.field)
    form.add_error(name if name in form.fields else None, str(error))


class WithStart(forms.Form):
    """A local date and time of a location. ``cleaned_data["start_at"]`` is the instant."""

    date = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "This is not a date."},
    )
    time = forms.CharField(
        label="Start",
        max_length=14,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"max_length": "This is not a time."},
    )
    zone: dt.tzinfo
    fold_choices: tuple[str, ...] = ()

    def clean_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["date"]
        if not 2000 <= day.year <= 2100:  # noqa: PLR2004
            raise forms.ValidationError("This date is too far away.")
        return day

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        local = self._local(values.get("date"), self.typed_time())
        if local is not None:
            try:
                values["start_at"] = instant_of(local, self.zone, field="time")
            except DomainError as error:
                take_refusal(self, error)
                self.fold_choices = tuple(error.details.get("choices", ()))  # type: ignore[arg-type]
        return values

    def typed_time(self) -> str:
        return str(self.cleaned_data.get("time") or "")

    def _local(self, day: dt.date | None, text: str) -> dt.datetime | None:
        if "time" in self.errors:
            return None
        found = CLOCK.fullmatch(text)
        if found is None:
            self.add_error("time", "This is not a time." if text else "Choose a time.")
        if found is None or day is None:
            return None
        hour, minute, offset = found.groups()
        local = dt.datetime.combine(day, dt.time(int(hour), int(minute)))
        return dt.datetime.fromisoformat(f"{local.isoformat()}{offset or ''}")


OFFERED_TAGS = {"list": "known-tags", "data-tags": "", "autocomplete": "off"}


class WithMarks(forms.Form):
    """Tags in one line, between commas; ``listed_tags`` takes them apart."""

    tags = forms.CharField(
        label="Tags",
        max_length=MOST_TAGS * (TAG_LENGTH + 2),
        required=False,
        widget=forms.TextInput(attrs=OFFERED_TAGS),
        help_text="Short words with commas between them. Customers never see them.",
    )
    color = forms.ChoiceField(
        label="Color",
        required=False,
        choices=[("", "As the service"), *Color.choices],
        error_messages={"invalid_choice": "There is no such color."},
    )

    def listed_tags(self) -> tuple[str, ...]:
        return tuple(str(self.cleaned_data.get("tags") or "").split(","))


class BookingForm(WithStart, WithMarks):
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
    staff = forms.ChoiceField(
        label="With",
        required=False,
        error_messages={"invalid_choice": "This person cannot be booked here."},
    )
    other_time = forms.CharField(
        label="Other time",
        max_length=14,
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    notes = forms.CharField(
        label="Note for staff",
        max_length=NOTES_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    override_reason = forms.CharField(
        label="Reason to book anyway",
        max_length=100,
        required=False,
        help_text="Beyond working hours or notice. The reason stays in the history.",
    )
    field_order = (
        *("customer", "service", "staff", "date", "time", "other_time"),
        *("notes", "tags", "color"),
    )

    def __init__(
        self,
        *args: Any,
        zone: dt.tzinfo,
        services: Iterable[tuple[Service, int]],
        people: Iterable[Staff],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self._choices("service", [("", "Choose…"), *by_category(services)])
        listed: list[Choice] = [(str(of.pk), of.name) for of in people]
        # Whoever books only for themselves is not asked.
        anyone: list[Choice] = [(ANYONE, "Anyone")] if len(listed) != 1 else []
        self._choices("staff", [*anyone, *listed])

    def typed_time(self) -> str:
        chosen = str(self.cleaned_data.get("time") or "")
        other = str(self.cleaned_data.get("other_time") or "")
        return other if chosen in ("", OTHER) else chosen

    def _choices(self, name: str, choices: list[Choice]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices


def by_category(services: Iterable[tuple[Service, int]]) -> list[Choice]:
    """Services under the name of their category, each with its length."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for service, minutes in services:
        words = f"{service.name} · {length_in_words(minutes)}"
        groups[service.category].append((str(service.pk), words))
    return list(groups.items())


def length_in_words(minutes: int) -> str:
    """“1 h 45” or “30 min”."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


class MoveForm(WithStart):
    """``end`` is given only when the length changes, by pulling the edge of an appointment."""

    staff = forms.ChoiceField(
        label="With",
        required=False,
        error_messages={"invalid_choice": "This person cannot be booked here."},
    )
    beside = forms.MultipleChoiceField(
        label="Also takes part",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "This person cannot be booked here."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    override_reason = forms.CharField(
        label="Reason to move it there anyway",
        max_length=100,
        required=False,
        help_text="Beyond working hours or notice. The reason stays in the history.",
    )

    def __init__(
        self, *args: Any, zone: dt.tzinfo, people: Iterable[Staff], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        listed = [(str(of.pk), of.name) for of in people]
        for name in ("staff", "beside"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = listed


class SwapForm(forms.Form):
    other = forms.ChoiceField(
        label="Swap with",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose an appointment.",
            "invalid_choice": "This one cannot be swapped any more. Choose another.",
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    override_reason = forms.CharField(
        label="Reason to swap them anyway",
        max_length=100,
        required=False,
        help_text="Beyond working hours or notice. The reason stays in the history.",
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = choices


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        error_messages={"required": "Say why, please."},
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1, required=False
    )


class CancelForm(ReasonForm):
    canceled_by = forms.ChoiceField(
        label="Who cancels?",
        required=False,
        choices=CanceledBy.choices,
        initial=CanceledBy.CUSTOMER,
        widget=forms.RadioSelect,
    )
    field_order = ("canceled_by", "reason")


class NotesForm(WithMarks):
    notes = forms.CharField(
        label="Notes for staff",
        max_length=NOTES_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    customer_notes = forms.CharField(
        label="Notes for the customer",
        max_length=CUSTOMER_NOTES_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stand in messages to come, and behind the customer’s link.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    field_order = ("notes", "customer_notes", "tags", "color", "version")
