"""Merges over the API: what was made one, by which choices, and taking it back."""

from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.serializers import CLAIRE, LineField
from customers.merging import REASON_LIMIT
from customers.models import Customer, Merge, ReviewState
from customers.selecting import SEES
from customers.survivorship import GROUPS
from customers.unmerging import unmerge
from hub.access import Access, Capability
from hub.rest.fields import (
    CodeField,
    ExpandableField,
    MomentField,
    PublicIdField,
    TextField,
)
from hub.rest.filters import IdFilter, RecordFilters
from hub.rest.records import RecordViewSet
from hub.rest.serializers import AnswerSerializer, InputSerializer

MERGES = (Capability.MERGE_CUSTOMER,)
SEES_ALL = (Capability.VIEW_CUSTOMER,)
CLARA = "cus_0192f0c1a2b37c4d8e5f607182930001"
CUSTOMER = "customers.api.serializers.CustomerAnswer"


def _visible(access: Access) -> QuerySet[Customer]:
    return Customer.objects.visible_to(access)


class Absorption(InputSerializer):
    """`absorbed` goes into the customer of the address.

    `chosen` names the details taken over from it; without it the better one is taken of each:
    verified, else not empty, else newer. `reason` overrides what forbids the merge.
    """

    example: ClassVar = {"absorbed": CLARA, "chosen": ["email", "address"], "reason": ""}

    absorbed = PublicIdField("cus", of=_visible)
    chosen = serializers.ListField(
        child=CodeField(choices=list(GROUPS)), required=False, max_length=len(GROUPS)
    )
    reason = LineField(REASON_LIMIT)


class Parting(InputSerializer):
    """`verdict` is what becomes of the question whether they are the same: asked again, or no."""

    example: ClassVar = {"verdict": "different"}

    verdict = CodeField(choices=[ReviewState.OPEN.value, ReviewState.DIFFERENT.value])


class MergeAnswer(AnswerSerializer):
    """`undone_at` is set once it was taken back."""

    example: ClassVar = {
        "id": "mrg_0192f0c1a2b37c4d8e5f60718293a4b5",
        "survivor": CLAIRE,
        "absorbed": CLARA,
        "chosen": ["address", "email"],
        "reason": "",
        "merged_at": "2026-11-24T08:30:00Z",
        "undone_at": None,
    }

    id = PublicIdField("mrg", source="pk")
    survivor = ExpandableField("cus", CUSTOMER, needs=SEES)
    absorbed = ExpandableField("cus", CUSTOMER, needs=SEES)
    chosen = serializers.ListField(child=CodeField(choices=list(GROUPS)))
    reason = TextField(max_length=REASON_LIMIT)
    merged_at = MomentField()
    undone_at = MomentField(allow_null=True)


class MergeFilters(RecordFilters):
    survivor = IdFilter("cus", field_name="survivor", help_text="Merged into this customer.")
    absorbed = IdFilter("cus", field_name="absorbed", help_text="This customer was merged.")


class MergeViewSet(RecordViewSet[Merge]):
    """Merges of customers, those that were undone as well."""

    prefix = "mrg"
    serializer_class = MergeAnswer
    filterset_class = MergeFilters
    created_field = "merged_at"
    inputs: ClassVar = {"undo": Parting}
    capabilities: ClassVar = {"list": SEES_ALL, "retrieve": SEES_ALL, "undo": MERGES}

    def visible(self) -> QuerySet[Merge]:
        shown = _visible(self.access)
        found = Merge.objects.filter(survivor__in=shown, absorbed__in=shown)
        wanted = {name.partition(".")[0] for name in self.shown["expand"]}
        whole = Customer.objects.visible_to(self.access).with_contacts().with_addresses()
        return found.prefetch_related(*(Prefetch(name, whole) for name in sorted(wanted)))

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        """Make them two customers again.

        What the merge moved goes back; what came since stays with the survivor. Refused with
        `later_merge` when another merge stands on this one, and with `erased_since` when the
        customer was erased.
        """
        merge = self.load()
        verdict = ReviewState(self.read()["verdict"])
        undone = unmerge(
            merge.pk,
            verdict=verdict,
            at=timezone.now(),
            by=self.actor,
            expected_version=merge.version,
        )
        return self.answer(undone)
