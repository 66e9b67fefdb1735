"""Series as the API sends and accepts them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from customers.models import Customer
from hub.rest.fields import (
    CodeField,
    DayField,
    Described,
    ExpandableField,
    FlagField,
    MomentField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import COLOR, DINA, HARBOR, SEES
from scheduling.api.serializers import CLAIRE, SEES_CUSTOMERS
from scheduling.models import CanceledBy, SeriesStatus
from scheduling.recurrence import LONGEST_INTERVAL, MOST_VISITS, WEEKDAYS, Monthly, Unit
from scheduling.texts import NOTES_LENGTH, OVERRIDE_LENGTH, REASON_LENGTH

SERIES = "ser_0192f0c1a2b37c4d8e5f60718293a4f9"
REASON_TEXT = 400
UNITS = [(unit.value, unit.value) for unit in Unit]
MONTHLY = [(way.value, way.value) for way in Monthly]
DAYS = [(day, day) for day in WEEKDAYS]


class ClockField(Described, serializers.TimeField):
    """``10:30``: a time on the wall clock of the location."""

    openapi: Mapping[str, Any] = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$"}

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **options)


class LeftOutAnswer(AnswerSerializer):
    date = DayField()
    reason = TextField(max_length=REASON_TEXT)


class SeriesAnswer(AnswerSerializer):
    """Its visits are appointments: list them with `series` of that list's filters."""

    example: ClassVar = {
        "id": SERIES,
        "code": "S-0012",
        "status": "active",
        "customer": CLAIRE,
        "service": COLOR,
        "staff": DINA,
        "location": HARBOR,
        "rrule": "FREQ=WEEKLY;INTERVAL=6;BYDAY=TU;COUNT=8",
        "in_words": "every 6 weeks on Tuesday, 8 times",
        "first_date": "2026-12-01",
        "until": None,
        "begins_on": "2026-12-01",
        "ends_on": None,
        "start_time": "10:30",
        "time_zone": "Europe/Berlin",
        "booked_until": "2027-09-21",
        "left_out": [{"date": "2027-01-12", "reason": "Left out when it was booked."}],
        "continues": None,
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("ser", source="pk")
    code = TextField(max_length=24)
    status = CodeField(choices=SeriesStatus.choices)
    customer = ExpandableField(
        "cus", "customers.api.serializers.CustomerAnswer", needs=SEES_CUSTOMERS
    )
    service = ExpandableField("svc", "scheduling.api.catalog_answers.ServiceAnswer", needs=SEES)
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    rrule = TextField(max_length=200, help_text="RFC 5545, without its UNTIL.", source="rule")
    in_words = TextField(max_length=200, source="rule.in_words")
    first_date = DayField()
    until = DayField(allow_null=True)
    begins_on = DayField(help_text="The first date of the rule that is of this series.")
    ends_on = DayField(allow_null=True, help_text="The last one, when it was cut short.")
    start_time = ClockField()
    time_zone = TimeZoneNameField()
    booked_until = DayField(help_text="Dates up to this one are booked or left out.")
    left_out = LeftOutAnswer(many=True, source="left_out_in_order")
    continues = PublicIdField("ser", source="continues_id", allow_null=True)
    created_at = MomentField()


class ForeseenVisitAnswer(AnswerSerializer):
    date = DayField(source="day")
    start_at = MomentField()
    is_shifted = FlagField(help_text="The clocks skip its time that night: it is later.")
    reasons = serializers.ListField(
        child=TextField(max_length=REASON_TEXT),
        source="texts",
        help_text="Why it cannot be booked; empty: it can.",
    )


@extend_schema_serializer(many=False)
class ForeseenAnswer(AnswerSerializer):
    """What could be booked at ``as_of``; it promises nothing until it is."""

    example: ClassVar = {
        "as_of": "2026-11-20T12:00:00Z",
        "rrule": "FREQ=WEEKLY;INTERVAL=6;BYDAY=TU;COUNT=8",
        "in_words": "every 6 weeks on Tuesday, 8 times",
        "goes_on": False,
        "data": [
            {
                "date": "2026-12-01",
                "start_at": "2026-12-01T09:30:00Z",
                "is_shifted": False,
                "reasons": [],
            }
        ],
    }

    as_of = MomentField()
    rrule = TextField(max_length=200)
    in_words = TextField(max_length=200)
    goes_on = FlagField(help_text="Later dates are booked as their time comes.")
    data = ForeseenVisitAnswer(many=True)  # type: ignore[assignment]


class RuleInput(InputSerializer):
    interval = WholeNumberField(min_value=1, max_value=LONGEST_INTERVAL, required=False)
    weekdays = serializers.ListField(
        child=CodeField(choices=DAYS), required=False, max_length=7, help_text="For weeks."
    )
    monthly = CodeField(choices=MONTHLY, required=False, help_text="For months.")
    count = WholeNumberField(min_value=1, max_value=MOST_VISITS, required=False)
    until = DayField(required=False, help_text="The last local day; not beside `count`.")
    leave_out = serializers.ListField(child=DayField(), required=False, max_length=MOST_VISITS)
    override_reason = TextField(max_length=OVERRIDE_LENGTH, required=False)


class NewSeries(RuleInput):
    """The rule begins on the local day of ``start_at``; without an end it goes on."""

    example: ClassVar = {
        "customer": CLAIRE,
        "service": COLOR,
        "staff": DINA,
        "start_at": "2026-12-01T10:30:00+01:00",
        "unit": "week",
        "interval": 6,
        "count": 8,
    }

    customer = PublicIdField("cus", source="customer_id", of=Customer.objects.visible_to)
    service = PublicIdField("svc", source="service_id")
    staff = PublicIdField("stf", source="staff_id")
    start_at = MomentField()
    location = PublicIdField("loc", source="location_id", required=False, allow_null=True)
    notes = TextField(max_length=NOTES_LENGTH, required=False)
    unit = CodeField(choices=UNITS)


class FollowingInput(RuleInput):
    """What is not named stays. A new rule is named whole, from ``first_date`` on."""

    example: ClassVar = {"from_date": "2027-03-02", "start_time": "14:00"}

    from_date = DayField(help_text="A date of the rule that has not begun.")
    start_time = ClockField(required=False)
    staff = PublicIdField("stf", source="staff_id", required=False)
    unit = CodeField(choices=UNITS, required=False)
    first_date = DayField(required=False)


class FromDateInput(InputSerializer):
    example: ClassVar = {"from_date": "2027-03-02", "reason": "The customer moves away"}

    from_date = DayField()
    reason = TextField(max_length=REASON_LENGTH)


class EndInput(FromDateInput):
    """Ended by the customer too late for the next visit, it costs its ``late_fee``."""

    canceled_by = CodeField(source="wanted_by", choices=CanceledBy.choices, required=False)


class ResumeInput(InputSerializer):
    example: ClassVar = {"from_date": "2027-05-04"}

    from_date = DayField()
