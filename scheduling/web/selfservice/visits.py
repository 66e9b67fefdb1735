"""What customers see and do behind the link in their mails. Looking changes nothing."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from hub.errors import DomainError
from scheduling.event_files import published_file
from scheduling.linking import open_link
from scheduling.local_times import offset_name
from scheduling.selfservice.allowing import standing_of
from scheduling.selfservice.confirming import confirm_visit
from scheduling.selfservice.withdrawing import withdraw
from scheduling.texts import REASON_LENGTH
from scheduling.web.forms import take_refusal
from scheduling.web.selfservice.door import Visit, by_link, told
from scheduling.web.wording import elsewhere

LARGEST_VERSION = 2**31 - 1


class SeenForm(forms.Form):
    """What the page showed when the customer decided."""

    schedule_version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=1, max_value=LARGEST_VERSION
    )


class WithdrawForm(SeenForm):
    seen_fee = forms.DecimalField(
        widget=forms.HiddenInput, min_value=0, max_digits=15, decimal_places=4
    )
    reason = forms.CharField(
        label="Why?",
        required=False,
        max_length=REASON_LENGTH,
        help_text="You need not say.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_safe
@by_link
def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    return _page(request, visit, done=request.GET.get("done", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def confirm(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Note that the customer comes; whoever only looks is shown the appointment."""
    if request.method != "POST":
        return _to_page(visit)
    form = SeenForm(request.POST)
    if not form.is_valid():
        return _to_page(visit)
    seen = form.cleaned_data["schedule_version"]
    try:
        confirm_visit(visit.appointment.pk, schedule_version=seen, at=visit.at, by=visit.by)
    except DomainError as error:
        return _page(request, visit, refusal=str(error), status=HTTPStatus.CONFLICT)
    return _to_page(visit, "confirmed")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def cancel(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what canceling costs now, and cancel once somebody has read it."""
    standing = standing_of(visit.appointment, at=visit.at)
    seen = {"schedule_version": visit.appointment.schedule_version, "seen_fee": standing.fee}
    if request.method != "POST":
        form = WithdrawForm(initial=seen)
        return _ask(request, visit, form) if standing.may_cancel else _to_page(visit)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return _ask(request, visit, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        withdraw(visit.appointment.pk, **form.cleaned_data, at=visit.at, by=visit.by)
    except DomainError as error:
        if not standing.may_cancel:
            return _page(request, visit, refusal=str(error), status=HTTPStatus.CONFLICT)
        again = WithdrawForm({**seen, "reason": form.cleaned_data["reason"]})
        again.is_valid()
        take_refusal(again, error)
        return _ask(request, visit, again, HTTPStatus.CONFLICT)
    return _to_page(visit, "canceled")


@require_safe
@by_link
def send_file(request: HttpRequest, visit: Visit) -> HttpResponse:  # noqa: ARG001
    """Answer the entry for a calendar, to keep or to subscribe to."""
    return HttpResponse(
        published_file(visit.appointment, stamped_at=visit.at),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="appointment.ics"'},
    )


def frame(visit: Visit) -> dict[str, Any]:
    """What all pages of an appointment show of it."""
    appointment = visit.appointment
    zone = appointment.time_zone
    start = appointment.start_at.astimezone(zone)
    own = appointment.customer.time_zone
    return {
        "appointment": appointment,
        "token": visit.token,
        "zone": zone,
        "zone_words": f"{zone}, {offset_name(start)}",
        "own_time": elsewhere(appointment.start_at, zone, own) if own else "",
        "standing": standing_of(appointment, at=visit.at),
        "places": [appointment.location],
        "ends_another_day": appointment.end_at.astimezone(zone).date() != start.date(),
    }


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    done: str = "",
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    if refusal:  # it is about what stands there by now
        visit = Visit(open_link(visit.token, at=visit.at), visit.token, visit.at)
    file = settings.PUBLIC_URL + reverse("scheduling:visit_file", args=[visit.token])
    context = {
        **frame(visit),
        "done": done,
        "refusal": refusal,
        "subscribe_url": f"webcal://{file.partition('://')[2]}",
    }
    return told(request, "visit", context, status)


def _ask(
    request: HttpRequest, visit: Visit, form: WithdrawForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    return told(request, "cancel", {**frame(visit), "form": form}, status)


def _to_page(visit: Visit, done: str = "") -> HttpResponse:
    address = reverse("scheduling:visit", args=[visit.token])
    return redirect(f"{address}?done={done}" if done else address)
