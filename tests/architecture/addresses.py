"""Every page and every API action, read from the URLconf itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from hub.access import Capability

# Guarded by themselves: the sign-in library's pages and the support admin.
FOREIGN = ("/accounts/", "/admin/")


@dataclass(frozen=True)
class Page:
    route: str
    view: Any

    def __str__(self) -> str:
        return self.route

    @property
    def capabilities(self) -> frozenset[Capability]:
        return getattr(self.view, "capabilities", frozenset())

    @property
    def is_public(self) -> bool:
        return bool(getattr(self.view, "is_public", False))

    @property
    def is_for_everybody(self) -> bool:
        return bool(getattr(self.view, "is_for_everybody", False))


@dataclass(frozen=True)
class ApiAction:
    route: str
    method: str
    name: str
    viewset: Any

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.route}"


@cache
def pages() -> tuple[Page, ...]:
    return tuple(
        Page(route, view)
        for route, view in _routes()
        if not hasattr(view, "actions") and not route.startswith(FOREIGN)
    )


@cache
def api_actions() -> tuple[ApiAction, ...]:
    return tuple(
        ApiAction(route, method, name, view.cls)
        for route, view in _routes()
        if hasattr(view, "actions")
        for method, name in view.actions.items()
        if method != "head"  # the framework adds it at the first request
    )


def _routes() -> Iterator[tuple[str, Any]]:
    yield from _walk(get_resolver("hub.urls").url_patterns, "/")


def _walk(patterns: list[Any], start: str) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = start + _clean(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _clean(regex: str) -> str:
    """Write the router's expressions as paths are written elsewhere."""
    named = re.sub(r"\(\?P<(\w+)>\[\^/\.\]\+\)", r"<\1>", regex)
    return named.removeprefix("^").removesuffix(r"\Z").rstrip("$")
