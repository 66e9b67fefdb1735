"""Customers as the API sends and accepts them."""

from typing import Any, ClassVar

from customers.addresses import LABEL_LIMIT
from customers.claims import EXTERNAL_ID_LIMIT, SYSTEM_LIMIT, Tier
from customers.details import LANGUAGES, LIMITS, countries
from customers.dialing import REGIONS
from customers.models import AddressKind, ContactKind
from customers.normalizing import PHONE_LIMIT, UNSEEN
from hub.rest.fields import (
    CodeField,
    DayField,
    Described,
    EmailTextField,
    FlagField,
    MomentField,
    PastDayField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
)
from hub.rest.serializers import AnswerSerializer, InputSerializer

UNSEEN_HERE = UNSEEN.replace("\\x", "\\u00")
PHONE = r"^(\+?[0-9][0-9 ().\-/]{5,30}((;ext=| x| ext\. )[0-9]{1,12})?)?$"
CLAIRE = "cus_0192f0c1a2b37c4d8e5f60718293a4b5"
WRITTEN = {
    "given_name": "Claire",
    "family_name": "Marchetti",
    "company": "Marchetti Interiors",
    "email": "claire@marchetti.example",
    "phone": "+33 6 12 34 56 78",
    "street": "8 quai Saint-Antoine",
    "postal_code": "69002",
    "city": "Lyon",
    "country": "FR",
    "tax_id": "",
    "birth_date": None,
    "language": "fr",
    "time_zone": "Europe/Paris",
    "notes": "",
}


STUDIO = {
    "id": "adr_0192f0c1a2b37c4d8e5f60718293abcd",
    "kind": "visit",
    "label": "Studio, back door",
    "street": "1 rue Royale",
    "postal_code": "69001",
    "city": "Lyon",
    "country": "FR",
}


class LineField(Described, TextField):
    """One line of text in which every character can be seen."""

    def __init__(self, limit: int, *, required: bool = False) -> None:
        super().__init__(max_length=limit, required=required)
        self.openapi = {
            "type": "string",
            **({"minLength": 1} if required else {}),
            "maxLength": limit,
            "pattern": f"^[^{UNSEEN_HERE}]*$",
        }


class NotesField(Described, TextField):
    """Text of several lines."""

    def __init__(self) -> None:
        limit = LIMITS["notes"]
        super().__init__(max_length=limit, required=False)
        pattern = f"^([^{UNSEEN_HERE}]|[\\t\\r\\n])*$"
        self.openapi = {"type": "string", "maxLength": limit, "pattern": pattern}


class PhoneTextField(Described, TextField):
    """A number with + and country code, or as dialed in ``region``."""

    def __init__(self) -> None:
        super().__init__(max_length=PHONE_LIMIT, required=False)
        self.openapi = {
            "type": "string",
            "maxLength": PHONE_LIMIT,
            "pattern": PHONE,
            "description": "With + and country code, or as dialed in `region`; an extension"
            " follows as ` x12`. Its length must be a possible one.",
        }


class CustomerInput(InputSerializer):
    given_name = LineField(LIMITS["given_name"])
    family_name = LineField(LIMITS["family_name"])
    company = LineField(LIMITS["company"])
    email = EmailTextField(required=False)
    phone = PhoneTextField()
    region = CodeField(
        choices=sorted(REGIONS),
        required=False,
        help_text="Where a number without country code is dialed; else where the business is.",
    )
    street = LineField(LIMITS["street"])
    postal_code = LineField(LIMITS["postal_code"])
    city = LineField(LIMITS["city"])
    country = CodeField(choices=sorted(countries()), required=False)
    tax_id = LineField(LIMITS["tax_id"])
    birth_date = PastDayField(required=False, allow_null=True)
    language = CodeField(choices=list(LANGUAGES), required=False)
    time_zone = TimeZoneNameField(required=False, allow_null=True)
    notes = NotesField()


class NewCustomer(CustomerInput):
    """A person or a firm; at least one of the three names is needed.

    `external_system` and `external_id` are what another tool calls itself and this customer;
    `customer` is our own id, where it came back.
    """

    example: ClassVar = {**WRITTEN, "external_system": "Old software", "external_id": "4711"}

    external_system = LineField(SYSTEM_LIMIT)
    external_id = LineField(EXTERNAL_ID_LIMIT)
    customer = PublicIdField("cus", required=False)
    email_verified = FlagField(required=False)


