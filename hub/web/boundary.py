"""The outer edge of every page: turns failures that people can act on into answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class BoundaryMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
