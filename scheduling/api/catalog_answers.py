"""What appointments are made of, as the API sends it: locations, services, staff, rooms."""

from typing import ClassVar
from uuid import UUID

from rest_framework import serializers

from hub.access import Capability
from hub.rest.fields import (
    CodeField,
    ExpandableField,
    FlagField,
    MomentField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.serializers import AnswerSerializer
from scheduling.hours import Hours, clock
from scheduling.models import FeeKind, Location, ResourceKind, Staff

SEES = (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR)
SEES_PRICES = (Capability.SEE_PRICES,)
COLOR = "svc_0192f0c1a2b37c4d8e5f60718293a4d7"
DINA = "stf_0192f0c1a2b37c4d8e5f60718293a4e8"
ROOM = "res_0192f0c1a2b37c4d8e5f60718293a4f9"
HARBOR = "loc_0192f0c1a2b37c4d8e5f60718293a50a"


def clocks_of(hours: Hours) -> list[dict[str, str]]:
    return [{"starts_at": clock(start), "ends_at": clock(end)} for start, end in hours]


class OpeningHoursField(serializers.ListField):
    def get_attribute(self, instance: Location) -> list[dict[str, object]]:
        return [
            {"weekday": weekday, **stretch}
            for weekday in range(7)
            for stretch in clocks_of(instance.on(weekday))
        ]


class OpenAnswer(AnswerSerializer):
    """A stretch of opening hours on the clock of the location; 0 is Monday."""

    weekday = WholeNumberField(max_value=6)
    starts_at = TextField(max_length=5)
    ends_at = TextField(max_length=5, help_text="24:00 is the end of the day.")


class LocationAnswer(AnswerSerializer):
    """``opening_hours`` are what people are told; who can be booked when, staff hours say."""

    example: ClassVar = {
        "id": HARBOR,
        "name": "Harbor Street",
        "time_zone": "Europe/Berlin",
        "street": "Hafenstraße 12",
        "postal_code": "20457",
        "city": "Hamburg",
        "country": "DE",
        "currency": "EUR",
        "opening_hours": [{"weekday": 0, "starts_at": "09:00", "ends_at": "18:00"}],
        "is_active": True,
        "created_at": "2026-01-05T08:00:00Z",
    }

    id = PublicIdField("loc", source="pk")
    name = TextField(max_length=80)
    time_zone = TimeZoneNameField()
    street = TextField(max_length=160)
    postal_code = TextField(max_length=20)
    city = TextField(max_length=80)
    country = TextField(max_length=2)
    currency = TextField(max_length=3)
    opening_hours = OpeningHoursField(child=OpenAnswer())
    is_active = FlagField()
    created_at = MomentField()


class ServiceAnswer(AnswerSerializer):
    """``price`` is in the currency of the location where the service is booked.

    A location may have rules of its own; an appointment says by which it was booked.
    """

    shown_with: ClassVar = {"price": SEES_PRICES, "late_fee": SEES_PRICES}
    example: ClassVar = {
        "id": COLOR,
        "name": "Color and cut",
        "category": "Hair",
        "duration_minutes": 90,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "minimum_notice_minutes": 120,
        "horizon_days": 365,
        "cancellation_window_minutes": 1440,
        "late_fee_kind": "percent",
        "late_fee": "50.00",
        "price": "119.00",
        "tax_class": "standard",
        "staff_needed": 1,
        "rooms_needed": 1,
        "equipment_needed": 0,
        "seats": 1,
        "daily_limit": 0,
        "needs_approval": False,
        "is_active": True,
        "created_at": "2026-01-05T08:00:00Z",
    }

    id = PublicIdField("svc", source="pk")
    name = TextField(max_length=80)
    category = TextField(max_length=40)
    duration_minutes = WholeNumberField()
    buffer_before_minutes = WholeNumberField()
    buffer_after_minutes = WholeNumberField()
    minimum_notice_minutes = WholeNumberField()
    horizon_days = WholeNumberField()
    cancellation_window_minutes = WholeNumberField()
    late_fee_kind = CodeField(choices=FeeKind.choices, allow_blank=True)
    late_fee = serializers.DecimalField(max_digits=15, decimal_places=4, normalize_output=False)
    price = serializers.DecimalField(max_digits=15, decimal_places=4, normalize_output=False)
    tax_class = TextField(max_length=20)
    staff_needed = WholeNumberField()
    rooms_needed = WholeNumberField()
    equipment_needed = WholeNumberField()
    seats = WholeNumberField(help_text="More than 1: it takes place as sessions, with seats.")
    daily_limit = WholeNumberField(help_text="By one person on a day; 0 is no limit.")
    needs_approval = FlagField(help_text="What a tool books of it is only requested.")
    is_active = FlagField()
    created_at = MomentField()


class HoursAnswer(AnswerSerializer):
    """A stretch of work in the local time of the location; 0 is Monday."""

    location = PublicIdField("loc")
    weekday = WholeNumberField(max_value=6)
    starts_at = TextField(max_length=5)
    ends_at = TextField(max_length=5, help_text="24:00 is the end of the day.")


class OfferedField(serializers.ListField):
    """The ids of the services that somebody offers; they must have been prefetched."""

    def get_attribute(self, instance: Staff) -> list[UUID]:
        return sorted(service.pk for service in instance.services.all())


class WeeksField(serializers.ListField):
    """The stretches of ordinary weeks at all locations; they must have been prefetched."""

    def get_attribute(self, instance: Staff) -> list[dict[str, object]]:
        weeks = sorted(instance.working_hours.all(), key=lambda week: week.location_id)
        return [
            {
                "location": week.location_id,
                "weekday": weekday,
                "starts_at": clock(start),
                "ends_at": clock(end),
            }
            for week in weeks
            for weekday in range(7)
            for start, end in week.on(weekday)
        ]


class StaffAnswer(AnswerSerializer):
    example: ClassVar = {
        "id": DINA,
        "name": "Dina Falk",
        "location": HARBOR,
        "services": [COLOR],
        "capacity": 1,
        "working_hours": [
            {"location": HARBOR, "weekday": 0, "starts_at": "09:00", "ends_at": "17:00"}
        ],
        "is_active": True,
        "created_at": "2026-01-05T08:00:00Z",
    }

    id = PublicIdField("stf", source="pk")
    name = TextField(max_length=80)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    services = OfferedField(child=PublicIdField("svc"))
    capacity = WholeNumberField(min_value=1)
    working_hours = WeeksField(child=HoursAnswer())
    is_active = FlagField()
    created_at = MomentField()


class ResourceAnswer(AnswerSerializer):
    example: ClassVar = {
        "id": ROOM,
        "name": "Room 2",
        "kind": "room",
        "location": HARBOR,
        "capacity": 1,
        "is_active": True,
        "created_at": "2026-01-05T08:00:00Z",
    }

    id = PublicIdField("res", source="pk")
    name = TextField(max_length=80)
    kind = CodeField(choices=ResourceKind.choices)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    capacity = WholeNumberField(min_value=1)
    is_active = FlagField()
    created_at = MomentField()
