"""When a business is open and who is there: closures, working hours, special days, time off."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db.models import F, QuerySet, Value
from rest_framework.request import Request
from rest_framework.response import Response

from hub.access import Capability
from hub.errors import DomainError, InvalidInput, StaleVersion
from hub.rest.filters import IdFilter, MomentFilter, RecordFilters
from hub.rest.records import RecordViewSet
from scheduling.api.catalog_answers import SEES
from scheduling.api.filters import DayFilter
from scheduling.api.rota_answers import (
    ClosureAnswer,
    ClosureInput,
    NewSpecialDay,
    NewWorkingHours,
    SpecialDayAnswer,
    SpecialDayChange,
    TimeOffAnswer,
    TimeOffInput,
    WeekInput,
    WorkingHoursAnswer,
    hours_from,
    people_in_reach,
    places_in_reach,
    week_from,
)
from scheduling.models import Closure, SpecialHours, TimeOff, WorkingHours
from scheduling.models.hours import WEEKDAYS
from scheduling.setup.locations import add_closure, remove_closure
from scheduling.setup.rota import (
    add_time_off,
    drop_special_hours,
    drop_time_off,
    set_special_hours,
    set_week,
)

PLANS = (Capability.SET_UP_SCHEDULE,)
READS: dict[str, tuple[Capability, ...]] = {"list": SEES, "retrieve": SEES}
# These are added and removed and never change, so that all are of one version.
UNCHANGING = Value(1)


class AlreadySet(DomainError):
    """There is such a record; change that one."""

    code = "already_set"


class ClosureFilters(RecordFilters):
    location = IdFilter("loc", field_name="location_id")
    ends_from = DayFilter(field_name="last_date", lookup_expr="gte", help_text="Not over then.")


class ClosureViewSet(RecordViewSet[Closure]):
    """Days, or hours of days, on which a location is closed."""

    prefix = "clo"
    serializer_class = ClosureAnswer
    filterset_class = ClosureFilters
    inputs: ClassVar = {"create": ClosureInput}
    answers: ClassVar = {"destroy": None}
    capabilities: ClassVar = READS | {"create": PLANS, "destroy": PLANS}

    def visible(self) -> QuerySet[Closure]:
        shown = Closure.objects.filter(location__in=places_in_reach(self.access))
        return shown.select_related("location").annotate(version=UNCHANGING)

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Close a location. Appointments that are booked then stay; nothing more is offered."""
        values = self.read()
        values["hours"] = hours_from(values.get("hours", []))
        return self.created(add_closure(values.pop("location_id"), **values, by=self.actor))

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Be open after all."""
        remove_closure(self.load().pk, by=self.actor)
        return self.gone()


class OfStaffFilters(RecordFilters):
    staff = IdFilter("stf", field_name="staff_id")


class AtLocationFilters(OfStaffFilters):
    location = IdFilter("loc", field_name="location_id")


class WorkingHoursViewSet(RecordViewSet[WorkingHours]):
    """Ordinary weeks: one for each person and location."""

    prefix = "wrk"
    serializer_class = WorkingHoursAnswer
    filterset_class = AtLocationFilters
    inputs: ClassVar = {"create": NewWorkingHours, "partial_update": WeekInput}
    capabilities: ClassVar = READS | {"create": PLANS, "partial_update": PLANS}

    def visible(self) -> QuerySet[WorkingHours]:
        shown = WorkingHours.objects.filter(staff__in=people_in_reach(self.access))
        shown = shown.filter(location__in=places_in_reach(self.access))
        shown = shown.select_related("location", "staff__location")
        shown = shown.prefetch_related("staff__services", "staff__working_hours")
        # A week has no day of its own on which it was made.
        return shown.annotate(created_at=F("staff__created_at"))

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Give somebody hours at a location where they have none yet."""
        values = self.read()
        week = week_from(values["hours"], field="hours")
        if not any(week.values()):
            raise InvalidInput("Name at least one stretch.", field="hours")
        with _naming_the_week():
            try:
                made = set_week(
                    values["staff_id"],
                    values["location_id"],
                    week,
                    by=self.actor,
                    expected_version=0,
                )
            except StaleVersion:
                text = "They have hours there; change those."
                raise AlreadySet(text, field="location") from None
        return self.created(made)

    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Set the whole week of somebody at a location."""
        hours = self.load()
        week = week_from(self.read()["hours"], field="hours")
        with _naming_the_week():
            changed = set_week(
                hours.staff_id,
                hours.location_id,
                week,
                by=self.actor,
                expected_version=hours.version,
            )
        return self.answer(changed)


class SpecialDayFilters(AtLocationFilters):
    work_date_from = DayFilter(
        field_name="work_date", lookup_expr="gte", help_text="On this day or later."
    )
    work_date_until = DayFilter(
        field_name="work_date", lookup_expr="lte", help_text="On this day or before."
    )


class SpecialDayViewSet(RecordViewSet[SpecialHours]):
    """Dates with other hours than the ordinary ones of somebody."""

    prefix = "spd"
    serializer_class = SpecialDayAnswer
    filterset_class = SpecialDayFilters
    inputs: ClassVar = {"create": NewSpecialDay, "partial_update": SpecialDayChange}
    answers: ClassVar = {"destroy": None}
    capabilities: ClassVar = READS | dict.fromkeys(("create", "partial_update", "destroy"), PLANS)

    def visible(self) -> QuerySet[SpecialHours]:
        shown = SpecialHours.objects.filter(staff__in=people_in_reach(self.access))
        shown = shown.filter(location__in=places_in_reach(self.access))
        shown = shown.select_related("location", "staff__location")
        return shown.prefetch_related("staff__services", "staff__working_hours")

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Let other hours hold on a date that has none of its own yet."""
        values = self.read()
        values["hours"] = hours_from(values["hours"])
        try:
            made = set_special_hours(**values, by=self.actor, expected_version=0)
        except StaleVersion:
            text = "This date has hours of its own; change those."
            raise AlreadySet(text, field="work_date") from None
        return self.created(made)

    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Set other hours for the date."""
        special = self.load()
        values = self.read()
        changed = set_special_hours(
            special.staff_id,
            values.get("location_id", special.location_id),
            special.work_date,
            hours_from(values["hours"]),
            by=self.actor,
            expected_version=special.version,
        )
        return self.answer(changed)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Let the ordinary hours hold again."""
        drop_special_hours(self.load().pk, by=self.actor)
        return self.gone()


