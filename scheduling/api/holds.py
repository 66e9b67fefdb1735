"""Holds over the API: a time that is kept for the caller until it is booked, or a few minutes."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from hub.rest.fields import (
    ExpandableField,
    MomentField,
    PublicIdField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.filters import IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer
from scheduling.api.catalog_answers import COLOR, DINA, HARBOR, SEES
from scheduling.api.serializers import TimeInput, resources_gathered
from scheduling.api.viewsets import BOOKS
from scheduling.holding_time import LONGEST, USUAL, TimeWanted, give_back, hold_time
from scheduling.models import Hold

HOLD = "hld_0192f0c1a2b37c4d8e5f60718293a7d8"
MINUTE = timedelta(minutes=1)


class HoldAnswer(AnswerSerializer):
    """Until `expires_at` only the caller books this time. It has no customer and no price yet."""

    example: ClassVar[dict[str, Any]] = {
        "id": HOLD,
        "service": COLOR,
        "staff": DINA,
        "location": HARBOR,
        "start_at": "2026-11-24T08:30:00Z",
        "end_at": "2026-11-24T10:00:00Z",
        "time_zone": "Europe/Berlin",
        "expires_at": "2026-11-20T12:10:00Z",
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("hld", source="pk")
    service = ExpandableField("svc", "scheduling.api.catalog_answers.ServiceAnswer", needs=SEES)
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    start_at = MomentField()
    end_at = MomentField()
    time_zone = TimeZoneNameField()
    expires_at = MomentField()
    created_at = MomentField()


class HoldInput(TimeInput):
    """What the service needs and nobody named is taken from what is free."""

    example: ClassVar = {
        "service": COLOR,
        "staff": DINA,
        "start_at": "2026-11-24T09:30:00+01:00",
        "minutes": 10,
    }

    minutes = WholeNumberField(
        min_value=1,
        max_value=LONGEST // MINUTE,
        required=False,
        help_text=f"How long from now on; {USUAL // MINUTE} unless said.",
    )


class HoldFilters(RecordFilters):
    staff = IdFilter("stf", field_name="staff_id")
    location = IdFilter("loc", field_name="location_id")

    def _updated_since(
        self, queryset: QuerySet[Any], _name: str, moment: datetime
    ) -> QuerySet[Any]:
        # A hold is added and deleted, and never changed.
        return queryset.filter(created_at__gte=moment)


class HoldViewSet(RecordViewSet[Hold]):
    """Times that the caller holds: nobody else can book them meanwhile."""

    prefix = "hld"
    serializer_class = HoldAnswer
    filterset_class = HoldFilters
    inputs: ClassVar = {"create": HoldInput}
    answers: ClassVar = {"destroy": None}
    capabilities: ClassVar = dict.fromkeys(("list", "retrieve", "create", "destroy"), BOOKS)

    def visible(self) -> QuerySet[Hold]:
        own = Hold.objects.of(self.actor).standing(timezone.now())
        whole = own.select_related("service", "staff", "location")
        return whole.prefetch_related("staff__services", "staff__working_hours")

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Hold a time.

        To book it, send its id as `hold` with the appointment. Refused with 409 and `slot_taken`
        as a booking is.
        """
        values = resources_gathered(self.read())
        lasting = values.pop("minutes", USUAL // MINUTE) * MINUTE
        hold = hold_time(TimeWanted(**values), lasting=lasting, at=timezone.now(), by=self.actor)
        return self.created(hold)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Give a time back."""
        give_back(self.load().pk, by=self.actor)
        return self.gone()
