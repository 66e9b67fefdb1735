"""ETag and If-Match: nobody overwrites what they have not seen."""

import hashlib
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from hub.rest.problems import PreconditionFailed, PreconditionRequired
from hub.rest.rendering import dump


def etag(record: Any, data: object) -> str:
    """Name this version of ``record`` and this way of showing it.

    The first part follows the version, which is what a change is compared with; the second one
    the content, so that a 304 is right even when something shown along with it has changed.
    """
    return f'"{_stem(record)}{hashlib.sha256(dump(data)).hexdigest()[:12]}"'


def is_fresh(request: Request, tag: str) -> bool:
    """Say whether the client holds exactly this already (weak comparison, RFC 9110 §13.1.2)."""
    sent = request.headers.get("If-None-Match", "")
    return sent.strip() == "*" or tag in {item.removeprefix("W/") for item in _items(sent)}


def require_match(request: Request | HttpRequest, record: Any) -> None:
    """Go on when ``If-Match`` names the present version of ``record``.

    :raises PreconditionRequired: there is no such header, or one that matches anything.
    :raises PreconditionFailed: it names another version.
    """
    sent = request.headers.get("If-Match", "").strip()
    if not sent or sent == "*":
        raise PreconditionRequired
    stem = f'"{_stem(record)}'
    if not any(item.startswith(stem) for item in _items(sent)):
        raise PreconditionFailed


def _stem(record: Any) -> str:
    return f"{record.version}-{hashlib.sha256(record.pk.bytes).hexdigest()[:12]}-"


def _items(header: str) -> list[str]:
    return [item.strip() for item in header.split(",")]
