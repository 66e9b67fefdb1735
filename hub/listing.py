"""What pages of all apps share: a part of one that is asked for alone, where a list begins."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def render_part(
    request: HttpRequest, context: Mapping[str, Any], *, page: str, part: str
) -> HttpResponse:
    """Answer ``page``, or only its ``part`` where the page itself asks for that.

    Going back in the browser asks for a whole page again; caches keep the two apart.
    """
    headers = request.headers
    is_part = "HX-Request" in headers and "HX-History-Restore-Request" not in headers
    response = render(request, part if is_part else page, dict(context))
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def id_in(request: HttpRequest, name: str) -> UUID | None:
    """Return the id that stands under ``name`` in the address; None when there is no such id."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
