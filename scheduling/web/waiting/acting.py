"""What staff do with one entry: book for it, take it off the list, put it back."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from hub.access import requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.models import WaitingEntry
from scheduling.waiting.booking import book_for
from scheduling.waiting.joining import come_back, leave
from scheduling.web.answers import problem
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.waiting.forms import ChosenTimeForm
from scheduling.web.waiting.looking import found
from scheduling.web.wording import said_times


@require_POST
@requires(*MAY_BOOK)
def book(request: HttpRequest, pk: UUID) -> HttpResponse:
    entry = found(request, pk)
    form = ChosenTimeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the times.")
        return redirect(entry)
    start_at, staff_id = form.cleaned_data["chosen"]
    by = Actor.signed_in(request)
    try:
        visit = book_for(pk, staff_id=staff_id, start_at=start_at, at=timezone.now(), by=by)
    except DomainError as error:
        messages.error(request, f"Not booked: {error}")
        return redirect(entry)
    text = f"{visit.customer} booked: {said_times(visit)} with {visit.staff}. They wait no longer."
    messages.success(request, text)
    return redirect(visit)


@require_POST
@requires(*MAY_BOOK)
def take_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take off the list and lead back to where that was asked; the message has an Undo."""

    def verb() -> WaitingEntry:
        return leave(pk, by=Actor.signed_in(request))

    undo = f"undo:{reverse('scheduling:waiting_come_back', args=[pk])}"
    return _at_once(request, found(request, pk), verb, "is off the waiting list.", undo)


@require_POST
@requires(*MAY_BOOK)
def put_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb() -> WaitingEntry:
        return come_back(pk, at=timezone.now(), by=Actor.signed_in(request))

    return _at_once(request, found(request, pk), verb, "is on the waiting list again.")


def _at_once(
    request: HttpRequest,
    entry: WaitingEntry,
    verb: Callable[[], WaitingEntry],
    text: str,
    tags: str = "",
) -> HttpResponse:
    try:
        verb()
    except DomainError as error:
        if request.headers.get("X-Requested-With") == "fetch":  # an Undo, told in its message
            return problem(error)
        messages.error(request, str(error))
    else:
        messages.success(request, f"{entry.customer} {text}", extra_tags=tags)
    return redirect(_back(request) or entry)


def _back(request: HttpRequest) -> str:
    """Return the page of the hub that a form names to lead back to."""
    asked = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure())
    return asked if is_here else ""
