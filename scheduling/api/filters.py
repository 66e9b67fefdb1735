"""Query parameters of appointments and of free times."""

from typing import Any, ClassVar

import django_filters
from django import forms

from hub.rest.filters import CodesFilter, IdFilter, MomentFilter, RecordFilters, TextFilter
from scheduling.local_times import YEARS
from scheduling.models import BookingSource
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.states import AppointmentStatus
from scheduling.tagging import require_tag


class DayInput(forms.DateField):
    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError("This date is too far away.", code="invalid")
        return day


class DayFilter(django_filters.Filter):  # type: ignore[misc]
    """``2026-11-24``: a day on the clock of the location."""

    field_class = DayInput
    openapi: ClassVar = {"type": "string", "format": "date"}

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **options)


class AppointmentFilters(RecordFilters):
    status = CodesFilter(choices=AppointmentStatus.choices)
    customer = IdFilter("cus", field_name="customer_id")
    staff = IdFilter("stf", field_name="staff_id")
    location = IdFilter("loc", field_name="location_id")
    series = IdFilter("ser", field_name="series_id")
    session = IdFilter("ses", field_name="session_id")
    source = CodesFilter(
        field_name="booked_through",
        choices=BookingSource.choices,
        help_text="Through which door it was booked.",
    )
    tag = TextFilter(method="tagged", help_text="With this tag, in capitals or not.")
    starts_after = MomentFilter(
        field_name="start_at", lookup_expr="gte", help_text="At this moment or later."
    )
    starts_before = MomentFilter(
        field_name="start_at", lookup_expr="lt", help_text="Before this moment."
    )

    def tagged(self, visits: AppointmentQuerySet, _: str, word: str) -> AppointmentQuerySet:
        return visits.tagged(require_tag(word))


class OpenTimesFilters(RecordFilters):
    """What a search for free times must and may name."""

    updated_since = None  # type: ignore[assignment]
    service = IdFilter("svc", required=True)
    location = IdFilter("loc", required=True)
    date = DayFilter(required=True, help_text="The day, on the clock of the location.")
    staff = IdFilter("stf", help_text="Only with this person.")
