"""A resource made for tests: everything hub.rest offers, on the customers table."""

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer
from hub import access, history
from hub.access import Capability
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, require_version
from hub.identifiers import next_of
from hub.rest.fields import (
    CodeField,
    EmailTextField,
    ExpandableField,
    FlagField,
    MomentField,
    MoneyField,
    PublicIdField,
    TextField,
    TimeZoneNameField,
    WholeNumberField,
)
from hub.rest.filters import CodesFilter, IdFilter, MomentFilter, RecordFilters, TextFilter
from hub.rest.records import RecordViewSet
from hub.rest.routing import DeclaredRouter
from hub.rest.serializers import AnswerSerializer, InputSerializer

SEE = (Capability.VIEW_CUSTOMER,)
EDIT = (Capability.EDIT_CUSTOMER,)


class Locked(DomainError):
    code = "locked"


@transaction.atomic
def add_card(*, name: str, by: Actor) -> Customer:
    access.require(by, Capability.EDIT_CUSTOMER)
    if name == "forbidden":
        raise InvalidInput("Not this name.", field="name")
    card = Customer(number=next_of("customers_number"), given_name=name, company="Cards")
    return history.create(card, by=by)


@transaction.atomic
def rename_card(pk: Any, *, name: str, by: Actor, expected_version: int) -> Customer:
    access.require(by, Capability.EDIT_CUSTOMER)
    card = Customer.objects.select_for_update().get(pk=pk)
    require_version(card.version, expected_version)
    if name == "locked":
        raise Locked("It is locked.", field="name", details={"until": "noon"})
    card.given_name = name
    history.save(card, fields=["given_name"], by=by)
    return card


class CardAnswer(AnswerSerializer):
    shown_with: ClassVar = {"price": (Capability.SEE_PRICES,)}
    example: ClassVar = {"id": "cus_" + "0" * 32, "name": "Ada"}

    id = PublicIdField("cus", source="pk")
    name = TextField(source="given_name", max_length=80)
    created_at = MomentField()
    time_zone = TimeZoneNameField(allow_null=True)
    price = MoneyField(source="number", currency="JPY")
    merged_into = ExpandableField(
        "cus", "tests.hub.rest_sample.CardAnswer", source="canonical", needs=SEE, allow_null=True
    )


class NewCard(InputSerializer):
    name = TextField(max_length=80)
    email = EmailTextField(required=False)
    starts_at = MomentField(required=False)
    price = MoneyField(required=False)
    count = WholeNumberField(required=False)
    is_shared = FlagField(required=False)
    color = CodeField(choices=["red", "blue"], required=False)
    time_zone = TimeZoneNameField(required=False)
    twin = PublicIdField("cus", of=Customer.objects.visible_to, required=False)


class CardName(InputSerializer):
    needs_something = True

    name = TextField(max_length=80, required=False, allow_blank=False)


class CardFilters(RecordFilters):
    q = TextFilter(field_name="given_name", lookup_expr="icontains")
    company = CodesFilter(choices=[("Cards", "Cards"), ("Others", "Others")])
    merged_into = IdFilter("cus", field_name="canonical_id")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")


class CardViewSet(RecordViewSet[Customer]):
    prefix = "cus"
    serializer_class = CardAnswer
    filterset_class = CardFilters
    inputs: ClassVar = {"create": NewCard, "partial_update": CardName, "rename": CardName}
    answers: ClassVar = {"destroy": None, "document": "application/pdf"}
    capabilities: ClassVar = {
        "list": SEE,
        "retrieve": SEE,
        "create": EDIT,
        "partial_update": EDIT,
        "destroy": EDIT,
        "rename": EDIT,
        "document": SEE,
    }

    def visible(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(self.access).select_related("canonical")

    def create(self, request: Request) -> Response:
        """Add a card."""
        return self.created(add_card(name=self.read()["name"], by=self.actor))

    def partial_update(self, request: Request, id: str) -> Response:
        """Rename a card.

        With a second sentence.
        """
        card = self.load()
        values = self.read()
        return self.answer(
            rename_card(card.pk, **values, by=self.actor, expected_version=card.version)
        )

    def destroy(self, request: Request, id: str) -> Response:
        """Do nothing, thoroughly."""
        self.load()
        return self.gone()

    @action(detail=True, methods=["post"])
    def rename(self, request: Request, id: str) -> Response:
        """Rename a card by an action."""
        return self.partial_update(request, id)

    @action(detail=True)
    def document(self, request: Request, id: str) -> HttpResponse:
        """Read the card as a document."""
        self.load()
        return HttpResponse(b"%PDF-", content_type="application/pdf")

    @action(detail=False, methods=["post"])
    def undeclared(self, request: Request) -> Response:
        """Name no capability, which closes it for everybody."""
        return Response({"at": timezone.now()})


router = DeclaredRouter()
router.register("cards", CardViewSet, basename="cards")
urlpatterns = [path("api/v1/", include(router.urls))]
