"""Further postal addresses over the API; each change is one of the customer, with its version."""

from typing import ClassVar
from uuid import UUID

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers import addresses
from customers.addresses import LABEL_LIMIT
from customers.api.serializers import CLAIRE, STUDIO, AddressAnswer, LineField
from customers.details import LIMITS, countries
from customers.models import AddressKind, Customer
from customers.selecting import SEES
from hub.access import Capability
from hub.identifiers import parse_public_id
from hub.rest.concurrency import etag
from hub.rest.fields import CodeField, PublicIdField
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer

EDITS = (Capability.EDIT_CUSTOMER,)
ONE = r"addresses/(?P<address>[^/.]+)"
PREFIX = "adr"


class PlaceInput(InputSerializer):
    label = LineField(LABEL_LIMIT)  # type: ignore[assignment]
    street = LineField(LIMITS["street"])
    postal_code = LineField(LIMITS["postal_code"])
    city = LineField(LIMITS["city"])
    country = CodeField(choices=sorted(countries()), required=False)


class NewAddress(PlaceInput):
    """A street, a postal code or a city is needed; `label` says more, such as a floor."""

    example: ClassVar = {name: text for name, text in STUDIO.items() if name != "id"}

    kind = CodeField(choices=AddressKind.choices)


class AddressChange(PlaceInput):
    """Only what is sent is written."""

    needs_something = True
    example: ClassVar = {"street": "3 rue Royale"}

    kind = CodeField(choices=AddressKind.choices, required=False)


class AddressesAnswer(AnswerSerializer):
    """The further addresses of a customer; the main one stands in the customer itself."""

    example: ClassVar = {"customer": CLAIRE, "addresses": [STUDIO]}

    customer = PublicIdField("cus", source="pk")
    addresses = AddressAnswer(source="addresses.all", many=True)


class AddressActions(RecordViewSet[Customer]):
    """What is done with the further addresses of a customer."""

    parts: ClassVar = {"address": PREFIX}
    inputs: ClassVar = {"add_address": NewAddress, "change_address": AddressChange}
    answers: ClassVar = dict.fromkeys(
        ("addresses", "add_address", "change_address", "remove_address"), AddressesAnswer
    )
    capabilities: ClassVar = {
        "addresses": SEES,
        "add_address": EDITS,
        "change_address": EDITS,
        "remove_address": EDITS,
    }

    @action(detail=True)
    def addresses(self, request: Request, id: str) -> Response:
        """Read the further addresses of a customer."""
        return self._addresses(self.load())

    @addresses.mapping.post
    def add_address(self, request: Request, id: str) -> Response:
        """Give a customer one more address.

        Refused when the customer has it already, as the main one or a further one.
        """
        customer = self.load()
        addresses.add_address(
            customer.pk, self.read(), by=self.actor, expected_version=customer.version
        )
        return self._addresses_now(customer)

    @action(detail=True, methods=["patch"], url_path=ONE)
    def change_address(self, request: Request, id: str, address: str) -> Response:
        """Change a further address."""
        customer, given = self.load(), self.read()
        addresses.change_address(
            customer.pk,
            _id_of(address),
            given,
            by=self.actor,
            expected_version=customer.version,
        )
        return self._addresses_now(customer)

    @change_address.mapping.delete
    def remove_address(self, request: Request, id: str, address: str) -> Response:
        """Take a further address away; the history keeps it.

        Answers with those that are left, and the new ETag of the customer.
        """
        customer = self.load()
        addresses.remove_address(
            customer.pk, _id_of(address), by=self.actor, expected_version=customer.version
        )
        return self._addresses_now(customer)

    def _addresses_now(self, customer: Customer) -> Response:
        return self._addresses(self.visible().get(pk=customer.pk))

    def _addresses(self, customer: Customer) -> Response:
        data = AddressesAnswer(customer, context=self.shown).data
        return Response(data, headers={"ETag": etag(customer, data)})


def _id_of(address: str) -> UUID:
    return parse_public_id(PREFIX, address)
