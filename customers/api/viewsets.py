"""Customers over the API: found or added through identity, changed with If-Match."""

from datetime import UTC
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.serializers import (
    PHONE,
    CustomerAnswer,
    CustomerChange,
    HistoryAnswer,
    IdentifiedAnswer,
    NewCustomer,
)
from customers.claims import Claim, Tier
from customers.details import home_region
from customers.edits import edits_of
from customers.identity import find_or_create
from customers.models import ContactKind, Customer
from customers.normalizing import PHONE_LIMIT, normalize_email, normalize_phone
from customers.registration import update_customer
from customers.searching import findable, reached_at
from hub import access
from hub.access import Capability
from hub.errors import InvalidInput
from hub.rest.fields import EmailTextField
from hub.rest.filters import MAX_TEXT, RecordFilters, TextFilter
from hub.rest.problems import ParameterError
from hub.rest.records import RecordViewSet

SEES = (Capability.VIEW_CUSTOMER, Capability.VIEW_OWN_CUSTOMER)
EDITS = (Capability.EDIT_CUSTOMER,)


class EmailFilter(TextFilter):
    openapi: ClassVar = {**EmailTextField.openapi, "maxLength": MAX_TEXT}


class PhoneFilter(TextFilter):
    openapi: ClassVar = {**TextFilter.openapi, "maxLength": PHONE_LIMIT, "pattern": PHONE}


class CustomerFilters(RecordFilters):
    q = TextFilter(
        method="_search", help_text="Code, name, address or number, as it would be typed."
    )
    email = EmailFilter(method="_by_email", help_text="Exactly this address, in any case.")
    phone = PhoneFilter(method="_by_phone", help_text="Exactly this number, in any spelling.")

    def _search(self, queryset: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        return findable(queryset, text, access=access.of(self.request))

    def _by_email(self, queryset: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        try:
            condition = Q(kind=ContactKind.EMAIL, normalized=normalize_email(text))
        except InvalidInput as error:
            raise ParameterError({"email": str(error)}) from None
        return queryset.filter(reached_at(condition))

    def _by_phone(self, queryset: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        try:
            number = normalize_phone(text, region=home_region())
        except InvalidInput as error:
            raise ParameterError({"phone": str(error)}) from None
        same = Q(kind=ContactKind.PHONE, normalized=number.e164, extension=number.extension)
        return queryset.filter(reached_at(same))


class CustomerViewSet(RecordViewSet[Customer]):
    """Customers: each person once, whichever tool brings them."""

    prefix = "cus"
    serializer_class = CustomerAnswer
    filterset_class = CustomerFilters
    inputs: ClassVar = {"create": NewCustomer, "partial_update": CustomerChange}
    answers: ClassVar = {"create": IdentifiedAnswer, "history": HistoryAnswer}
    finds = frozenset({"create"})
    capabilities: ClassVar = {
        "list": SEES,
        "retrieve": SEES,
        "create": EDITS,
        "partial_update": EDITS,
        "history": (Capability.VIEW_HISTORY,),
    }

    tier: Tier

    def visible(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.access).with_contacts()

    def create(self, request: Request) -> Response:
        """Add a customer, or find the one it is.

        Answers 201 with a new customer, or 200 with a known one that has our id, this address
        or this number; `tier` says which. A name alone never matches. Nothing of a known
        customer is overwritten; contact points that are new are added.
        """
        values = {"region": home_region()} | self.read()
        found = find_or_create(Claim(**values), at=timezone.now(), by=self.actor)
        self.tier = found.tier
        return self.created(found.customer) if found.created else self.answer(found.customer)

    def partial_update(self, request: Request, id: str) -> Response:
        """Change a customer."""
        customer = self.load()
        changed = update_customer(
            customer.pk, self.read(), by=self.actor, expected_version=customer.version
        )
        return self.answer(changed)

    @action(detail=True)
    def history(self, request: Request, id: str) -> Response:
        """Read who changed what.

        Newest first, with addresses and numbers.
        """
        told = edits_of(self.load(), zone=UTC)
        return Response(HistoryAnswer({"data": told}, context=self.shown).data)
