"""API keys: made here, shown once, revoked here."""

from datetime import UTC, datetime, time
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from hub.models import ApiKey
from hub.rest.keys import NewKey, create_key, revoke_key
from hub.web.forms import KeyForm, show_error
from hub.web.wording import CAPABILITIES


@require_safe
@requires(Capability.MANAGE_PEOPLE)
def keys(request: HttpRequest) -> HttpResponse:
    known = ApiKey.objects.order_by("-created_at", "-pk")
    shown = [(key, [CAPABILITIES.get(scope, scope) for scope in key.scopes]) for key in known]
    return render(request, "hub/keys.html", {"keys": shown, "now": timezone.now()})


@require_http_methods(["GET", "POST"])
@requires(Capability.MANAGE_PEOPLE)
def new_key(request: HttpRequest) -> HttpResponse:
    """Show the new key in the answer to the POST itself: it is stored nowhere to redirect to."""
    form = KeyForm(request.POST or None)
    if form.is_valid():
        try:
            made = _create(form, Actor.signed_in(request))
        except DomainError as error:
            show_error(form, error)
        else:
            return render(request, "hub/key_made.html", {"made": made})
    status = 422 if form.is_bound else 200
    return render(request, "hub/key_new.html", {"form": form}, status=status)


@require_POST
@requires(Capability.MANAGE_PEOPLE)
def end_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        key = revoke_key(pk, at=timezone.now(), by=Actor.signed_in(request))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The key of {key} works no more.")
    return redirect("keys")


def _create(form: forms.Form, by: Actor) -> NewKey:
    day = form.cleaned_data["expires_on"]
    return create_key(
        form.cleaned_data["name"],
        scopes=[Capability(scope) for scope in form.cleaned_data["scopes"]],
        expires_at=datetime.combine(day, time.max, UTC) if day else None,
        at=timezone.now(),
        by=by,
    )
