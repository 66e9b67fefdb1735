"""Let an appointment change places with another one, chosen from a list."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.limits import LIMITS
from scheduling.models import Appointment
from scheduling.swapping import swap_appointments, swappable_with
from scheduling.web.answers import done, refused
from scheduling.web.appointments import MAY_BOOK, found
from scheduling.web.forms import SwapForm, take_refusal
from scheduling.web.wording import said_times

MOST_LISTED = 40


class ChosenForm(forms.Form):
    other = forms.UUIDField()


class VersionsForm(forms.Form):
    """The versions that a swap has left behind."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    other_version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def swap(request: HttpRequest, pk: UUID) -> HttpResponse:
    appointment = found(request, pk)
    choices = _choices(request, appointment)
    initial = {"version": appointment.version}
    form = SwapForm(request.POST or None, choices=choices, initial=initial)
    refusal: DomainError | None = None
    if form.is_valid():
        try:
            return _swapped(request, appointment, form)
        except DomainError as error:
            take_refusal(form, error)
            refusal = error
    context = {
        "appointment": appointment,
        "form": form,
        "choices": choices,
        "asks_reason": access.of(request).can(Capability.OVERRIDE_BOOKING_LIMITS)
        and (form.data.get("override_reason") or isinstance(refusal, LIMITS)),
        "action": reverse("scheduling:swap", args=[pk]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "scheduling/swap.html", context, status=status)


@require_POST
@requires(*MAY_BOOK)
def swap_back(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Take a swap back, which is to swap the same two once more, as they were left by it."""
    seen = VersionsForm(request.GET)
    versions = seen.cleaned_data if seen.is_valid() else {"version": 0, "other_version": 0}
    appointment = found(request, pk)
    found(request, other)
    try:
        one, _ = swap_appointments(
            pk,
            other,
            expected_version=versions["version"],
            other_version=versions["other_version"],
            at=timezone.now(),
            by=Actor.signed_in(request),
        )
    except DomainError as error:
        return refused(request, appointment, error)
    return done(request, one, f"Swapped back: {said_times(one)}.")


def _swapped(request: HttpRequest, appointment: Appointment, form: SwapForm) -> HttpResponse:
    values = form.cleaned_data
    one, other = swap_appointments(
        appointment.pk,
        UUID(values["other"]),
        expected_version=values["version"],
        override_reason=values["override_reason"],
        at=timezone.now(),
        by=Actor.signed_in(request),
    )
    text = (
        f"Swapped: {one.customer} {said_times(one)} with {one.staff},"
        f" {other.customer} {said_times(other)} with {other.staff}."
    )
    undo = reverse("scheduling:swap_back", args=[one.pk, other.pk])
    seen = urlencode({"version": one.version, "other_version": other.version})
    return done(request, one, text, undo=f"{undo}?{seen}")


def _choices(request: HttpRequest, appointment: Appointment) -> list[tuple[str, str]]:
    """Return the nearest ones, and the one that was chosen, if it can still be."""
    others = _others(request, appointment)
    listed = list(others[:MOST_LISTED])
    chosen = ChosenForm(request.POST)
    if chosen.is_valid() and chosen.cleaned_data["other"] not in {one.pk for one in listed}:
        listed += others.filter(pk=chosen.cleaned_data["other"])
    return [(str(one.pk), _described(one)) for one in listed]


def _others(request: HttpRequest, appointment: Appointment) -> QuerySet[Appointment]:
    held = access.of(request)
    seen = Appointment.objects.visible_to(held)
    if not held.can(Capability.BOOK_APPOINTMENT):
        seen = seen.filter(staff__user=held.user_id)
    others = swappable_with(appointment, seen, at=timezone.now())
    return others.select_related("customer", "staff")


def _described(one: Appointment) -> str:
    return f"{said_times(one)} · {one.customer} · {one.service_name} with {one.staff}"
