"""What people type to plan, move and cancel a class."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from scheduling.models import Service, Staff
from scheduling.models.catalog import MOST_SEATS
from scheduling.recurrence import wall_instant
from scheduling.web.forms import WithStart

MOST_WEEKS = 52


class _Version(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class PlanForm(WithStart):
    service = forms.ChoiceField(
        error_messages={
            "required": "Choose a service.",
            "invalid_choice": "This service has no classes here.",
        }
    )
    staff = forms.ChoiceField(
        label="Led by",
        error_messages={
            "required": "Choose who leads it.",
            "invalid_choice": "This person cannot be booked here.",
        },
    )
    weeks = forms.IntegerField(
        label="Weeks in a row",
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        help_text="1: this day only. All of them are planned, or none.",
    )
    seats = forms.IntegerField(
        min_value=1,
        max_value=MOST_SEATS,
        required=False,
        help_text="Empty: as many as the service says.",
    )
    override_reason = forms.CharField(
        label="Reason to plan it anyway",
        max_length=100,
        required=False,
        help_text="Beyond working hours. The reason stays in the history.",
    )
    field_order = ("service", "staff", "date", "time", "weeks", "seats")

    def __init__(
        self,
        *args: Any,
        zone: ZoneInfo,
        services: Iterable[Service],
        people: Iterable[Staff],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.zone = self.place_zone = zone
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            ("", "Choose…"),
            *((str(one.pk), f"{one.name} · {one.seats} seats") for one in services),
        ]
        self.fields["staff"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]

    def starts(self) -> list[dt.datetime]:
        """Return the instant of the first class, and of the same wall time in the weeks after."""
        first: dt.datetime = self.cleaned_data["start_at"]
        local = first.astimezone(self.place_zone)
        later = (local.date() + dt.timedelta(weeks=week) for week in range(1, self._weeks()))
        return [first, *(wall_instant(day, local.time(), self.place_zone) for day in later)]

    def _weeks(self) -> int:
        return int(self.cleaned_data["weeks"])


class MoveClassForm(WithStart, _Version):
    staff = forms.ChoiceField(
        label="Led by",
        error_messages={"invalid_choice": "This person cannot be booked here."},
    )
    override_reason = forms.CharField(
        label="Reason to move it there anyway",
        max_length=100,
        required=False,
        help_text="Beyond working hours. The reason stays in the history.",
    )

    def __init__(
        self, *args: Any, zone: dt.tzinfo, people: Iterable[Staff], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.zone = zone
        self.fields["staff"].choices = [(str(one.pk), one.name) for one in people]  # type: ignore[attr-defined]


class SeatsForm(_Version):
    seats = forms.IntegerField(min_value=1, max_value=MOST_SEATS)
