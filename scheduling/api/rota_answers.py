"""When a business is open and who is there, as the API sends and accepts it."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from hub import access
from hub.access import Access, Capability
from hub.rest.fields import (
    DayField,
    Described,
    ExpandableField,
    MomentField,
    PublicIdField,
    TextField,
    WholeNumberField,
)
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import DINA, HARBOR, SEES, clocks_of
from scheduling.hours import MOST_STRETCHES, Hours, read_hours
from scheduling.models import Closure, Location, SpecialHours, Staff, TimeOff
from scheduling.models.hours import WEEKDAYS, Week

MOST_IN_A_WEEK = MOST_STRETCHES * len(WEEKDAYS)
NAME_LENGTH = 80
SUNDAY = 6
MORNING = {"starts_at": "09:00", "ends_at": "12:30"}


def places_in_reach(held: Access) -> QuerySet[Location]:
    """Locations within the reach of ``held``, closed ones too."""
    if held.locations is None:
        return Location.objects.all()
    return Location.objects.filter(pk__in=held.locations)


def people_in_reach(held: Access) -> QuerySet[Staff]:
    """Whose calendar ``held`` may see, with those who left."""
    people = Staff.objects.working_in(places_in_reach(held))
    if held.can(Capability.VIEW_CALENDAR):
        return people
    return people.filter(user=held.user_id, user__isnull=False)


class ClockTextField(Described, TextField):
    openapi: Mapping[str, Any] = {
        "type": "string",
        "pattern": r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    }
    default_error_messages: ClassVar = {"invalid": "Write a time as 09:30; 24:00 ends the day."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=5, **options)

    def to_internal_value(self, data: object) -> str:
        text = super().to_internal_value(data)
        hour, _, minute = text.partition(":")
        is_time = len(text) == 5 and text.isascii() and hour.isdigit() and minute.isdigit()  # noqa: PLR2004
        if not is_time or (text > "23:59" and text != "24:00") or minute > "59":
            self.fail("invalid")
        return text


class StretchAnswer(AnswerSerializer):
    """Half-open, on the clock of the location."""

    starts_at = TextField(max_length=5)
    ends_at = TextField(max_length=5, help_text="24:00 is the end of the day.")


class StretchOfWeekAnswer(StretchAnswer):
    weekday = WholeNumberField(max_value=SUNDAY, help_text="0 is Monday.")


class StretchInput(InputSerializer):
    starts_at = ClockTextField()
    ends_at = ClockTextField(help_text="24:00 is the end of the day.")


class StretchOfWeekInput(StretchInput):
    weekday = WholeNumberField(max_value=SUNDAY, help_text="0 is Monday.")


class HoursField(serializers.ListField):
    """The stretches of a record that has ``hours`` of one day."""

    def get_attribute(self, instance: Closure | SpecialHours) -> list[dict[str, str]]:
        return clocks_of(instance.hours)


class ClosureAnswer(AnswerSerializer):
    """Closed on these days, the last one too; with ``hours`` in these hours of each alone."""

    example: ClassVar = {
        "id": "clo_0192f0c1a2b37c4d8e5f60718293a62c",
        "location": HARBOR,
        "first_date": "2026-12-24",
        "last_date": "2026-12-26",
        "hours": [],
        "name": "Christmas",
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("clo", source="pk")
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    first_date = DayField()
    last_date = DayField()
    hours = HoursField(child=StretchAnswer())
    name = TextField(max_length=NAME_LENGTH)
    created_at = MomentField()


class ClosureInput(InputSerializer):
    example: ClassVar = {
        "location": HARBOR,
        "first_date": "2026-12-24",
        "last_date": "2026-12-26",
        "name": "Christmas",
    }

    location = PublicIdField("loc", source="location_id", of=places_in_reach)
    first_date = DayField()
    last_date = DayField()
    hours = serializers.ListField(child=StretchInput(), required=False, max_length=MOST_STRETCHES)
    name = TextField(max_length=NAME_LENGTH)


class OpeningHoursInput(InputSerializer):
    """The whole week: a day that is not named is closed."""

    example: ClassVar = {"opening_hours": [{"weekday": 0, **MORNING}]}

    opening_hours = serializers.ListField(child=StretchOfWeekInput(), max_length=MOST_IN_A_WEEK)


class WeekField(serializers.ListField):
    """The stretches of a record that is a ``Week``."""

    def get_attribute(self, instance: Week) -> list[dict[str, Any]]:
        return [
            {"weekday": weekday, **stretch}
            for weekday in range(len(WEEKDAYS))
            for stretch in clocks_of(instance.on(weekday))
        ]


class WorkingHoursAnswer(AnswerSerializer):
    """An ordinary week of one person at one location; what lies between stretches is a break."""

    example: ClassVar = {
        "id": "wrk_0192f0c1a2b37c4d8e5f60718293a73d",
        "staff": DINA,
        "location": HARBOR,
        "hours": [{"weekday": 0, **MORNING}],
    }

    id = PublicIdField("wrk", source="pk")
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    hours = WeekField(child=StretchOfWeekAnswer())


class WeekInput(InputSerializer):
    """The whole week: on a day that is not named they do not work there."""

    example: ClassVar = {"hours": [{"weekday": 0, **MORNING}]}

    hours = serializers.ListField(child=StretchOfWeekInput(), max_length=MOST_IN_A_WEEK)


class NewWorkingHours(WeekInput):
    example: ClassVar = {"staff": DINA, "location": HARBOR, **WeekInput.example}

    staff = PublicIdField("stf", source="staff_id", of=people_in_reach)
    location = PublicIdField("loc", source="location_id", of=places_in_reach)


class SpecialDayAnswer(AnswerSerializer):
    """``hours`` replace the ordinary ones of that date at every location; none: not working."""

    example: ClassVar = {
        "id": "spd_0192f0c1a2b37c4d8e5f60718293a84e",
        "staff": DINA,
        "location": HARBOR,
        "work_date": "2026-12-23",
        "hours": [MORNING],
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("spd", source="pk")
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    work_date = DayField()
    hours = HoursField(child=StretchAnswer())
    created_at = MomentField()


class SpecialDayChange(InputSerializer):
    """Without ``location`` it stays where it is."""

    example: ClassVar = {"hours": [MORNING]}

    location = PublicIdField("loc", source="location_id", of=places_in_reach, required=False)
    hours = serializers.ListField(child=StretchInput(), max_length=MOST_STRETCHES)


class NewSpecialDay(InputSerializer):
    example: ClassVar = {
        "staff": DINA,
        "location": HARBOR,
        "work_date": "2026-12-23",
        "hours": [MORNING],
    }

    staff = PublicIdField("stf", source="staff_id", of=people_in_reach)
    location = PublicIdField("loc", source="location_id", of=places_in_reach)
    work_date = DayField()
    hours = serializers.ListField(child=StretchInput(), max_length=MOST_STRETCHES)


class PrivateReason(TextField):
    """Null for whoever may not plan the rota at the location where the person belongs."""

    def get_attribute(self, instance: TimeOff) -> Any:
        held = access.of(self.context["request"])
        reaches = held.locations is None or instance.staff.location_id in held.locations
        return instance.reason if reaches and held.can(Capability.SET_UP_SCHEDULE) else None


class TimeOffAnswer(AnswerSerializer):
    """Away from every location; ``reason`` is null for whoever does not plan the rota."""

    example: ClassVar = {
        "id": "off_0192f0c1a2b37c4d8e5f60718293a95f",
        "staff": DINA,
        "start_at": "2026-12-27T23:00:00Z",
        "end_at": "2027-01-02T23:00:00Z",
        "reason": "Vacation",
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("off", source="pk")
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    start_at = MomentField()
    end_at = MomentField()
    reason = PrivateReason(max_length=NAME_LENGTH, allow_null=True)
    created_at = MomentField()


class TimeOffInput(InputSerializer):
    example: ClassVar = {
        "staff": DINA,
        "start_at": "2026-12-28T00:00:00+01:00",
        "end_at": "2027-01-03T00:00:00+01:00",
        "reason": "Vacation",
    }

    staff = PublicIdField("stf", source="staff_id", of=people_in_reach)
    start_at = MomentField()
    end_at = MomentField()
    reason = TextField(max_length=NAME_LENGTH, required=False)


def hours_from(stretches: Iterable[Mapping[str, str]], *, field: str = "hours") -> Hours:
    """:raises InvalidInput: a stretch ends before it starts, or they overlap."""
    text = ", ".join(f"{one['starts_at']}–{one['ends_at']}" for one in stretches)
    return read_hours(text, field=field)


def week_from(stretches: Iterable[Mapping[str, Any]], *, field: str) -> dict[str, Hours]:
    """Return the hours of all seven days by their names in ``WEEKDAYS``.

    :raises InvalidInput: a stretch ends before it starts, or two of a day overlap.
    """
    listed = list(stretches)
    return {
        name: hours_from((one for one in listed if one["weekday"] == day), field=field)
        for day, name in enumerate(WEEKDAYS)
    }