class CustomerChange(CustomerInput):
    """Only what is sent is written; an empty ``email`` or ``phone`` takes the main one away."""

    needs_something = True
    example: ClassVar = {"phone": "+33 6 12 34 56 78", "city": "Lyon"}


class ContactAnswer(AnswerSerializer):
    kind = CodeField(choices=ContactKind.choices)
    value = TextField(max_length=254)
    normalized = TextField(max_length=254)
    extension = TextField(max_length=12)
    is_primary = FlagField()
    is_verified = FlagField(source="verified")
    is_shared = FlagField(source="shared")
    is_doubtful = FlagField(source="doubtful")


class AddressAnswer(AnswerSerializer):
    """A further postal address; the main one stands in the customer itself."""

    id = PublicIdField("adr", source="pk")
    kind = CodeField(choices=AddressKind.choices)
    label = TextField(max_length=LABEL_LIMIT)  # type: ignore[assignment]
    street = TextField(max_length=160)
    postal_code = TextField(max_length=20)
    city = TextField(max_length=80)
    country = TextField(max_length=2)


class CustomerAnswer(AnswerSerializer):
    example: ClassVar = {
        "id": CLAIRE,
        "code": "C-004812",
        "name": "Claire Marchetti",
        **WRITTEN,
        "contact_points": [
            {
                "kind": "phone",
                "value": "06 12 34 56 78",
                "normalized": "+33612345678",
                "extension": "",
                "is_primary": True,
                "is_verified": False,
                "is_shared": False,
                "is_doubtful": False,
            }
        ],
        "addresses": [STUDIO],
        "merged_into": None,
        "created_at": "2026-11-24T08:30:00Z",
    }

    id = PublicIdField("cus", source="pk")
    code = TextField(max_length=16)
    name = TextField(max_length=161)
    given_name = TextField(max_length=80)
    family_name = TextField(max_length=80)
    company = TextField(max_length=120)
    email = TextField(max_length=254)
    phone = TextField(max_length=60)
    contact_points = ContactAnswer(source="contact_points.all", many=True)
    street = TextField(max_length=160)
    postal_code = TextField(max_length=20)
    city = TextField(max_length=80)
    country = TextField(max_length=2)
    addresses = AddressAnswer(source="addresses.all", many=True)
    tax_id = TextField(max_length=40)
    birth_date = DayField(allow_null=True)
    language = TextField(max_length=8)
    time_zone = TimeZoneNameField(allow_null=True)
    notes = TextField(max_length=LIMITS["notes"])
    merged_into = PublicIdField("cus", source="canonical_id", allow_null=True)
    created_at = MomentField()


class TierField(CodeField):
    """What the view found out; a customer itself does not know how it was recognized."""

    def get_attribute(self, instance: Any) -> Any:  # noqa: ARG002
        return self.context["view"].tier


class IdentifiedAnswer(CustomerAnswer):
    """The customer, and how it was recognized: ``none`` when it is new."""

    example: ClassVar = {**CustomerAnswer.example, "tier": Tier.PHONE.value}

    tier = TierField(choices=[(tier.value, tier.value) for tier in Tier])


class FieldChangeAnswer(AnswerSerializer):
    field = TextField(source="name", max_length=64)
    label = TextField(max_length=64)  # type: ignore[assignment]
    before = TextField(max_length=400)
    after = TextField(max_length=400)


class EditAnswer(AnswerSerializer):
    at = MomentField()
    title = TextField(max_length=200)
    actor_kind = TextField(max_length=16)
    actor_name = TextField(max_length=200)
    source = TextField(max_length=16)  # type: ignore[assignment]
    request_id = TextField(max_length=64)
    changes = FieldChangeAnswer(many=True)


class HistoryAnswer(AnswerSerializer):
    """What was changed, newest first."""

    example: ClassVar = {
        "data": [
            {
                "at": "2026-11-24T08:30:00Z",
                "title": "Updated",
                "actor_kind": "user",
                "actor_name": "Ben Desk",
                "source": "browser",
                "request_id": "0192f0c1a2b37c4d8e5f60718293a4b5",
                "changes": [
                    {"field": "city", "label": "City", "before": "Paris", "after": "Lyon"}
                ],
            }
        ]
    }

    data = EditAnswer(many=True)  # type: ignore[assignment]
