"""Compare two records side by side and make them one; and take that back."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from customers.details import home_zone
from customers.merging import REASON_LIMIT, Merging, Preview, merge_customers, preview_merge
from customers.models import Customer, Merge, ReviewState
from customers.pairing import MergeBlocked, NotMergeable
from customers.survivorship import Difference
from customers.unmerging import AlreadyUndone, ErasedSince, LaterMerge, preview_unmerge, unmerge
from hub.access import Access, Capability, requires
from hub.actors import Actor
from hub.errors import DomainError, InvalidInput, StaleVersion

OURS, THEIRS = "survivor", "absorbed"
EMPTY = "–"


@dataclass(frozen=True, slots=True)
class Done:
    """A merge that stands, and who made it."""

    merge: Merge
    who: str
    may_undo: bool


class MergeForm(forms.Form):
    """A choice per detail in which the two differ; the versions are those that were compared."""

    survivor_version = forms.IntegerField(widget=forms.HiddenInput)
    absorbed_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, preview: Preview, data: Any = None) -> None:
        initial = {
            "survivor_version": preview.survivor.version,
            "absorbed_version": preview.absorbed.version,
        }
        super().__init__(data, initial=initial)
        self._names = [one.name for one in preview.differences]
        for one in preview.differences:
            self.fields[f"take_{one.name}"] = _choice(one)
        self.fields["reason"] = forms.CharField(
            label="Reason",
            max_length=REASON_LIMIT,
            required=bool(preview.objections),
            help_text="Why they are the same all the same." if preview.objections else "",
        )

    def choices(self) -> list[forms.BoundField]:
        return [self[f"take_{name}"] for name in self._names]

    def wish(self, preview: Preview) -> Merging:
        given = self.cleaned_data
        return Merging(
            preview.survivor.pk,
            preview.absorbed.pk,
            [name for name in self._names if given[f"take_{name}"] == THEIRS],
            given["reason"],
            given["survivor_version"],
            given["absorbed_version"],
        )


class UndoForm(forms.Form):
    verdict = forms.ChoiceField(
        label="Are they the same person?",
        choices=[
            (ReviewState.OPEN.value, "Perhaps: ask again"),
            (ReviewState.DIFFERENT.value, "No: never ask again"),
        ],
        initial=ReviewState.OPEN.value,
        required=False,
        widget=forms.RadioSelect,
    )

    def answer(self) -> ReviewState:
        return ReviewState(self.cleaned_data["verdict"] or ReviewState.OPEN)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MERGE_CUSTOMER)
def merge(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Show what merging ``other`` into ``pk`` would do, and do it."""
    by = Actor.signed_in(request)
    try:
        preview = preview_merge(pk, other, by=by)
    except Customer.DoesNotExist:
        raise Http404 from None
    except NotMergeable as error:
        messages.error(request, str(error))
        return redirect("customers:detail", pk)
    if request.method != "POST":
        return _page(request, preview, MergeForm(preview))
    form = MergeForm(preview, request.POST)
    if not form.is_valid():
        return _page(request, preview, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        done = merge_customers(form.wish(preview), at=timezone.now(), by=by)
    except StaleVersion as error:
        stale, status = MergeForm(preview), HTTPStatus.PRECONDITION_FAILED
        return _page(request, preview, stale, stale=str(error), status=status)
    except (MergeBlocked, NotMergeable, InvalidInput) as error:
        form.add_error("reason" if error.field == "reason" else None, str(error))
        return _page(request, preview, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = f"{done.absorbed.code} was merged into {done.survivor.code}."
    undo_url = reverse("customers:unmerge", args=[done.pk])
    messages.success(request, said, extra_tags=f"undo:{undo_url}")
    return redirect(done.survivor)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.MERGE_CUSTOMER)
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what undoing a merge would move back and leave, and do it."""
    by = Actor.signed_in(request)
    try:
        undoing = preview_unmerge(pk, by=by)
    except Merge.DoesNotExist:
        raise Http404 from None
    except (AlreadyUndone, ErasedSince, LaterMerge) as error:
        return _refused(request, pk, error)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "customers/unmerge.html", {"undoing": undoing, "form": form})
    try:
        done = unmerge(pk, verdict=form.answer(), at=timezone.now(), by=by)
    except DomainError as error:
        return _refused(request, pk, error)
    said = f"{done.absorbed.code} and {done.survivor.code} are two records again."
    messages.success(request, said)
    return redirect(done.survivor)


def merges_into(customer: Customer, held: Access) -> list[Done]:
    """Return the merges into ``customer`` that stand, the newest first."""
    merges = Merge.objects.filter(survivor=customer, undone_at=None).select_related("absorbed")
    found = list(merges.order_by("-merged_at", "-pk"))
    rows = Merge.history.filter(id__in=[one.pk for one in found], history_type="+")
    who = dict(rows.values_list("id", "actor_name"))
    may_undo = held.can(Capability.MERGE_CUSTOMER) and customer.erased_at is None
    return [Done(one, who.get(one.pk, ""), may_undo) for one in found]


def _choice(one: Difference) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=one.label,
        choices=[(OURS, one.ours or EMPTY), (THEIRS, one.theirs or EMPTY)],
        initial=THEIRS if one.is_taken else OURS,
        required=False,
        widget=forms.RadioSelect,
    )


def _page(
    request: HttpRequest,
    preview: Preview,
    form: MergeForm,
    *,
    stale: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"preview": preview, "form": form, "stale": stale, "zone": home_zone()}
    return render(request, "customers/merge.html", context, status=status)


def _refused(request: HttpRequest, pk: UUID, error: DomainError) -> HttpResponse:
    """Lead back to the survivor, where the other merges stand."""
    messages.error(request, str(error))
    found = Merge.objects.filter(pk=pk).values_list("survivor_id", flat=True).first()
    return redirect("customers:detail", found)
