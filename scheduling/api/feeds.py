"""Calendar subscriptions over the API: the secret addresses of one person or of one location."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from hub.rest.fields import CodeField, ExpandableField, MomentField, PublicIdField, TextField
from hub.rest.filters import IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import DINA, SEES
from scheduling.models import CalendarFeed, FeedDetails
from scheduling.subscribing import (
    SUBSCRIBES,
    NewFeed,
    add_location_feed,
    add_staff_feed,
    renew_feed,
    revoke_feed,
)

FEED = "fed_0192f0c1a2b37c4d8e5f60718293a61b"
NAME_LENGTH = 60
ADDRESS = "http://127.0.0.1:8000/feeds/kq3Zr0cXHk9S0x1w6b8yGJm2dQ4tVfLnE7uPaIoYhTc.ics"


class FeedAnswer(AnswerSerializer):
    """It shows what whoever made its address may see, and works as long as they may."""

    example: ClassVar[dict[str, Any]] = {
        "id": FEED,
        "staff": DINA,
        "location": None,
        "name": "My phone",
        "details": "names",
        "made_by": "Dina Falk",
        "created_at": "2026-11-20T12:00:00Z",
        "renewed_at": "2026-11-20T12:00:00Z",
        "last_read_at": None,
    }

    id = PublicIdField("fed", source="pk")
    staff = ExpandableField(
        "stf", "scheduling.api.catalog_answers.StaffAnswer", needs=SEES, allow_null=True
    )
    location = ExpandableField(
        "loc", "scheduling.api.catalog_answers.LocationAnswer", needs=SEES, allow_null=True
    )
    name = TextField(max_length=NAME_LENGTH)
    details = CodeField(choices=FeedDetails.choices)
    made_by = TextField(max_length=200, help_text="Whose rights it carries.")
    created_at = MomentField()
    renewed_at = MomentField(help_text="Since when it has its address.")
    last_read_at = MomentField(allow_null=True, help_text="To about ten minutes.")


class AddressField(TextField):
    """The address of a feed that has just got it; no feed knows its own."""

    def get_attribute(self, instance: CalendarFeed) -> Any:  # noqa: ARG002
        return self.context["address"]


class NewFeedAnswer(FeedAnswer):
    """`address` is shown this once; the answer to a repeat under one Idempotency-Key has null."""

    example: ClassVar = {**FeedAnswer.example, "address": ADDRESS}

    address = AddressField(max_length=300, allow_null=True)


class FeedInput(InputSerializer):
    """Of one person, or of one location."""

    example: ClassVar = {"staff": DINA, "details": "names", "name": "My phone"}

    staff = PublicIdField("stf", source="staff_id", required=False)
    location = PublicIdField("loc", source="location_id", required=False)
    details = CodeField(choices=FeedDetails.choices)
    name = TextField(max_length=NAME_LENGTH, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("staff_id" in attrs) == ("location_id" in attrs):
            raise ValidationError({"staff": "Name a person or a location, not both."})
        return super().validate(attrs)


class FeedFilters(RecordFilters):
    staff = IdFilter("stf", field_name="staff_id")
    location = IdFilter("loc", field_name="location_id")


class FeedViewSet(RecordViewSet[CalendarFeed]):
    """Secret addresses under which a calendar program reads appointments."""

    prefix = "fed"
    serializer_class = FeedAnswer
    filterset_class = FeedFilters
    inputs: ClassVar = {"create": FeedInput}
    answers: ClassVar = {"create": NewFeedAnswer, "renew": NewFeedAnswer, "destroy": None}
    capabilities: ClassVar = dict.fromkeys(
        ("list", "retrieve", "create", "renew", "destroy"), SUBSCRIBES
    )
    _address: str | None = None

    def visible(self) -> QuerySet[CalendarFeed]:
        feeds = CalendarFeed.objects.visible_to(self.access).with_names()
        return feeds.prefetch_related("staff__services", "staff__working_hours")

    @property
    def shown(self) -> dict[str, Any]:
        return {**super().shown, "address": self._address}

    def create(self, request: Request) -> Response:  # noqa: ARG002
        """Make a secret address of a calendar.

        Whoever has it reads the calendar without a key. It carries the rights of the caller.
        """
        values = self.read()
        values["details"] = FeedDetails(values["details"])
        verb = add_staff_feed if "staff_id" in values else add_location_feed
        made = verb(**values, at=timezone.now(), by=self.actor)
        return self._with_address(made, self.created)

    @action(detail=True, methods=["post"])
    def renew(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Give a feed another address, with the rights of the caller.

        The old address is closed at once.
        """
        feed = self.load()
        made = renew_feed(feed.pk, at=timezone.now(), by=self.actor, expected_version=feed.version)
        return self._with_address(made, self.answer)

    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002, ARG002
        """Revoke a feed: its address is closed for good."""
        feed = self.load()
        revoke_feed(feed.pk, at=timezone.now(), by=self.actor, expected_version=feed.version)
        return self.gone()

    def _with_address(self, made: NewFeed, answer: Any) -> Response:
        self._address = settings.PUBLIC_URL + reverse(
            "scheduling:calendar_feed", args=[made.token]
        )
        response: Response = answer(made.feed)
        response.shown_once = ("address",)  # type: ignore[attr-defined]
        return response
