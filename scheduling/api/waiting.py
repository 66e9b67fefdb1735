"""The waiting list over the API: who waits for what, and what is offered to them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer
from hub.access import Capability
from hub.rest.fields import (
    CodeField,
    DayField,
    Described,
    ExpandableField,
    MomentField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
)
from hub.rest.filters import CodesFilter, IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import COLOR, DINA, HARBOR, SEES
from scheduling.api.serializers import CLAIRE
from scheduling.api.viewsets import BOOKS
from scheduling.models import WaitingEntry, WaitingStatus
from scheduling.models.waiting import NOTE_LENGTH
from scheduling.waiting.changing import change_wish
from scheduling.waiting.joining import join, leave
from scheduling.waiting.wishes import Wished, wished_by

ENTRY = "wte_0192f0c1a2b37c4d8e5f60718293aa1b"
ANYBODY = "null: anybody."
ANY_HOUR = "On the clock of the location; null: at any hour."


class ClockField(Described, serializers.Field[time, str, str, Any]):
    """``09:30``: a time of day without a zone."""

    openapi: Mapping[str, Any] = {
        "type": "string",
        "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    }
    default_error_messages: ClassVar = {"invalid": "Write a time as 09:30."}

    def to_internal_value(self, data: object) -> time:
        if not isinstance(data, str) or not re.fullmatch(self.openapi["pattern"], data):
            self.fail("invalid")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


class WaitingEntryAnswer(AnswerSerializer):
    """While it is offered, the time is kept until `offered_until`; nobody else can book it."""

    example: ClassVar[dict[str, Any]] = {
        "id": ENTRY,
        "status": "offered",
        "customer": CLAIRE,
        "service": COLOR,
        "staff": None,
        "location": HARBOR,
        "time_zone": "Europe/Berlin",
        "first_date": "2026-11-24",
        "last_date": "2026-11-28",
        "earliest_time": "09:00",
        "latest_time": None,
        "note": "",
        "queued_at": "2026-11-20T12:00:00Z",
        "offered_start_at": "2026-11-24T08:30:00Z",
        "offered_staff": DINA,
        "offered_until": "2026-11-21T11:15:00Z",
        "appointment": None,
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("wte", source="pk")
    status = CodeField(choices=WaitingStatus.choices)
    customer = ExpandableField(
        "cus", "customers.api.serializers.CustomerAnswer", needs=(Capability.VIEW_CUSTOMER,)
    )
    service = ExpandableField("svc", "scheduling.api.catalog_answers.ServiceAnswer", needs=SEES)
    staff = ExpandableField(
        "stf",
        "scheduling.api.catalog_answers.StaffAnswer",
        needs=SEES,
        allow_null=True,
        help_text=ANYBODY,
    )
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    time_zone = TimeZoneNameField(source="location.time_zone")
    first_date = DayField()
    last_date = DayField()
    earliest_time = ClockField(allow_null=True, help_text=ANY_HOUR)
    latest_time = ClockField(allow_null=True, help_text="By which it begins; null: any.")
    note = TextField(max_length=NOTE_LENGTH, help_text="For staff.")
    queued_at = MomentField(help_text="Since when they wait, or passed an offer up.")
    offered_start_at = MomentField(allow_null=True, help_text="What was offered last.")
    offered_staff = PublicIdField("stf", source="offered_staff_id", allow_null=True)
    offered_until = MomentField(allow_null=True, help_text="Null when nothing is offered now.")
    appointment = PublicIdField(
        "apt", source="appointment_id", allow_null=True, help_text="Which ended the waiting."
    )
    created_at = MomentField()


class WishInput(InputSerializer):
    """What is not named stays. An offered time that does not suit any more is given back."""

    needs_something = True
    example: ClassVar[dict[str, Any]] = {"last_date": "2026-12-05", "earliest_time": None}

    staff = PublicIdField(
        "stf", source="staff_id", required=False, allow_null=True, help_text=ANYBODY
    )
    first_date = DayField(required=False)
    last_date = DayField(required=False)
    earliest_time = ClockField(required=False, allow_null=True, help_text=ANY_HOUR)
    latest_time = ClockField(
        required=False, allow_null=True, help_text="By which it begins; null: any."
    )
    note = TextField(max_length=NOTE_LENGTH, allow_blank=True, required=False)


class NewWaitingEntry(WishInput):
    """One open entry for each customer, service and location."""

    needs_something = False
    example: ClassVar[dict[str, Any]] = {
        "customer": CLAIRE,
        "service": COLOR,
        "location": HARBOR,
        "first_date": "2026-11-24",
        "last_date": "2026-11-28",
        "earliest_time": "09:00",
    }

    customer = PublicIdField("cus", source="customer_id", of=Customer.objects.visible_to)
    service = PublicIdField("svc", source="service_id")
    location = PublicIdField("loc", source="location_id")
    first_date = DayField()
    last_date = DayField()


class WaitingFilters(RecordFilters):
    status = CodesFilter(choices=WaitingStatus.choices)
    customer = IdFilter("cus", field_name="customer_id")
    service = IdFilter("svc", field_name="service_id")
    staff = IdFilter("stf", field_name="staff_id", help_text="Who wait for this person only.")
    location = IdFilter("loc", field_name="location_id")


class WaitingEntryViewSet(RecordViewSet[WaitingEntry]):
    """Who waits for a time that is not free yet. The hub offers it to them by mail."""

    prefix = "wte"
    serializer_class = WaitingEntryAnswer
    filterset_class = WaitingFilters
    inputs: ClassVar = {"create": NewWaitingEntry, "partial_update": WishInput}
    capabilities: ClassVar = {
        "list": SEES,
        "retrieve": SEES,
        **dict.fromkeys(("create", "partial_update", "leave"), BOOKS),
    }

    def visible(self) -> QuerySet[WaitingEntry]:
        visible = WaitingEntry.objects.visible_to(self.access)
        whole = visible.select_related("customer", "service", "staff", "location")
        return whole.prefetch_related("staff__services", "staff__working_hours")

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Put a customer on the list.

        Refused with 409 and `waits_already` when they wait for this service here.
        """
        return self.created(join(Wished(**self.read()), at=timezone.now(), by=self.actor))

    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Change what they wait for; their place on the list stays."""
        entry = self.load()
        changed = change_wish(
            entry.pk,
            replace(wished_by(entry), **self.read()),
            at=timezone.now(),
            by=self.actor,
            expected_version=entry.version,
        )
        return self.answer(changed)

    @action(detail=True, methods=["post"])
    def leave(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Take them off the list; what was offered to them is free again."""
        entry = self.load()
        left = leave(entry.pk, by=self.actor, expected_version=entry.version)
        return self.answer(left)
