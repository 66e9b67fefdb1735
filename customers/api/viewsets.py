"""Customers over the API: found or added through identity, changed with If-Match."""

from datetime import UTC
from typing import ClassVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.addresses import AddressActions
from customers.api.matching import IdsAnswer, MatchAnswer, shown
from customers.api.merging import Absorption, MergeAnswer
from customers.api.privacy import PrivacyActions
from customers.api.serializers import (
    PHONE,
    CustomerAnswer,
    CustomerChange,
    HistoryAnswer,
    IdentifiedAnswer,
    NewCustomer,
)
from customers.claims import Claim, ExternalKey, Tier
from customers.details import home_region
from customers.edits import edits_of
from customers.identity import find_or_create, match
from customers.known import merged_into
from customers.merging import Merging, merge_customers
from customers.models import ContactKind, Customer
from customers.normalizing import PHONE_LIMIT, normalize_email, normalize_phone
from customers.searching import findable, known_at
from customers.selecting import SEES
from customers.traces import external_ids_of
from customers.updating import update_customer
from hub import access
from hub.access import Capability
from hub.errors import InvalidInput
from hub.rest.concurrency import etag
from hub.rest.fields import EmailTextField
from hub.rest.filters import MAX_TEXT, RecordFilters, TextFilter
from hub.rest.problems import ParameterError

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
        own = queryset.filter(canonical=None)  # what was merged away leads to its survivor
        return findable(own, text, access=access.of(self.request))

    def _by_email(self, queryset: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        try:
            condition = Q(kind=ContactKind.EMAIL, normalized=normalize_email(text))
        except InvalidInput as error:
            raise ParameterError({"email": str(error)}) from None
        return queryset.filter(known_at(condition))

    def _by_phone(self, queryset: QuerySet[Customer], _name: str, text: str) -> QuerySet[Customer]:
        try:
            number = normalize_phone(text, region=home_region())
        except InvalidInput as error:
            raise ParameterError({"phone": str(error)}) from None
        same = Q(kind=ContactKind.PHONE, normalized=number.e164, extension=number.extension)
        return queryset.filter(known_at(same))


class CustomerViewSet(AddressActions, PrivacyActions):
    """Customers: each person once, whichever tool brings them."""

    prefix = "cus"
    serializer_class = CustomerAnswer
    filterset_class = CustomerFilters
    inputs: ClassVar = {
        **AddressActions.inputs,
        **PrivacyActions.inputs,
        "create": NewCustomer,
        "partial_update": CustomerChange,
        "match": NewCustomer,
        "merge": Absorption,
    }
    answers: ClassVar = {
        **AddressActions.answers,
        **PrivacyActions.answers,
        "create": IdentifiedAnswer,
        "history": HistoryAnswer,
        "match": MatchAnswer,
        "ids": IdsAnswer,
        "merge": MergeAnswer,
    }
    finds = frozenset({"create"})
    capabilities: ClassVar = {
        **AddressActions.capabilities,
        **PrivacyActions.capabilities,
        "list": SEES,
        "retrieve": SEES,
        "create": EDITS,
        "partial_update": EDITS,
        "history": (Capability.VIEW_HISTORY,),
        "match": (Capability.VIEW_CUSTOMER,),
        "ids": SEES,
        "merge": (Capability.MERGE_CUSTOMER,),
    }

    tier: Tier

    def visible(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.access).with_contacts().with_addresses()

    def create(self, request: Request) -> Response:
        """Add a customer, or find the one it is.

        Answers 201 with a new customer, or 200 with a known one that has our id, this address
        or this number; `tier` says which. A name alone never matches. Nothing of a known
        customer is overwritten; contact points that are new are added.
        """
        found = find_or_create(self._claim(), at=timezone.now(), by=self.actor)
        self.tier = found.tier
        return self.created(found.customer) if found.created else self.answer(found.customer)

    def partial_update(self, request: Request, id: str) -> Response:
        """Change a customer."""
        customer = self.load()
        changed = update_customer(
            customer.pk, self.read(), by=self.actor, expected_version=customer.version
        )
        return self.answer(changed)

    @action(detail=False, methods=["post"])
    def match(self, request: Request) -> Response:
        """Ask which customer it would be.

        Takes what creating takes and changes nothing: the customer it would be linked to and by
        which tier, and those that a person would be asked about, each with the evidence.
        """
        return Response(MatchAnswer(shown(match(self._claim())), context=self.shown).data)

    @action(detail=True)
    def ids(self, request: Request, id: str) -> Response:
        """Read every id of a customer.

        Ours, those of records that were merged into it, and the ids in other tools.
        """
        customer = self.load()
        told = {
            "id": customer.pk,
            "code": customer.code,
            "merged_ids": merged_into(customer.pk),
            "external_ids": external_ids_of(customer.pk),
        }
        return Response(IdsAnswer(told, context=self.shown).data)

    @action(detail=True, methods=["post"])
    def merge(self, request: Request, id: str) -> Response:
        """Merge another customer into this one.

        Everything that points to the other one moves here; nothing is deleted, and
        `/merges/{id}/undo` takes it back. Refused with `merge_blocked` when the tax ids differ, or
        somebody said that the two are not the same, unless a reason is given.
        """
        survivor, given = self.load(), self.read()
        wanted = Merging(
            survivor.pk,
            given["absorbed"],
            given.get("chosen"),
            given.get("reason", ""),
            survivor.version,
        )
        done = merge_customers(wanted, at=timezone.now(), by=self.actor)
        data = MergeAnswer(done, context=self.shown).data
        return Response(data, headers={"ETag": etag(done, data)})

    @action(detail=True)
    def history(self, request: Request, id: str) -> Response:
        """Read who changed what.

        Newest first, with addresses and numbers.
        """
        told = edits_of(self.load(), zone=UTC)
        return Response(HistoryAnswer({"data": told}, context=self.shown).data)

    def _claim(self) -> Claim:
        values = {"region": home_region()} | self.read()
        names = [values.pop(name, "") for name in ("external_system", "external_id")]
        key = ExternalKey(*names) if any(names) else None
        return Claim(hub_id=values.pop("customer", None), external=key, **values)
