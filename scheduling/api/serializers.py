"""Appointments, and what they are made of, as the API sends and accepts them."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers

from customers.models import Customer
from hub.access import Capability
from hub.rest.fields import (
    CodeField,
    DayField,
    ExpandableField,
    MomentField,
    MoneyField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import COLOR, DINA, HARBOR, ROOM, SEES, SEES_PRICES
from scheduling.models import Appointment, BookingSource, CanceledBy, Color
from scheduling.models.catalog import MOST_NEEDED
from scheduling.models.marks import MOST_TAGS, TAG_LENGTH
from scheduling.states import AppointmentStatus
from scheduling.texts import CUSTOMER_NOTES_LENGTH, NOTES_LENGTH, OVERRIDE_LENGTH, REASON_LENGTH

SEES_CUSTOMERS = (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER)
CLAIRE = "cus_0192f0c1a2b37c4d8e5f60718293a4b5"
OWN_COLOR = "A color of its own; empty: that of its service."
VISIT = "apt_0192f0c1a2b37c4d8e5f60718293a4c6"


class IdsField(serializers.ListField):
    """The ids of records that a property of the same name returns."""

    def get_attribute(self, instance: Appointment) -> list[UUID]:
        return [one.pk for one in getattr(instance, str(self.field_name))]


class NamedField(serializers.ListField):
    """Ids of people, or of rooms and devices, that are named to be taken; none has to be."""

    def __init__(self, prefix: str) -> None:
        super().__init__(child=PublicIdField(prefix), max_length=MOST_NEEDED, required=False)


def tags_field(*, required: bool = True) -> serializers.ListField:
    """Tags are kept in lower case; those that differ by case or blanks alone are one."""
    words = TextField(max_length=TAG_LENGTH)
    return serializers.ListField(child=words, max_length=MOST_TAGS, required=required)


class AppointmentAnswer(AnswerSerializer):
    """Rules and price are those of the day it was booked, whatever the service says now."""

    shown_with: ClassVar = {"price": SEES_PRICES, "late_fee": SEES_PRICES}
    example: ClassVar = {
        "id": VISIT,
        "code": "A-00042",
        "status": "booked",
        "customer": CLAIRE,
        "service": COLOR,
        "staff": DINA,
        "resource": ROOM,
        "beside": [],
        "further_resources": [],
        "location": HARBOR,
        "start_at": "2026-11-24T08:30:00Z",
        "end_at": "2026-11-24T10:00:00Z",
        "time_zone": "Europe/Berlin",
        "service_name": "Color and cut",
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "price": "119.00",
        "currency": "EUR",
        "late_fee": "20.00",
        "free_until": "2026-11-23T08:30:00Z",
        "notes": "",
        "customer_notes": "",
        "tags": ["first visit"],
        "color": "",
        "source": "browser",
        "reschedule_count": 0,
        "previous_start_at": None,
        "cancel_reason": "",
        "canceled_at": None,
        "canceled_by": "",
        "slot_held_until": None,
        "completed_at": None,
        "no_show_at": None,
        "series": None,
        "session": None,
        "occurs_on": None,
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("apt", source="pk")
    code = TextField(max_length=24)
    status = CodeField(choices=AppointmentStatus.choices)
    customer = ExpandableField(
        "cus", "customers.api.serializers.CustomerAnswer", needs=SEES_CUSTOMERS
    )
    service = ExpandableField("svc", "scheduling.api.catalog_answers.ServiceAnswer", needs=SEES)
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    resource = ExpandableField(
        "res", "scheduling.api.catalog_answers.ResourceAnswer", needs=SEES, allow_null=True
    )
    beside = IdsField(child=PublicIdField("stf"), help_text="Who takes part beside `staff`.")
    further_resources = IdsField(
        child=PublicIdField("res"), help_text="Rooms and devices beside `resource`."
    )
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    start_at = MomentField()
    end_at = MomentField()
    time_zone = TimeZoneNameField()
    service_name = TextField(max_length=80)
    buffer_before_minutes = WholeNumberField()
    buffer_after_minutes = WholeNumberField()
    price = MoneyField()
    currency = TextField(max_length=3)
    late_fee = MoneyField()
    free_until = MomentField()
    notes = TextField(max_length=NOTES_LENGTH)
    customer_notes = TextField(max_length=CUSTOMER_NOTES_LENGTH)
    tags = tags_field()
    color = CodeField(choices=Color.choices, allow_blank=True, help_text=OWN_COLOR)
    source = CodeField(  # type: ignore[assignment]
        source="booked_through",
        choices=BookingSource.choices,
        allow_blank=True,
        help_text="Through which door it was booked; empty: before this was recorded.",
    )
    reschedule_count = WholeNumberField()
    previous_start_at = MomentField(allow_null=True)
    cancel_reason = TextField(max_length=REASON_LENGTH)
    canceled_at = MomentField(allow_null=True)
    canceled_by = CodeField(choices=CanceledBy.choices, allow_blank=True)
    slot_held_until = MomentField(allow_null=True)
    completed_at = MomentField(allow_null=True)
    no_show_at = MomentField(allow_null=True)
    series = PublicIdField("ser", source="series_id", allow_null=True)
    session = PublicIdField(
        "ses", source="session_id", allow_null=True, help_text="The class in which it is a seat."
    )
    occurs_on = DayField(allow_null=True, help_text="The date of its series that it stands for.")
    created_at = MomentField()


class TimeInput(InputSerializer):
    """What a time is asked for: a service, who leads, when, and whoever and whatever else."""

    service = PublicIdField("svc", source="service_id")
    staff = PublicIdField("stf", source="staff_id")
    start_at = MomentField()
    resource = PublicIdField("res", source="resource_id", required=False, allow_null=True)
    further_resources = NamedField("res")
    beside = NamedField("stf")
    location = PublicIdField(
        "loc",
        source="location_id",
        required=False,
        allow_null=True,
        help_text="Where, for somebody who works at several locations.",
    )


class NewAppointment(TimeInput):
    """What the service needs and nobody named is taken from what is free.

    That goes for people ``beside`` the one who leads, for rooms, and for devices.
    """

    example: ClassVar = {
        "customer": CLAIRE,
        "service": COLOR,
        "staff": DINA,
        "start_at": "2026-11-24T09:30:00+01:00",
        "notes": "Comes with her daughter",
        "tags": ["first visit"],
    }

    customer = PublicIdField("cus", source="customer_id", of=Customer.objects.visible_to)
    notes = TextField(max_length=NOTES_LENGTH, required=False)
    hold = PublicIdField(
        "hld",
        source="hold_id",
        required=False,
        allow_null=True,
        help_text="By which the caller held this time; it ends.",
    )
    tags = tags_field(required=False)
    color = CodeField(choices=Color.choices, allow_blank=True, required=False, help_text=OWN_COLOR)
    override_reason = TextField(
        max_length=OVERRIDE_LENGTH,
        required=False,
        help_text="Sets working hours and notice aside, for those who may; never overlap.",
    )


class AppointmentMove(InputSerializer):
    """Without ``end_at`` it keeps its length, without ``staff`` and ``beside`` its people."""

    example: ClassVar = {"start_at": "2026-11-24T14:00:00+01:00"}

    start_at = MomentField()
    end_at = MomentField(required=False)
    staff = PublicIdField("stf", source="staff_id", required=False)
    beside = NamedField("stf")
    override_reason = TextField(max_length=OVERRIDE_LENGTH, required=False)


class Swap(InputSerializer):
    """Each takes the start and the leading person of the other, and keeps its length."""

    example: ClassVar = {"with": "apt_0192f0c1a2b37c4d8e5f60718293a4c7"}

    override_reason = TextField(max_length=OVERRIDE_LENGTH, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """``with`` is a word of Python's."""
        other = PublicIdField("apt", source="other_id", of=Appointment.objects.visible_to)
        return {"with": other, **super().get_fields()}


