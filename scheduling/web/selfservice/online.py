"""The public booking page of a location: what, with whom, when, and who books."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from hub.actors import Actor
from hub.errors import DomainError
from hub.rationing import Ration, spend
from hub.visitors import visitor_of
from scheduling import search
from scheduling.local_times import offset_name
from scheduling.models import OnlineBooking
from scheduling.search import Wish
from scheduling.selfservice.opening import OpenService, open_places, open_services
from scheduling.selfservice.taking import Application, PageClosed, book_online, contacts_of
from scheduling.selfservice.times import NotOffered
from scheduling.web.forms import take_refusal
from scheduling.web.selfservice.choosing import asked_day, nearest_to, times_of, value_of
from scheduling.web.selfservice.door import told
from scheduling.web.selfservice.online_door import opened_at, place_at, where_open
from scheduling.web.selfservice.online_forms import BookForm, asked_staff, asked_start
from scheduling.web.selfservice.online_keeping import choose_again

BY_VISITOR = Ration("online bookings by a visitor", 20, timedelta(hours=1))
BY_CONTACT = Ration("online bookings by a contact", 10, timedelta(hours=1))
SHOWN_FOR = timedelta(hours=24)


@require_safe
@where_open
def places(request: HttpRequest) -> HttpResponse:
    """Let people choose a location, where there are several."""
    listed = list(open_places())
    if not listed:
        raise Http404
    if len(listed) == 1:
        return redirect("scheduling:online_place", slug=listed[0].booking_slug)
    return told(request, "online_places", {"listed": listed})


@require_safe
@where_open
def services(request: HttpRequest, slug: str) -> HttpResponse:
    place = place_at(slug)
    context = {"place": place, "listed": open_services(place), "places": [place]}
    return told(request, "online_services", context)


@require_safe
@where_open
def times(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    """Offer the times of a day, with anybody or with one person."""
    at, opened = timezone.now(), opened_at(slug, service)
    choose_again(request)
    staff_id = asked_staff(opened, request.GET.get("staff", ""))
    wish = _wish(opened, staff_id, at=at)
    here, chosen = request.path, _query(staff=staff_id)
    context = {
        **_frame(opened, at=at),
        "staff_id": str(staff_id or ""),
        "next_url": f"{reverse('scheduling:online_you', args=[slug, service])}?{chosen}",
        **times_of(
            wish,
            day=asked_day(request.GET.get("date", "")),
            chosen="",
            link=lambda to: f"{here}?{_query(staff=staff_id, date=to)}",
            at=at,
        ),
    }
    return told(request, "online_times", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@where_open
def you(request: HttpRequest, slug: str, service: UUID) -> HttpResponse:
    """Ask who books, and book."""
    at, opened = timezone.now(), opened_at(slug, service)
    if request.method != "POST":
        start_at = asked_start(request.GET.get("start", ""))
        if start_at is None:
            return redirect("scheduling:online_times", slug=slug, service=service)
        staff_id = asked_staff(opened, request.GET.get("staff", ""))
        initial = {"key": uuid4(), "start": value_of(start_at), "staff": staff_id or ""}
        return _ask(request, opened, BookForm(initial=initial, opened=opened), start_at, at=at)
    spend(BY_VISITOR, visitor_of(request), at=at)
    form = BookForm(request.POST, opened=opened)
    if form.is_valid():
        try:
            made = _book(opened, form.cleaned_data, at=at)
        except NotOffered as refusal:
            start_at = form.cleaned_data["start"]
            return _ask(request, opened, form, start_at, at=at, refusal=str(refusal))
        except PageClosed:
            raise
        except DomainError as error:
            take_refusal(form, error)
        else:
            return redirect("scheduling:online_booked", slug=slug, key=made.key)
    start_at = form.cleaned_data.get("start")
    return _ask(request, opened, form, start_at, at=at, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_safe
@where_open
def booked(request: HttpRequest, slug: str, key: UUID) -> HttpResponse:
    """Say what was booked, and of whom nothing: a customer may be known, and is not told here."""
    made = OnlineBooking.objects.select_related(
        "appointment__location", "appointment__staff"
    ).filter(key=key, created_at__gt=timezone.now() - SHOWN_FOR)
    found = made.filter(appointment__location__booking_slug=slug).first()
    if found is None:
        raise Http404
    appointment = found.appointment
    start = appointment.start_at.astimezone(appointment.time_zone)
    context = {
        "appointment": appointment,
        "zone": appointment.time_zone,
        "zone_words": f"{appointment.time_zone}, {offset_name(start)}",
        "places": [appointment.location],
    }
    return told(request, "online_booked", context)


def _book(opened: OpenService, values: dict[str, Any], *, at: datetime) -> OnlineBooking:
    region = opened.place.country
    for contact in contacts_of(values["email"], values["phone"], region=region):
        spend(BY_CONTACT, contact, at=at)
    wanted = Application(
        key=values["key"],
        place_id=opened.place.pk,
        service_id=opened.service.pk,
        start_at=values["start"],
        staff_id=values["staff"],
        given_name=values["given_name"],
        family_name=values["family_name"],
        email=values["email"],
        phone=values["phone"],
    )
    return book_online(wanted, at=at, by=Actor.visitor())


def _ask(  # noqa: PLR0913
    request: HttpRequest,
    opened: OpenService,
    form: BookForm,
    start_at: datetime | None,
    *,
    at: datetime,
    refusal: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    staff_id = asked_staff(opened, str(form["staff"].value() or ""))
    context = {
        **_frame(opened, at=start_at or at),
        "form": form,
        "refusal": refusal,
        "start_at": start_at,
        "person": next((one for one in opened.people if one.pk == staff_id), None),
        "back_url": _back(opened, staff_id, start_at),
        "fee_until": _free_until(opened, start_at),
    }
    if refusal:
        context["nearest"] = nearest_to(_wish(opened, staff_id, at=at), start_at, at=at)
        status = HTTPStatus.CONFLICT
    return told(request, "online_you", context, status)


def _frame(opened: OpenService, *, at: datetime) -> dict[str, Any]:
    zone = opened.place.time_zone
    return {
        "place": opened.place,
        "service": opened.service,
        "rules": opened.rules,
        "people": opened.people,
        "zone": zone,
        "zone_words": f"{zone}, {offset_name(at.astimezone(zone))}",
        "places": [opened.place],
    }


def _free_until(opened: OpenService, start_at: datetime | None) -> datetime | None:
    if start_at is None or not opened.rules.late_fee:
        return None
    return start_at - timedelta(minutes=opened.rules.cancellation_window_minutes)


def _back(opened: OpenService, staff_id: UUID | None, start_at: datetime | None) -> str:
    address = reverse(
        "scheduling:online_times", args=[opened.place.booking_slug, opened.service.pk]
    )
    day = start_at.astimezone(opened.place.time_zone).date() if start_at else None
    return f"{address}?{_query(staff=staff_id, date=day)}"


def _wish(opened: OpenService, staff_id: UUID | None, *, at: datetime) -> Wish:
    wish = search.wish_for(
        opened.service.pk, location_id=opened.place.pk, staff_id=staff_id, at=at
    )
    if wish is None:
        raise Http404
    return wish


def _query(**values: object) -> str:
    return urlencode({name: str(value) for name, value in values.items() if value})
