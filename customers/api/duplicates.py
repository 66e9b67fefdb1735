"""Likely duplicates over the API: read with their evidence, answered by people's decisions."""

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.answering import answer_different, answer_later, ask_again
from customers.api.serializers import CLAIRE
from customers.claims import Fact
from customers.models import Customer, IdentityReview, ReviewState
from customers.wording import evidence_in_words
from hub.access import Capability
from hub.rest.fields import (
    CodeField,
    ExpandableField,
    FlagField,
    MomentField,
    PublicIdField,
    TextField,
    WholeNumberField,
)
from hub.rest.filters import CodesFilter, RecordFilters
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer

SEES_ALL = (Capability.VIEW_CUSTOMER,)
ANSWERS = (Capability.EDIT_CUSTOMER,)
FACTS = [(fact.value, fact.value) for fact in Fact]


class EvidenceAnswer(AnswerSerializer):
    fact = CodeField(choices=FACTS)
    text = TextField(max_length=80)
    is_against = FlagField()


class EvidenceField(EvidenceAnswer):
    """What is stored as ``alike_name:92``, told apart."""

    def to_representation(self, instance: str) -> dict[str, Any]:
        fact = instance.partition(":")[0]
        ((tone, text),) = evidence_in_words([instance])
        told = {"fact": fact, "text": text, "is_against": tone == "warn"}
        return super().to_representation(told)


class DuplicateAnswer(AnswerSerializer):
    """Two customers who may be one person; `score` says how sure the evidence makes us."""

    example: ClassVar = {
        "id": "dup_0192f0c1a2b37c4d8e5f60718293a4b5",
        "customer": "cus_0192f0c1a2b37c4d8e5f60718293ffff",
        "candidate": CLAIRE,
        "score": 78,
        "evidence": [
            {"fact": "same_phone", "text": "Same phone", "is_against": False},
            {"fact": "alike_name", "text": "Name 92 % alike", "is_against": False},
        ],
        "state": "open",
        "postponed_until": None,
        "created_at": "2026-11-24T08:30:00Z",
    }

    id = PublicIdField("dup", source="pk")
    customer = ExpandableField("cus", "customers.api.serializers.CustomerAnswer", needs=SEES_ALL)
    candidate = ExpandableField("cus", "customers.api.serializers.CustomerAnswer", needs=SEES_ALL)
    score = WholeNumberField(max_value=100)
    evidence = EvidenceField(many=True)
    state = CodeField(choices=ReviewState.choices)
    postponed_until = MomentField(allow_null=True)
    created_at = MomentField()


class Postponement(InputSerializer):
    """`until` is when the question comes back, at most a year from now."""

    example: ClassVar = {"until": "2026-12-01T08:30:00Z"}

    until = MomentField()


class DuplicateFilters(RecordFilters):
    state = CodesFilter(
        choices=ReviewState.choices, help_text="Some of these, separated by commas."
    )


class DuplicateViewSet(RecordViewSet[IdentityReview]):
    """Likely duplicates: found within a minute, answered once, never merged by themselves."""

    prefix = "dup"
    serializer_class = DuplicateAnswer
    filterset_class = DuplicateFilters
    inputs: ClassVar = {"later": Postponement}
    capabilities: ClassVar = {
        "list": SEES_ALL,
        "retrieve": SEES_ALL,
        "different": ANSWERS,
        "later": ANSWERS,
        "again": ANSWERS,
    }

    def visible(self) -> QuerySet[IdentityReview]:
        shown = IdentityReview.objects.visible_to(self.access)
        whole = Customer.objects.visible_to(self.access).with_contacts().with_addresses()
        wanted = sorted(self.shown["expand"])
        return shown.prefetch_related(*(Prefetch(name, whole) for name in wanted))

    @action(detail=True, methods=["post"])
    def different(self, request: Request, id: str) -> Response:
        """Answer that the two are not the same.

        Remembered for ever: nobody is asked about them again.
        """
        review = self.load()
        answered = answer_different(review.pk, by=self.actor, expected_version=review.version)
        return self.answer(answered)

    @action(detail=True, methods=["post"])
    def later(self, request: Request, id: str) -> Response:
        """Put the question off."""
        review, at = self.load(), timezone.now()
        until: datetime = self.read()["until"]
        answered = answer_later(
            review.pk, until=until, at=at, by=self.actor, expected_version=review.version
        )
        return self.answer(answered)

    @action(detail=True, methods=["post"])
    def again(self, request: Request, id: str) -> Response:
        """Take an answer back: the question is open at once."""
        review = self.load()
        answered = ask_again(review.pk, by=self.actor, expected_version=review.version)
        return self.answer(answered)
