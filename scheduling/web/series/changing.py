"""Change, pause, resume and end a series."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hub import access
from hub.access import Capability, requires
from hub.actors import Actor
from hub.errors import DomainError
from scheduling.models import CanceledBy, Series
from scheduling.reach import bookable_staff
from scheduling.repeating.ending import end_series, pause_series, resume_series
from scheduling.repeating.following import Following, change_following
from scheduling.web.appointments import MAY_BOOK
from scheduling.web.forms import take_refusal
from scheduling.web.series.forms import (
    AFTER,
    NEVER,
    ON,
    EndForm,
    FollowingForm,
    FromDateForm,
    ResumeForm,
)
from scheduling.web.series.looking import found

Verb = Callable[[], Series]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the visit of the date ``from``, and all that follow."""
    series, at = found(request, pk), timezone.now()
    day = _day(request)
    people = bookable_staff(access.of(request), series.location)
    form = FollowingForm(
        request.POST or None, zone=series.time_zone, people=people, initial=_initial(series, day)
    )
    refused: Any = ()
    if request.method == "POST" and form.is_valid():
        try:
            return _change(request, series, form, day, at=at)
        except DomainError as error:
            take_refusal(form, error)
            refused = _refused(error)
    context = {
        "series": series,
        "day": day,
        "form": form,
        "refused": refused,
        "left_out": form.left_out() if form.is_bound and hasattr(form, "cleaned_data") else set(),
        "may_override": access.of(request).can(Capability.OVERRIDE_BOOKING_LIMITS),
        "action": request.get_full_path(),
    }
    status = 422 if form.errors else 200
    return render(request, "scheduling/series/change.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    series = found(request, pk)
    form = EndForm(request.POST or None, initial=_today(series))

    def verb() -> Series:
        wanted_by = CanceledBy(form.cleaned_data["canceled_by"])
        return end_series(pk, wanted_by=wanted_by, **_given(form, request))

    return _asked(request, series, form, verb, "scheduling/series/end.html", "Ended.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    series = found(request, pk)
    form = FromDateForm(request.POST or None, initial=_today(series))

    def verb() -> Series:
        return pause_series(pk, **_given(form, request))

    return _asked(request, series, form, verb, "scheduling/series/pause.html", "Paused.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(*MAY_BOOK)
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    series = found(request, pk)
    form = ResumeForm(request.POST or None, initial=_today(series))

    def verb() -> Series:
        return resume_series(
            pk,
            from_date=form.cleaned_data["from_date"],
            expected_version=form.cleaned_data["version"],
            at=timezone.now(),
            by=Actor.signed_in(request),
        )

    return _asked(request, series, form, verb, "scheduling/series/resume.html", "Resumed.")


def _given(form: FromDateForm, request: HttpRequest) -> dict[str, Any]:
    return {
        "from_date": form.cleaned_data["from_date"],
        "reason": form.cleaned_data["reason"],
        "expected_version": form.cleaned_data["version"],
        "at": timezone.now(),
        "by": Actor.signed_in(request),
    }


def _asked(
    request: HttpRequest, series: Series, form: forms.Form, verb: Verb, template: str, text: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            changed = verb()
        except DomainError as error:
            take_refusal(form, error)
        else:
            messages.success(request, f"{changed.code}: {text}")
            return redirect(changed)
    context = {"series": series, "form": form, "action": request.path}
    return render(request, template, context, status=422 if form.errors else 200)


def _change(
    request: HttpRequest, series: Series, form: FollowingForm, day: date, *, at: datetime
) -> HttpResponse:
    values = form.cleaned_data
    local = values["start_at"].astimezone(series.time_zone)
    new = change_following(
        series.pk,
        Following(
            start_time=local.time().replace(fold=0),
            staff_id=UUID(values["staff"]),
            rule=form.changed_rule(series.rule, passed=_passed(series, day) - 1),
        ),
        from_date=day,
        leave_out=form.left_out(),
        override_reason=values["override_reason"],
        expected_version=values["version"],
        at=at,
        by=Actor.signed_in(request),
    )
    messages.success(request, f"Changed: {new.rule.in_words}.")
    return redirect(new)


def _day(request: HttpRequest) -> date:
    """:raises Http404: the address names no day."""
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        raise Http404 from None


def _initial(series: Series, day: date) -> dict[str, Any]:
    """:raises Http404: ``day`` is no date of the series."""
    if day not in series.dates(last=day):
        raise Http404
    rule = series.rule
    ends = AFTER if rule.count else ON if rule.until else NEVER
    return {
        "date": day,
        "time": f"{series.start_time:%H:%M}",
        "staff": str(series.staff_id),
        "interval": rule.interval,
        "unit": rule.unit,
        "weekdays": list(rule.weekdays) or [day.weekday()],
        "monthly": rule.monthly,
        "ends": ends,
        "count": rule.count - _passed(series, day) + 1 if rule.count else None,
        "until": rule.until,
        "version": series.version,
    }


def _passed(series: Series, day: date) -> int:
    """Count the dates of its rule up to ``day``, which is one of them."""
    return sum(1 for _ in series.rule.dates(last=day))


def _today(series: Series) -> dict[str, Any]:
    today = timezone.now().astimezone(series.time_zone).date()
    return {"from_date": today + timedelta(days=1), "version": series.version}


def _refused(error: DomainError) -> list[dict[str, Any]]:
    listed = error.details.get("visits")
    if not isinstance(listed, list):
        return []
    return [one | {"day": date.fromisoformat(one["date"])} for one in listed]