class AppointmentNotes(InputSerializer):
    """``notes`` are for staff, ``customer_notes`` stand in messages to the customer.

    Customers see neither ``tags`` nor ``color``; an empty ``color`` is that of the service.
    """

    example: ClassVar = {"notes": "Allergic to henna"}

    notes = TextField(max_length=NOTES_LENGTH, allow_blank=True, required=False)
    customer_notes = TextField(max_length=CUSTOMER_NOTES_LENGTH, allow_blank=True, required=False)
    tags = tags_field(required=False)
    color = CodeField(choices=Color.choices, allow_blank=True, required=False)


class Cancellation(InputSerializer):
    """Canceled by the customer later than ``free_until`` it costs the ``late_fee``."""

    example: ClassVar = {"reason": "The customer is ill", "canceled_by": "customer"}

    reason = TextField(max_length=REASON_LENGTH)
    canceled_by = CodeField(
        source="wanted_by",
        choices=CanceledBy.choices,
        required=False,
        help_text="Who wanted it; else the business.",
    )


class Reasoned(InputSerializer):
    example: ClassVar = {"reason": "The customer is ill"}

    reason = TextField(max_length=REASON_LENGTH)


def resources_gathered(values: dict[str, Any]) -> dict[str, Any]:
    """Return what ``TimeInput`` read as the verbs take it."""
    values = colleagues_gathered(values)
    first = values.pop("resource_id", None)
    further = values.pop("further_resources", [])
    return values | {"resource_ids": (*([first] if first else []), *further)}


def colleagues_gathered(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` with ``beside`` as the verbs take it."""
    if "beside" in values:
        values["beside_ids"] = tuple(values.pop("beside"))
    return values
