"""Idempotency-Key: a POST that is repeated has its effect once and is answered alike.

The answer is stored in the transaction of the effect, so there is either both or neither. A
request under way holds an advisory lock on its key, which tells a twin at once instead of
letting it wait.
"""

import hashlib
from collections.abc import Callable
from http import HTTPStatus

from django.db import transaction
from django.http import HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from hub import locks
from hub.actors import Actor
from hub.models import StoredAnswer
from hub.rest.problems import ParameterError
from hub.rest.rendering import canonical, dump

HEADER = "Idempotency-Key"
MAX_LENGTH = 255
KEPT_HEADERS = ("ETag", "Location")


class KeyReused(APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was sent with another request. Take a new one."


class StillRunning(APIException):
    status_code = HTTPStatus.CONFLICT
    default_code = "still_running"
    default_detail = "The first request with this Idempotency-Key is still under way."
    wait = 1


def answer_once(request: Request, *, by: Actor, handler: Callable[[], Response]) -> HttpResponse:
    """Run ``handler`` unless its answer to this key is known.

    :raises KeyReused: the key came with another path or body before.
    :raises StillRunning: a twin of this request has not ended yet.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return handler()
    principal, digest = f"{by.kind}:{by.id}", _digest(request)
    _require_sound(key)
    with transaction.atomic():
        if not locks.try_exclusively(f"idempotency:{principal}:{key}"):
            raise StillRunning
        stored = StoredAnswer.objects.filter(principal=principal, key=key).first()
        if stored is not None:
            return _replay(stored, digest)
        response = handler()
        if response.status_code < HTTPStatus.BAD_REQUEST:
            _store(response, principal=principal, key=key, digest=digest)
        return response


def _require_sound(key: str) -> None:
    if not (1 <= len(key) <= MAX_LENGTH and key.isascii() and key.isprintable()):
        raise ParameterError({HEADER: f"1 to {MAX_LENGTH} printable ASCII characters."})


def _digest(request: Request) -> str:
    asked = request._request  # noqa: SLF001
    content = b"\n".join([asked.get_full_path().encode(), canonical(asked.body)])
    return hashlib.sha256(content).hexdigest()


def _replay(stored: StoredAnswer, digest: str) -> HttpResponse:
    if stored.request_sha256 != digest:
        raise KeyReused
    headers = {**stored.headers, "Idempotent-Replayed": "true"}
    return HttpResponse(
        stored.body, status=stored.status, headers=headers, content_type="application/json"
    )


def _store(response: Response, *, principal: str, key: str, digest: str) -> None:
    StoredAnswer.objects.create(
        principal=principal,
        key=key,
        request_sha256=digest,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response},
        body="" if response.data is None else dump(_kept(response)).decode(),
    )


def _kept(response: Response) -> object:
    """Return the answer without what is shown once: a repeat has null there."""
    once: tuple[str, ...] = getattr(response, "shown_once", ())
    return {**response.data, **dict.fromkeys(once)} if once else response.data
