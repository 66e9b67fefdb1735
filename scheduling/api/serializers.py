"""Appointments, and what they are made of, as the API sends and accepts them."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from customers.models import Customer
from hub.access import Capability
from hub.rest.fields import (
    CodeField,
    ExpandableField,
    FlagField,
    MomentField,
    MoneyField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.models import ResourceKind, Staff
from scheduling.states import AppointmentStatus
from scheduling.texts import NOTES_LENGTH, OVERRIDE_LENGTH, REASON_LENGTH

SEES = (Capability.VIEW_CALENDAR, Capability.VIEW_OWN_CALENDAR)
SEES_CUSTOMERS = (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER)
SEES_PRICES = (Capability.SEE_PRICES,)
CLAIRE = "cus_0192f0c1a2b37c4d8e5f60718293a4b5"
VISIT = "apt_0192f0c1a2b37c4d8e5f60718293a4c6"
COLOR = "svc_0192f0c1a2b37c4d8e5f60718293a4d7"
DINA = "stf_0192f0c1a2b37c4d8e5f60718293a4e8"
ROOM = "res_0192f0c1a2b37c4d8e5f60718293a4f9"
HARBOR = "loc_0192f0c1a2b37c4d8e5f60718293a50a"


class LocationAnswer(AnswerSerializer):
    example: ClassVar = {
        "id": HARBOR,
        "name": "Harbor Street",
        "time_zone": "Europe/Berlin",
        "street": "Hafenstraße 12",
        "postal_code": "20457",
        "city": "Hamburg",
        "country": "DE",
        "currency": "EUR",
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
    is_active = FlagField()
    created_at = MomentField()


class ServiceAnswer(AnswerSerializer):
    """``price`` is in the currency of the location where the service is booked."""

    shown_with: ClassVar = {"price": SEES_PRICES}
    example: ClassVar = {
        "id": COLOR,
        "name": "Color and cut",
        "category": "Hair",
        "duration_minutes": 90,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "minimum_notice_minutes": 120,
        "price": "119.00",
        "tax_class": "standard",
        "needs": "room",
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
    price = serializers.DecimalField(max_digits=15, decimal_places=4, normalize_output=False)
    tax_class = TextField(max_length=20)
    needs = CodeField(choices=ResourceKind.choices, allow_blank=True)
    is_active = FlagField()
    created_at = MomentField()


class HoursAnswer(AnswerSerializer):
    """A stretch of work in the local time of the location; 0 is Monday."""

    weekday = WholeNumberField(max_value=6)
    starts_at = serializers.TimeField()
    ends_at = serializers.TimeField()


class OfferedField(serializers.ListField):
    """The ids of the services that somebody offers; they must have been prefetched."""

    def get_attribute(self, instance: Staff) -> list[UUID]:
        return sorted(service.pk for service in instance.services.all())


class StaffAnswer(AnswerSerializer):
    example: ClassVar = {
        "id": DINA,
        "name": "Dina Falk",
        "location": HARBOR,
        "services": [COLOR],
        "capacity": 1,
        "working_hours": [{"weekday": 0, "starts_at": "09:00:00", "ends_at": "17:00:00"}],
        "is_active": True,
        "created_at": "2026-01-05T08:00:00Z",
    }

    id = PublicIdField("stf", source="pk")
    name = TextField(max_length=80)
    location = ExpandableField("loc", "scheduling.api.serializers.LocationAnswer", needs=SEES)
    services = OfferedField(child=PublicIdField("svc"))
    capacity = WholeNumberField(min_value=1)
    working_hours = HoursAnswer(many=True, source="working_hours.all")
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
    location = ExpandableField("loc", "scheduling.api.serializers.LocationAnswer", needs=SEES)
    capacity = WholeNumberField(min_value=1)
    is_active = FlagField()
    created_at = MomentField()


class AppointmentAnswer(AnswerSerializer):
    """Rules and price are those of the day it was booked, whatever the service says now."""

    shown_with: ClassVar = {"price": SEES_PRICES}
    example: ClassVar = {
        "id": VISIT,
        "code": "A-00042",
        "status": "booked",
        "customer": CLAIRE,
        "service": COLOR,
        "staff": DINA,
        "resource": ROOM,
        "location": HARBOR,
        "start_at": "2026-11-24T08:30:00Z",
        "end_at": "2026-11-24T10:00:00Z",
        "time_zone": "Europe/Berlin",
        "service_name": "Color and cut",
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "price": "119.00",
        "currency": "EUR",
        "notes": "",
        "reschedule_count": 0,
        "previous_start_at": None,
        "cancel_reason": "",
        "canceled_at": None,
        "slot_held_until": None,
        "completed_at": None,
        "no_show_at": None,
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("apt", source="pk")
    code = TextField(max_length=24)
    status = CodeField(choices=AppointmentStatus.choices)
    customer = ExpandableField(
        "cus", "customers.api.serializers.CustomerAnswer", needs=SEES_CUSTOMERS
    )
    service = ExpandableField("svc", "scheduling.api.serializers.ServiceAnswer", needs=SEES)
    staff = ExpandableField("stf", "scheduling.api.serializers.StaffAnswer", needs=SEES)
    resource = ExpandableField(
        "res", "scheduling.api.serializers.ResourceAnswer", needs=SEES, allow_null=True
    )
    location = ExpandableField("loc", "scheduling.api.serializers.LocationAnswer", needs=SEES)
    start_at = MomentField()
    end_at = MomentField()
    time_zone = TimeZoneNameField()
    service_name = TextField(max_length=80)
    buffer_before_minutes = WholeNumberField()
    buffer_after_minutes = WholeNumberField()
    price = MoneyField()
    currency = TextField(max_length=3)
    notes = TextField(max_length=NOTES_LENGTH)
    reschedule_count = WholeNumberField()
    previous_start_at = MomentField(allow_null=True)
    cancel_reason = TextField(max_length=REASON_LENGTH)
    canceled_at = MomentField(allow_null=True)
    slot_held_until = MomentField(allow_null=True)
    completed_at = MomentField(allow_null=True)
    no_show_at = MomentField(allow_null=True)
    created_at = MomentField()


class OpenTimeAnswer(AnswerSerializer):
    start_at = MomentField()
    end_at = MomentField()
    staff = PublicIdField("stf", source="staff_id")


@extend_schema_serializer(many=False)
class OpenTimesAnswer(AnswerSerializer):
    """What was free at ``as_of``; it promises nothing until it is booked."""

    example: ClassVar = {
        "as_of": "2026-11-20T12:00:00Z",
        "time_zone": "Europe/Berlin",
        "data": [
            {
                "start_at": "2026-11-24T08:30:00Z",
                "end_at": "2026-11-24T10:00:00Z",
                "staff": DINA,
            }
        ],
    }

    as_of = MomentField()
    time_zone = TimeZoneNameField()
    data = OpenTimeAnswer(many=True)  # type: ignore[assignment]


class NewAppointment(InputSerializer):
    """Without ``resource`` the first free room or device that will do is taken."""

    example: ClassVar = {
        "customer": CLAIRE,
        "service": COLOR,
        "staff": DINA,
        "start_at": "2026-11-24T09:30:00+01:00",
        "notes": "First visit",
    }

    customer = PublicIdField("cus", source="customer_id", of=Customer.objects.visible_to)
    service = PublicIdField("svc", source="service_id")
    staff = PublicIdField("stf", source="staff_id")
    start_at = MomentField()
    resource = PublicIdField("res", source="resource_id", required=False, allow_null=True)
    notes = TextField(max_length=NOTES_LENGTH, required=False)
    override_reason = TextField(
        max_length=OVERRIDE_LENGTH,
        required=False,
        help_text="Sets working hours and notice aside, for those who may; never overlap.",
    )


class AppointmentMove(InputSerializer):
    """Without ``end_at`` it keeps its length, without ``staff`` its person."""

    example: ClassVar = {"start_at": "2026-11-24T14:00:00+01:00"}

    start_at = MomentField()
    end_at = MomentField(required=False)
    staff = PublicIdField("stf", source="staff_id", required=False)
    override_reason = TextField(max_length=OVERRIDE_LENGTH, required=False)


class AppointmentNotes(InputSerializer):
    example: ClassVar = {"notes": "Allergic to henna"}

    notes = TextField(max_length=NOTES_LENGTH, allow_blank=True)


class Reasoned(InputSerializer):
    example: ClassVar = {"reason": "The customer is ill"}

    reason = TextField(max_length=REASON_LENGTH)
