"""What is done to an appointment besides moving it: cancel, complete, reopen, annotate."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError, StaleVersion
from scheduling.approving import accept_request, decline_request
from scheduling.attendance import complete_appointment, mark_no_show, reopen_appointment
from scheduling.booking import annotate_appointment
from scheduling.canceling import cancel_appointment, confirm_cancellation, undo_cancellation
from scheduling.models import Appointment, CanceledBy
from scheduling.web.answers import done, refused
from scheduling.web.appointments import MAY_BOOK, found, page
from scheduling.web.forms import CancelForm, NotesForm, ReasonForm, take_refusal

Verb = Callable[[], Appointment]
NOTES = ("notes", "customer_notes", "tags", "color")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    form = _reason_form(request, appointment, CancelForm)

    def verb() -> Appointment:
        return cancel_appointment(
            pk,
            reason=form.cleaned_data["reason"],
            wanted_by=CanceledBy(form.cleaned_data["canceled_by"] or CanceledBy.BUSINESS),
            expected_version=form.cleaned_data["version"],
            at=timezone.now(),
            by=Actor.signed_in(request),
        )

    return _with_reason(request, appointment, form, verb, "scheduling/cancel.html", "Canceled.")


@require_POST
@requires(*MAY_BOOK)
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb() -> Appointment:
        return accept_request(pk, at=timezone.now(), by=Actor.signed_in(request))

    return _at_once(request, pk, verb, "Booked, and told so.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    form = _reason_form(request, appointment)

    def verb() -> Appointment:
        return decline_request(
            pk,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            by=Actor.signed_in(request),
        )

    return _with_reason(request, appointment, form, verb, "scheduling/decline.html", "Declined.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    form = _reason_form(request, appointment)

    def verb() -> Appointment:
        reason = form.cleaned_data["reason"]
        by = Actor.signed_in(request)
        return reopen_appointment(pk, reason=reason, at=timezone.now(), by=by)

    return _with_reason(request, appointment, form, verb, "scheduling/reopen.html", "Open again.")


@require_POST
@requires(*MAY_BOOK)
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb() -> Appointment:
        return complete_appointment(pk, at=timezone.now(), by=Actor.signed_in(request))

    return _at_once(request, pk, verb, "Completed.")


@require_POST
@requires(*MAY_BOOK)
def note_no_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb() -> Appointment:
        return mark_no_show(pk, at=timezone.now(), by=Actor.signed_in(request))

    return _at_once(request, pk, verb, "Noted as a no-show.")


@require_POST
@requires(*MAY_BOOK)
def undo_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb() -> Appointment:
        return undo_cancellation(pk, at=timezone.now(), by=Actor.signed_in(request))

    return _at_once(request, pk, verb, "The cancellation is undone.")


@require_POST
@requires(*MAY_BOOK)
def confirm_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    def verb() -> Appointment:
        return confirm_cancellation(pk, at=timezone.now(), by=Actor.signed_in(request))

    return _at_once(request, pk, verb, "The cancellation is final; the time is free.")


@require_POST
@requires(*MAY_BOOK)
def write_notes(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    form = NotesForm(request.POST)
    if not form.is_valid():
        return page(request, appointment, notes=form, status=422)
    try:
        changed = annotate_appointment(
            pk,
            notes=form.cleaned_data["notes"],
            customer_notes=form.cleaned_data["customer_notes"],
            tags=form.listed_tags(),
            color=form.cleaned_data["color"],
            expected_version=form.cleaned_data["version"],
            by=Actor.signed_in(request),
        )
    except StaleVersion:
        return _stale_notes(request, appointment, form)
    except DomainError as error:
        take_refusal(form, error)
        return page(request, appointment, notes=form, status=422)
    return done(request, changed, "Saved.")


def _stale_notes(request: HttpRequest, appointment: Appointment, form: NotesForm) -> HttpResponse:
    """Show both versions; what was typed stays in the form, to be saved over the newest."""
    mine = {name: form.cleaned_data[name] for name in NOTES}
    theirs = {name: getattr(appointment, name) for name in NOTES}
    theirs["tags"] = ", ".join(appointment.tags)
    newest = appointment.history.latest("history_date")
    stale = {
        "who": newest.actor_name,
        "when": newest.history_date,
        "rows": [
            {
                "label": form.fields[name].label,
                "theirs": theirs[name],
                "mine": text,
                "differs": text != theirs[name],
            }
            for name, text in mine.items()
        ],
    }
    again = NotesForm(initial=mine | {"version": appointment.version})
    return page(request, appointment, notes=again, stale=stale, status=412)


def _reason_form(
    request: HttpRequest, appointment: Appointment, kind: type[ReasonForm] = ReasonForm
) -> ReasonForm:
    if request.method == "POST":
        return kind(request.POST)
    return kind(initial={"version": appointment.version})


def _with_reason(
    request: HttpRequest,
    appointment: Appointment,
    form: forms.Form,
    verb: Verb,
    template: str,
    text: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return done(request, verb(), f"{appointment.customer}: {text}")
        except DomainError as error:
            take_refusal(form, error)
    context = {
        "appointment": appointment,
        "form": form,
        "action": request.path,
        "is_late": timezone.now() > appointment.free_until,
        "sees_price": access.of(request).can(Capability.SEE_PRICES),
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _at_once(request: HttpRequest, pk: UUID, verb: Verb, text: str) -> HttpResponse:
    appointment = found(request, pk)
    try:
        changed = verb()
    except DomainError as error:
        return refused(request, appointment, error)
    return done(request, changed, f"{changed.customer}: {text}")
