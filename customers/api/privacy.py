"""What a person may ask for, over the API: everything known, consent, and to be forgotten."""

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.serializers import CLAIRE, LineField
from customers.consenting import SOURCE_LIMIT, consents_of, record_consent
from customers.dossier import dossier_of
from customers.erasure import REASON_LIMIT, erase_customer, prospect_of
from customers.models import Channel, Customer
from customers.selecting import SEES
from hub.access import Capability
from hub.rest.concurrency import etag
from hub.rest.fields import CodeField, FlagField, MomentField, PublicIdField, TextField
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer

KEPT = {
    "what": "One invoice with the name and address on it.",
    "why": "Accounting law wants it kept until December 31, 2036.",
}


class Erasing(InputSerializer):
    """`reason` is kept: such as the date of the request, and no names."""

    example: ClassVar = {"reason": "Asked on November 22, 2026"}

    reason = LineField(REASON_LIMIT, required=True)


class ConsentInput(InputSerializer):
    """`source` is where the person said so."""

    example: ClassVar = {"channel": "email", "granted": True, "source": "Form of November 22"}

    channel = CodeField(choices=Channel.choices)
    granted = FlagField()
    source = LineField(SOURCE_LIMIT, required=True)  # type: ignore[assignment]


class KeptAnswer(AnswerSerializer):
    what = TextField(max_length=300)
    why = TextField(max_length=300)


class ProspectAnswer(AnswerSerializer):
    """`obstacles` have to go first; `kept` would stay."""

    example: ClassVar = {
        "id": CLAIRE,
        "obstacles": ["An appointment is still to come: cancel first."],
        "kept": [KEPT],
    }

    id = PublicIdField("cus")
    obstacles = serializers.ListField(child=TextField(max_length=300))
    kept = KeptAnswer(many=True)


class ErasedAnswer(AnswerSerializer):
    """`kept` stays, and why."""

    example: ClassVar = {"id": CLAIRE, "erased_at": "2026-11-24T08:30:00Z", "kept": [KEPT]}

    id = PublicIdField("cus")
    erased_at = MomentField()
    kept = KeptAnswer(many=True)


class ConsentAnswer(AnswerSerializer):
    """The answer that holds for a channel; nulls where nobody asked yet."""

    channel = CodeField(choices=Channel.choices)
    granted = FlagField(source="consent.granted", default=None, allow_null=True)
    given_at = MomentField(source="consent.given_at", default=None, allow_null=True)
    source = TextField(  # type: ignore[assignment]
        source="consent.source", max_length=SOURCE_LIMIT, default=None, allow_null=True
    )


class ConsentsAnswer(AnswerSerializer):
    example: ClassVar = {
        "customer": CLAIRE,
        "consents": [
            {
                "channel": "email",
                "granted": True,
                "given_at": "2026-11-24T08:30:00Z",
                "source": "Form of November 22",
            },
            {"channel": "sms", "granted": None, "given_at": None, "source": None},
        ],
    }

    customer = PublicIdField("cus")
    consents = ConsentAnswer(many=True)


class DossierAnswer(AnswerSerializer):
    """`records` are the customer and those merged into it; a chapter of each part follows."""

    example: ClassVar = {
        "records": [{"id": "0192f0c1-a2b3-7c4d-8e5f-60718293a4b5", "code": "C-004812"}],
        "appointments": [],
        "invoices": [],
    }

    records = serializers.ListField(child=serializers.DictField())

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return dict(instance)


class PrivacyActions(RecordViewSet[Customer]):
    """The actions of a customer that the law is about."""

    inputs: ClassVar = {"note_consent": ConsentInput, "erase": Erasing}
    answers: ClassVar = {
        "dossier": DossierAnswer,
        "consents": ConsentsAnswer,
        "note_consent": ConsentsAnswer,
        "erasure": ProspectAnswer,
        "erase": ErasedAnswer,
    }
    capabilities: ClassVar = {
        "dossier": (Capability.EXPORT_CUSTOMER,),
        "consents": SEES,
        "note_consent": (Capability.EDIT_CUSTOMER,),
        "erasure": (Capability.ERASE_CUSTOMER,),
        "erase": (Capability.ERASE_CUSTOMER,),
    }

    @action(detail=True)
    def dossier(self, request: Request, id: str) -> Response:
        """Read everything known about a customer.

        The record, those merged into it, every version, visits, invoices, payments, consents and
        ids, as one document. That it was taken out is announced as `customer.exported`.
        """
        told = dossier_of(self.load().pk, by=self.actor)
        data = DossierAnswer(told, context=self.shown).data
        return Response(data, headers={"Cache-Control": "no-store"})

    @action(detail=True)
    def consents(self, request: Request, id: str) -> Response:
        """Read what holds for each channel."""
        return self._consents(self.load())

    @consents.mapping.post
    def note_consent(self, request: Request, id: str) -> Response:
        """Note what the person said about a channel.

        It holds from now on; earlier answers are kept. The same again changes nothing.
        """
        customer, given = self.load(), self.read()
        record_consent(
            customer.pk,
            given["channel"],
            granted=given["granted"],
            source=given["source"],
            at=timezone.now(),
            by=self.actor,
        )
        return self._consents(self.visible().get(pk=customer.pk))

    @action(detail=True)
    def erasure(self, request: Request, id: str) -> Response:
        """Ask what erasing would do, without doing it."""
        customer = self.load()
        prospect = prospect_of(customer.pk, at=timezone.now())
        told = {"id": customer.pk, "obstacles": prospect.obstacles, "kept": prospect.kept}
        data = ProspectAnswer(told, context=self.shown).data
        return Response(data, headers={"ETag": etag(customer, data)})

    @action(detail=True, methods=["post"])
    def erase(self, request: Request, id: str) -> Response:
        """Erase a customer for good.

        With every record that was merged into it, and in every earlier version. Refused with
        `cannot_erase` as long as something is going on; `GET …/erasure` says what, and what will
        be kept.
        """
        customer, at = self.load(), timezone.now()
        kept = erase_customer(
            customer.pk,
            reason=self.read()["reason"],
            at=at,
            by=self.actor,
            expected_version=customer.version,
        )
        told = {"id": customer.pk, "erased_at": at, "kept": kept}
        data = ErasedAnswer(told, context=self.shown).data
        return Response(data, headers={"ETag": etag(self.visible().get(pk=customer.pk), data)})

    def _consents(self, customer: Customer) -> Response:
        told = {"customer": customer.pk, "consents": consents_of(customer)}
        data = ConsentsAnswer(told, context=self.shown).data
        return Response(data, headers={"ETag": etag(customer, data)})
