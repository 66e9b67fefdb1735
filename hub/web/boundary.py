"""The outer edge of every page: failures that people can act on become answers, with headers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from hub.rest.problems import problem_of
from hub.web import errors, first_run
from hub.web.business import on_its_clock

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class BoundaryMiddleware:
    """Sends everybody to the first-run page until there is somebody who can sign in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase | None = first_run.detour(request)
        if response is None:
            with on_its_clock(request):
                response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        problem = problem_of(error)
        return None if problem is None else errors.answer(request, problem)
