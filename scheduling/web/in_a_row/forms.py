"""Which services somebody wants one after the other, and with whom."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField

from hub.errors import InvalidInput
from scheduling.in_a_row.booking import FEWEST, MOST, Part
from scheduling.in_a_row.finding import Step
from scheduling.models import Service, Staff
from scheduling.search import OpenTime
from scheduling.texts import NOTES_LENGTH
from scheduling.web.forms import ANYONE, Choice, by_category

PLACES = range(1, MOST + 1)
ROW_LENGTH = 600


class InARowForm(forms.Form):
    """``row`` is the chosen answer: a start and a person for each service, as ``said`` writes."""

    customer = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": "Choose a customer.", "invalid": "Choose a customer."},
    )
    date = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "This is not a date."},
    )
    notes = forms.CharField(
        label="Note for staff",
        max_length=NOTES_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    row = forms.CharField(required=False, max_length=ROW_LENGTH, label="Time")

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
        offered = by_category(services)
        staff: list[Choice] = [(ANYONE, "Anyone"), *((str(one.pk), one.name) for one in people)]
        for place in PLACES:
            empty = ("", "Choose…" if place <= FEWEST else "Nothing more")
            self.fields[f"service_{place}"] = forms.ChoiceField(
                label="First" if place == 1 else "Then",
                required=place <= FEWEST,
                choices=[empty, *offered],
                error_messages={
                    "required": "Choose a service.",
                    "invalid_choice": "This service cannot be booked here.",
                },
            )
            self.fields[f"staff_{place}"] = forms.ChoiceField(
                label="With",
                required=False,
                choices=staff,
                error_messages={"invalid_choice": "This person cannot be booked here."},
            )

    def clean_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["date"]
        if not 2000 <= day.year <= 2100:  # noqa: PLR2004
            raise forms.ValidationError("This date is too far away.")
        return day

    def pairs(self) -> Iterator[tuple[BoundField, BoundField]]:
        for place in PLACES:
            yield self[f"service_{place}"], self[f"staff_{place}"]

    def steps(self) -> list[Step]:
        """Return what is asked for, in its order; lines without a service are passed by."""
        chosen = (
            (self.cleaned_data.get(f"service_{place}"), self.cleaned_data.get(f"staff_{place}"))
            for place in PLACES
        )
        return [
            Step(UUID(service), UUID(person) if person else None)
            for service, person in chosen
            if service
        ]

    def parts(self) -> list[Part]:
        """Return what the chosen answer books.

        :raises InvalidInput: none is chosen, or it was for other services.
        """
        steps, said = self.steps(), self.cleaned_data["row"]
        times = [each.partition(" ") for each in said.split(",")] if said else []
        if len(times) != len(steps):
            raise InvalidInput("Choose a time.", field="row")
        try:
            return [
                Part(step.service_id, UUID(person), dt.datetime.fromisoformat(start))
                for step, (start, _, person) in zip(steps, times, strict=True)
            ]
        except ValueError:
            raise InvalidInput("Choose a time.", field="row") from None


def said(row: Iterable[OpenTime]) -> str:
    """Write an answer as the form sends it back."""
    return ",".join(f"{time.start_at.isoformat()} {time.staff_id}" for time in row)
