"""What of the public booking page is open, and the answer where it is not."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from scheduling.models import Location
from scheduling.selfservice.opening import OpenService, open_places, open_service
from scheduling.selfservice.taking import PageClosed
from scheduling.web.selfservice.door import rationed, told

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


def where_open(view: Page[P]) -> Page[P]:
    """Answer what was switched off, or never was, with one page that says how to reach us."""

    @wraps(view)
    def opened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (Http404, PageClosed):
            reachable = Location.objects.filter(is_active=True).exclude(phone="", email="")
            context = {"places": reachable.order_by("name", "pk")}
            return told(request, "online_closed", context, HTTPStatus.NOT_FOUND)

    return rationed(opened)


def place_at(slug: str) -> Location:
    """:raises Http404: no such booking page, or it is switched off."""
    place = open_places().filter(booking_slug=slug).first()
    if place is None:
        raise Http404
    return place


def opened_at(slug: str, service_id: UUID) -> OpenService:
    """:raises Http404: it cannot be booked there, or not online."""
    opened = open_service(place_at(slug), service_id)
    if opened is None:
        raise Http404
    return opened
