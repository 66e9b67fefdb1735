"""Recurring visits over the API: a rule, its visits, and what becomes of them."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hub.errors import InvalidInput
from hub.rest.filters import CodesFilter, IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from scheduling import limits
from scheduling.api.catalog_answers import SEES
from scheduling.api.series_answers import (
    EndInput,
    FollowingInput,
    ForeseenAnswer,
    FromDateInput,
    NewSeries,
    ResumeInput,
    SeriesAnswer,
)
from scheduling.api.viewsets import BOOKS
from scheduling.booking import Booking
from scheduling.models import Series, SeriesStatus
from scheduling.offering import active_staff, place_of
from scheduling.recurrence import WEEKDAYS, Monthly, Rule, Unit
from scheduling.repeating.ending import end_series, pause_series, resume_series
from scheduling.repeating.following import Following, change_following
from scheduling.repeating.foreseeing import foresee
from scheduling.repeating.starting import start_series

RULE = ("unit", "interval", "weekdays", "monthly", "count", "until")


class SeriesFilters(RecordFilters):
    status = CodesFilter(choices=SeriesStatus.choices)
    customer = IdFilter("cus", field_name="customer_id")
    staff = IdFilter("stf", field_name="staff_id")
    location = IdFilter("loc", field_name="location_id")


class SeriesViewSet(RecordViewSet[Series]):
    """Visits that come again."""

    prefix = "ser"
    serializer_class = SeriesAnswer
    filterset_class = SeriesFilters
    inputs: ClassVar = {
        "create": NewSeries,
        "preview": NewSeries,
        "following": FollowingInput,
        "pause": FromDateInput,
        "resume": ResumeInput,
        "end": EndInput,
    }
    answers: ClassVar = {"preview": ForeseenAnswer}
    capabilities: ClassVar = {
        "list": SEES,
        "retrieve": SEES,
        "create": BOOKS,
        "preview": BOOKS,
        "following": BOOKS,
        "pause": BOOKS,
        "resume": BOOKS,
        "end": BOOKS,
    }

    def visible(self) -> QuerySet[Series]:
        shown = Series.objects.visible_to(self.access)
        return shown.select_related("customer", "service", "staff", "location")

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Book visits that come again: all of them, or none.

        Refused with 409 and `visits_refused` when some dates cannot be booked;
        `details.visits` names each. Repeat the request with these in `leave_out`.
        """
        values = self.read()
        booking, rule = _asked(values)
        series = start_series(
            booking,
            rule,
            leave_out=values.get("leave_out", ()),
            override_reason=values.get("override_reason", ""),
            at=timezone.now(),
            by=self.actor,
        )
        return self.created(series)

    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:  # noqa: ARG002
        """Say which visits would be booked, and what stands against each; saves nothing."""
        at = timezone.now()
        booking, rule = _asked(self.read())
        foresight = foresee(booking, rule, held=self.access, at=at)
        found = {"as_of": at, "in_words": rule.in_words, "rrule": str(rule)}
        found |= {"goes_on": foresight.goes_on, "data": foresight.visits}
        return Response(ForeseenAnswer(found, context=self.shown).data)

    @action(detail=True, methods=["post"])
    def following(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Change a visit and all that follow; answers with the series that goes on.

        What was moved, canceled or completed by itself stays as it is. Refused as a whole with
        409 and `visits_refused` when one of them cannot be booked.
        """
        series, values = self.load(), self.read()
        changed = change_following(
            series.pk,
            Following(values.get("start_time"), values.get("staff_id"), _changed_rule(values)),
            from_date=values["from_date"],
            leave_out=values.get("leave_out", ()),
            override_reason=values.get("override_reason", ""),
            at=timezone.now(),
            by=self.actor,
            expected_version=series.version,
        )
        return self.created(changed)

    @action(detail=True, methods=["post"])
    def pause(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Cancel the visits from a day on, until it is resumed."""
        series, at = self.load(), timezone.now()
        version = series.version
        paused = pause_series(
            series.pk, **self.read(), at=at, by=self.actor, expected_version=version
        )
        return self.answer(paused)

    @action(detail=True, methods=["post"])
    def resume(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Book its dates again from a day on; those that are taken by now are left out."""
        series, at = self.load(), timezone.now()
        version = series.version
        resumed = resume_series(
            series.pk, **self.read(), at=at, by=self.actor, expected_version=version
        )
        return self.answer(resumed)

    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Cancel the visits from a day on, and book no more."""
        series, at = self.load(), timezone.now()
        version = series.version
        ended = end_series(
            series.pk, **self.read(), at=at, by=self.actor, expected_version=version
        )
        return self.answer(ended)


def _asked(values: dict[str, Any]) -> tuple[Booking, Rule]:
    """Return what to book, and the rule from its local date on.

    :raises InvalidInput: the staff member or location cannot be booked, or the rule is wrong.
    """
    booking = Booking(
        customer_id=values["customer_id"],
        service_id=values["service_id"],
        staff_id=values["staff_id"],
        start_at=values["start_at"],
        notes=values.get("notes", ""),
        location_id=values.get("location_id"),
    )
    place = place_of(active_staff(booking.staff_id), booking.location_id)
    start = limits.in_utc(booking.start_at, field="start_at").astimezone(place.time_zone)
    return booking, Rule(first_date=start.date(), **_parts(values))


def _changed_rule(values: dict[str, Any]) -> Rule | None:
    """Return the new rule, ``None`` where none is named."""
    if not {"first_date", *RULE} & values.keys():
        return None
    if "unit" not in values:
        raise InvalidInput("Name the whole rule: its unit is missing.", field="unit")
    return Rule(first_date=values.get("first_date", values["from_date"]), **_parts(values))


def _parts(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "unit": Unit(values["unit"]),
        "interval": values.get("interval", 1),
        "weekdays": tuple(WEEKDAYS.index(day) for day in values.get("weekdays", ())),
        "monthly": Monthly(values.get("monthly", Monthly.SAME_DAY)),
        "count": values.get("count"),
        "until": values.get("until"),
    }
