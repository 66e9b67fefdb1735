"""Several services in a row as the API reads and sends them."""

from typing import ClassVar

from rest_framework.serializers import BooleanField

from customers.models import Customer
from hub.rest.fields import MomentField, PublicIdField, TextField, TimeZoneNameField
from hub.rest.serializers import AnswerSerializer, InputSerializer
from scheduling.api.catalog_answers import COLOR, DINA
from scheduling.api.serializers import CLAIRE, AppointmentAnswer
from scheduling.in_a_row.booking import FEWEST, MOST
from scheduling.texts import NOTES_LENGTH

CUT = "svc_0192f0c1a2b37c4d8e5f60718293a4f1"


class StepAnswer(AnswerSerializer):
    service = PublicIdField("svc")
    staff = PublicIdField("stf")
    start_at = MomentField()
    end_at = MomentField()


class RowAnswer(AnswerSerializer):
    start_at = MomentField()
    end_at = MomentField()
    unconfirmed = BooleanField(
        help_text="An outside calendar of somebody was not read for more than half an hour."
    )
    parts = StepAnswer(many=True)


class RowsAnswer(AnswerSerializer):
    """What was free at ``as_of``; it promises nothing until it is booked."""

    example: ClassVar = {
        "as_of": "2026-11-20T12:00:00Z",
        "time_zone": "Europe/Berlin",
        "data": [
            {
                "start_at": "2026-11-24T08:30:00Z",
                "end_at": "2026-11-24T10:45:00Z",
                "unconfirmed": False,
                "parts": [
                    {
                        "service": COLOR,
                        "staff": DINA,
                        "start_at": "2026-11-24T08:30:00Z",
                        "end_at": "2026-11-24T10:00:00Z",
                    },
                    {
                        "service": CUT,
                        "staff": DINA,
                        "start_at": "2026-11-24T10:00:00Z",
                        "end_at": "2026-11-24T10:45:00Z",
                    },
                ],
            }
        ],
    }

    as_of = MomentField()
    time_zone = TimeZoneNameField()
    data = RowAnswer(many=True)  # type: ignore[assignment]


class PartInput(InputSerializer):
    service = PublicIdField("svc", source="service_id")
    staff = PublicIdField("stf", source="staff_id")
    start_at = MomentField()


class NewRow(InputSerializer):
    """All are booked, or none; each is an appointment of its own."""

    example: ClassVar = {
        "customer": CLAIRE,
        "parts": [
            {"service": COLOR, "staff": DINA, "start_at": "2026-11-24T09:30:00+01:00"},
            {"service": CUT, "staff": DINA, "start_at": "2026-11-24T11:00:00+01:00"},
        ],
    }

    customer = PublicIdField("cus", source="customer_id", of=Customer.objects.visible_to)
    parts = PartInput(many=True, min_length=FEWEST, max_length=MOST)  # type: ignore[call-arg]
    location = PublicIdField("loc", source="location_id", required=False, allow_null=True)
    notes = TextField(max_length=NOTES_LENGTH, required=False, help_text="Of the first one.")


class BookedRow(AnswerSerializer):
    """The appointments, in their order."""

    example: ClassVar = {
        "data": [
            AppointmentAnswer.example,
            {
                **AppointmentAnswer.example,
                "id": "apt_0192f0c1a2b37c4d8e5f60718293a4e9",
                "code": "A-00043",
                "service": CUT,
                "service_name": "Cut",
                "start_at": "2026-11-24T10:00:00Z",
                "end_at": "2026-11-24T10:45:00Z",
            },
        ]
    }

    data = AppointmentAnswer(many=True)  # type: ignore[assignment]
