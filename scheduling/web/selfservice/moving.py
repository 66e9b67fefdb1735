"""Where a customer gives an appointment another time, behind the link in a mail."""

from datetime import date, datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hub.errors import DomainError
from scheduling.linking import open_link
from scheduling.selfservice.allowing import standing_of
from scheduling.selfservice.moving import move_by_link, wish_of
from scheduling.web.selfservice.choosing import (
    StartField,
    asked_day,
    nearest_to,
    times_of,
    value_of,
)
from scheduling.web.selfservice.door import Visit, by_link, told
from scheduling.web.selfservice.visits import SeenForm, frame


class MoveForm(SeenForm):
    start = StartField()


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def move(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Offer free times, and move to the one that was chosen."""
    if not standing_of(visit.appointment, at=visit.at).may_move:
        return redirect("scheduling:visit", token=visit.token)
    if request.method != "POST":
        now_on = visit.appointment.start_at.astimezone(visit.appointment.time_zone).date()
        return _offer(request, visit, day=asked_day(request.GET.get("date", "")) or now_on)
    form = MoveForm(request.POST)
    if not form.is_valid():
        refusal = " ".join(map(str, form["start"].errors)) or "Choose a time."
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _offer(request, visit, day=_day_of(request), refusal=refusal, status=status)
    start_at = form.cleaned_data["start"]
    try:
        move_by_link(
            visit.appointment.pk,
            start_at=start_at,
            schedule_version=form.cleaned_data["schedule_version"],
            at=visit.at,
            by=visit.by,
        )
    except DomainError as error:
        return _refused(request, visit, start_at, error)
    return redirect(f"{reverse('scheduling:visit', args=[visit.token])}?done=moved")


def _refused(
    request: HttpRequest, visit: Visit, start_at: datetime, error: DomainError
) -> HttpResponse:
    """Offer other times, of the appointment as it is by now."""
    visit = Visit(open_link(visit.token, at=visit.at), visit.token, visit.at)
    status = HTTPStatus.CONFLICT
    day = _day_of(request)
    return _offer(request, visit, day=day, refusal=str(error), wanted=start_at, status=status)


def _day_of(request: HttpRequest) -> date | None:
    return asked_day(request.POST.get("date", ""))


def _offer(
    request: HttpRequest,
    visit: Visit,
    *,
    day: date | None,
    refusal: str = "",
    wanted: datetime | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    wish = wish_of(visit.appointment, at=visit.at)
    here = reverse("scheduling:visit_move", args=[visit.token])
    context = {**frame(visit), "refusal": refusal, "wish": wish}
    if wish is not None:
        chosen = value_of(wanted) if wanted else ""
        context |= times_of(
            wish, day=day, chosen=chosen, link=lambda to: f"{here}?date={to}", at=visit.at
        )
        context["nearest"] = nearest_to(wish, wanted, at=visit.at)
    return told(request, "move", context, status)
