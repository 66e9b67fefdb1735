"""Which customer a claim would be about, and every id a customer is known by."""

from typing import Any, ClassVar

from rest_framework import serializers

from customers.api.serializers import CLAIRE
from customers.claims import Fact, Match, Tier
from customers.models import Customer
from hub.rest.fields import CodeField, PublicIdField, TextField
from hub.rest.serializers import AnswerSerializer


class CandidateAnswer(AnswerSerializer):
    id = PublicIdField("cus")
    name = TextField(max_length=161)
    evidence = serializers.ListField(child=CodeField(choices=[(f.value, f.value) for f in Fact]))


class MatchAnswer(AnswerSerializer):
    """`customer` is the one it would be; `candidates` a person would be asked about."""

    example: ClassVar = {
        "tier": Tier.PHONE.value,
        "customer": {"id": CLAIRE, "name": "Claire Marchetti", "evidence": ["same_phone"]},
        "candidates": [],
    }

    tier = CodeField(choices=[(tier.value, tier.value) for tier in Tier])
    customer = CandidateAnswer(allow_null=True)
    candidates = CandidateAnswer(many=True)


class ExternalIdAnswer(AnswerSerializer):
    system = TextField(max_length=200)
    value = TextField(max_length=300)


class IdsAnswer(AnswerSerializer):
    """Everything a customer is known by: here, before merges, and in other tools."""

    example: ClassVar = {
        "id": CLAIRE,
        "code": "C-004812",
        "merged_ids": [],
        "external_ids": [{"system": "HubSpot", "value": "90151"}],
    }

    id = PublicIdField("cus")
    code = TextField(max_length=16)
    merged_ids = serializers.ListField(child=PublicIdField("cus"))
    external_ids = ExternalIdAnswer(many=True)


def shown(found: Match) -> dict[str, Any]:
    """Return ``found`` as ``MatchAnswer`` has it."""
    told = [(customer, found.evidence[customer.pk]) for customer in found.candidates]
    own = found.customer
    return {
        "tier": found.tier,
        "customer": _candidate(own, found.evidence[own.pk]) if own else None,
        "candidates": [_candidate(customer, facts) for customer, facts in told],
    }


def _candidate(customer: Customer, facts: tuple[Fact, ...]) -> dict[str, Any]:
    return {"id": customer.pk, "name": customer.name, "evidence": list(facts)}