class TimeOffFilters(OfStaffFilters):
    ends_after = MomentFilter(field_name="end_at", lookup_expr="gt", help_text="Not over then.")
    starts_before = MomentFilter(
        field_name="start_at", lookup_expr="lt", help_text="Begun before this moment."
    )


class TimeOffViewSet(RecordViewSet[TimeOff]):
    """When somebody is away."""

    prefix = "off"
    serializer_class = TimeOffAnswer
    filterset_class = TimeOffFilters
    inputs: ClassVar = {"create": TimeOffInput}
    answers: ClassVar = {"destroy": None}
    capabilities: ClassVar = READS | {"create": PLANS, "destroy": PLANS}

    def visible(self) -> QuerySet[TimeOff]:
        shown = TimeOff.objects.filter(staff__in=people_in_reach(self.access))
        shown = shown.select_related("staff__location").annotate(version=UNCHANGING)
        return shown.prefetch_related("staff__services", "staff__working_hours")

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Let somebody be away. What is booked then stays."""
        return self.created(add_time_off(**self.read(), by=self.actor))

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Let somebody be there after all."""
        drop_time_off(self.load().pk, by=self.actor)
        return self.gone()


@contextmanager
def _naming_the_week() -> Iterator[Any]:
    """Let a refusal of one day point to the field that holds all of them."""
    try:
        yield
    except InvalidInput as error:
        if error.field in WEEKDAYS:
            raise InvalidInput(str(error), field="hours") from None
        raise
