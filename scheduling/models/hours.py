"""Hours of a day as the database keeps them: a multirange of minutes, which cannot overlap."""

from typing import Any, Final

from django.db import models

from scheduling.hours import Hours


class HoursField(models.Field):  # type: ignore[type-arg]
    """``Hours`` of one local day; the column normalizes what touches or overlaps."""

    description = "Stretches of a day"

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", Hours)
        options.setdefault("blank", True)
        super().__init__(*args, **options)

    def db_type(self, connection: Any) -> str:  # noqa: ARG002
        return "int4multirange"

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:  # noqa: ARG002
        return "%s::int4multirange"

    def get_prep_value(self, value: Any) -> str | None:
        hours = self.to_python(value)
        if hours is None:
            return None
        return "{" + ",".join(f"[{start},{end})" for start, end in hours) + "}"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Hours | None:  # noqa: ARG002
        return None if value is None else Hours((part.lower, part.upper) for part in value)

    def to_python(self, value: Any) -> Hours | None:
        return value if value is None or isinstance(value, Hours) else Hours(value)


WEEKDAYS: Final = (
    *("monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday"),
)


class Week(models.Model):
    """The hours of an ordinary week, on the clock of a location."""

    monday = HoursField()
    tuesday = HoursField()
    wednesday = HoursField()
    thursday = HoursField()
    friday = HoursField()
    saturday = HoursField()
    sunday = HoursField()

    class Meta:
        abstract = True

    def on(self, weekday: int) -> Hours:
        """Return the hours of ``weekday``; 0 is Monday."""
        hours: Hours = getattr(self, WEEKDAYS[weekday])
        return hours
