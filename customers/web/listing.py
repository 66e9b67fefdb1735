"""The list of customers, what it is narrowed to, and the lists a person keeps."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from customers.models import Customer
from customers.questions import backlog
from customers.searching import TEXT_LIMIT, findable, page, sounding_like
from customers.selecting import (
    NAME_LIMIT,
    SEES,
    Selection,
    chosen,
    filters_of,
    forget_filter,
    save_filter,
)
from hub import access
from hub.access import Access, Capability, requires
from hub.actors import Actor
from hub.errors import InvalidInput
from hub.listing import id_in, render_part

GUESSES_SHOWN = 20


class KeepForm(forms.Form):
    query = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(label="Name", max_length=NAME_LIMIT)


CHIPS = (
    (Selection.ALL, "All", ""),
    (Selection.NEW, "New", "user-plus"),
    (Selection.DOUBTFUL, "Known twice?", "git-merge"),
    (Selection.UNREACHABLE, "No contact", "phone"),
)


@require_safe
@requires(*SEES)
def show_list(request: HttpRequest) -> HttpResponse:
    """Answer the page, or only its results when they are asked for while typing."""
    at, held = timezone.now(), access.of(request)
    text, selection = _text(request), _selection(request)
    shown = page(
        listed(request, held, at=at),
        after=id_in(request, "after"),
        before=id_in(request, "before"),
        found_by=text,
    )
    guesses = [] if shown.rows or selection else _guesses(held, text)
    here = _query(text, selection)
    context = {
        "text": text,
        "selection": selection,
        "chips": [
            (label, icon, f"?{_query(text, each)}", each == selection)
            for each, label, icon in CHIPS
        ],
        "here": here,
        "keep_form": KeepForm(initial={"query": here}),
        "filters": [(kept, kept.query == here) for kept in filters_of(request.user.pk)],
        "customers": shown.rows or guesses,
        "is_guess": not shown.rows,
        "previous": f"?{_query(text, selection, before=shown.before)}" if shown.before else "",
        "next": f"?{_query(text, selection, after=shown.after)}" if shown.after else "",
        "may_add": held.can(Capability.EDIT_CUSTOMER),
        "may_import": held.can(Capability.IMPORT_CUSTOMER),
        "may_export": held.can(Capability.EXPORT_CUSTOMER),
        "waiting": _waiting(held, at=at),
        "sees_all": held.can(Capability.VIEW_CUSTOMER),
    }
    return render_part(
        request, context, page="customers/list.html", part="customers/_results.html"
    )


@require_POST
@requires(*SEES)
def keep_list(request: HttpRequest) -> HttpResponse:
    """Keep the list that is shown, under a name."""
    query = request.POST.get("query", "")
    try:
        kept = save_filter(request.POST.get("name", ""), query, by=Actor.signed_in(request))
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('customers:list')}?{query}")
    messages.success(request, f"“{kept.name}” is kept.")
    return redirect(f"{reverse('customers:list')}?{kept.query}")


@require_POST
@requires(*SEES)
def forget_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    forget_filter(pk, by=Actor.signed_in(request))
    messages.success(request, "The list is no longer kept; no customer was changed.")
    return redirect("customers:list")


def listed(request: HttpRequest, held: Access, *, at: datetime) -> QuerySet[Customer]:
    """Return whom the list shows at this address, on all of its pages."""
    found = findable(_visible(held), _text(request), access=held)
    return chosen(found, _selection(request), at=at)


def _guesses(held: Access, text: str) -> list[Customer]:
    ids = sounding_like(Customer.objects.visible_to(held).current(), text, limit=GUESSES_SHOWN)
    found = _visible(held).in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _visible(held: Access) -> QuerySet[Customer]:
    return Customer.objects.visible_to(held).current().with_contacts()


def _text(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:TEXT_LIMIT]


def _selection(request: HttpRequest) -> Selection:
    try:
        return Selection(request.GET.get("show", ""))
    except ValueError:
        return Selection.ALL


def _waiting(held: Access, *, at: datetime) -> int:
    """How many likely duplicates wait for this person's answer."""
    return backlog(held, at=at).count if held.can(Capability.EDIT_CUSTOMER) else 0


def _query(text: str, selection: Selection, **place: UUID | None) -> str:
    """Return what stands after ``?`` in the address of a list."""
    told = {"q": text, "show": selection.value} | place
    return urlencode({name: value for name, value in told.items() if value})
