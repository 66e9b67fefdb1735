"""Free times as the API sends them."""

from typing import ClassVar

from drf_spectacular.utils import extend_schema_serializer
from rest_framework.serializers import BooleanField

from hub.rest.fields import MomentField, PublicIdField, TimeZoneNameField
from hub.rest.serializers import AnswerSerializer
from scheduling.api.catalog_answers import DINA


class OpenTimeAnswer(AnswerSerializer):
    start_at = MomentField()
    end_at = MomentField()
    staff = PublicIdField("stf", source="staff_id")
    unconfirmed = BooleanField(
        source="is_unconfirmed",
        help_text="A calendar outside was not read for long; somebody may be busy there by now.",
    )


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
                "unconfirmed": False,
            }
        ],
    }

    as_of = MomentField()
    time_zone = TimeZoneNameField()
    data = OpenTimeAnswer(many=True)  # type: ignore[assignment]
