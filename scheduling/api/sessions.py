"""Group sessions, or classes, over the API: planned, moved and canceled with all their seats."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from hub.rest.fields import (
    CodeField,
    ExpandableField,
    MomentField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.filters import CodesFilter, IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import COLOR, DINA, HARBOR, SEES
from scheduling.api.serializers import NamedField, Reasoned
from scheduling.api.viewsets import BOOKS
from scheduling.groups.moving import cancel_class, change_seats, move_class
from scheduling.groups.planning import Plan, plan_classes
from scheduling.models import GroupSession, GroupStatus
from scheduling.models.catalog import MOST_SEATS
from scheduling.seating import with_taken
from scheduling.texts import OVERRIDE_LENGTH, REASON_LENGTH

SESSION = "ses_0192f0c1a2b37c4d8e5f60718293a8e9"


class SessionAnswer(AnswerSerializer):
    """Its seats are appointments: list them with `session` of that list's filters."""

    example: ClassVar[dict[str, Any]] = {
        "id": SESSION,
        "status": "planned",
        "service": COLOR,
        "staff": DINA,
        "location": HARBOR,
        "start_at": "2026-11-24T17:00:00Z",
        "end_at": "2026-11-24T18:00:00Z",
        "time_zone": "Europe/Berlin",
        "seats": 12,
        "seats_taken": 5,
        "cancel_reason": "",
        "canceled_at": None,
        "created_at": "2026-11-20T12:00:00Z",
    }

    id = PublicIdField("ses", source="pk")
    status = CodeField(choices=GroupStatus.choices)
    service = ExpandableField("svc", "scheduling.api.catalog_answers.ServiceAnswer", needs=SEES)
    staff = ExpandableField("stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES)
    location = ExpandableField("loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES)
    start_at = MomentField()
    end_at = MomentField()
    time_zone = TimeZoneNameField()
    seats = WholeNumberField()
    seats_taken = WholeNumberField(
        source="taken", help_text="Held seats count, canceled ones do not."
    )
    cancel_reason = TextField(max_length=REASON_LENGTH)
    canceled_at = MomentField(allow_null=True)
    created_at = MomentField()


class NewSession(InputSerializer):
    """Of a service with more than one seat; without `seats` as many as it says."""

    example: ClassVar = {
        "service": COLOR,
        "staff": DINA,
        "start_at": "2026-11-24T18:00:00+01:00",
        "seats": 12,
    }

    service = PublicIdField("svc", source="service_id")
    staff = PublicIdField("stf", source="staff_id")
    location = PublicIdField("loc", source="location_id", required=False, allow_null=True)
    start_at = MomentField()
    seats = WholeNumberField(min_value=1, max_value=MOST_SEATS, required=False)
    beside = NamedField("stf")
    resources = NamedField("res")
    override_reason = TextField(max_length=OVERRIDE_LENGTH, required=False)


class SessionMove(InputSerializer):
    """All seats move along; the length stays."""

    example: ClassVar = {"start_at": "2026-11-24T19:00:00+01:00"}

    start_at = MomentField()
    staff = PublicIdField("stf", source="staff_id", required=False)
    override_reason = TextField(max_length=OVERRIDE_LENGTH, required=False)


class SeatsInput(InputSerializer):
    example: ClassVar = {"seats": 15}

    seats = WholeNumberField(min_value=1, max_value=MOST_SEATS)


class SessionFilters(RecordFilters):
    status = CodesFilter(choices=GroupStatus.choices)
    service = IdFilter("svc", field_name="service_id")
    staff = IdFilter("stf", field_name="staff_id")
    location = IdFilter("loc", field_name="location_id")


class SessionViewSet(RecordViewSet[GroupSession]):
    """Classes: one time of a service for several customers, who take seats by booking it."""

    prefix = "ses"
    serializer_class = SessionAnswer
    filterset_class = SessionFilters
    inputs: ClassVar = {
        "create": NewSession,
        "partial_update": SeatsInput,
        "reschedule": SessionMove,
        "cancel": Reasoned,
    }
    capabilities: ClassVar = {
        "list": SEES,
        "retrieve": SEES,
        **dict.fromkeys(("create", "partial_update", "reschedule", "cancel"), BOOKS),
    }

    def visible(self) -> QuerySet[GroupSession]:
        visible = GroupSession.objects.visible_to(self.access)
        whole = with_taken(visible, at=timezone.now())
        whole = whole.select_related("service", "staff", "location")
        return whole.prefetch_related("staff__services", "staff__working_hours")

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Plan a class.

        Refused with 409 and `slot_taken` as a booking is. A seat is taken with an appointment of
        its service, person and start.
        """
        values = self.read()
        start_at, reason = values.pop("start_at"), values.pop("override_reason", "")
        values["beside_ids"] = tuple(values.pop("beside", ()))
        values["resource_ids"] = tuple(values.pop("resources", ()))
        (planned,) = plan_classes(
            Plan(**values),
            [start_at],
            at=timezone.now(),
            by=self.actor,
            override_reason=reason,
        )
        return self.created(planned)

    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Give it more seats, or fewer, where nobody sits on those that go."""
        session = self.load()
        changed = change_seats(
            session.pk,
            **self.read(),
            at=timezone.now(),
            by=self.actor,
            expected_version=session.version,
        )
        return self.answer(changed)

    @action(detail=True, methods=["post"])
    def reschedule(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Move a class with everybody who comes; each is told."""
        session = self.load()
        moved = move_class(
            session.pk,
            **self.read(),
            at=timezone.now(),
            by=self.actor,
            expected_version=session.version,
        )
        return self.answer(moved)

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Cancel a class and every seat in it; each customer is told, nobody owes a fee."""
        session = self.load()
        canceled = cancel_class(
            session.pk,
            **self.read(),
            at=timezone.now(),
            by=self.actor,
            expected_version=session.version,
        )
        return self.answer(canceled)
