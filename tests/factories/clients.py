"""API clients as tests use them: one with a key, one with a signed-in person's browser."""

from typing import Any

import orjson
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from hub.access import KEY_SCOPES, Capability
from hub.accounts.models import User
from hub.rest.keys import create_key
from tests.factories.people import PASSWORD, SETUP


class ApiClient:
    """Sends JSON; ``key`` is an Idempotency-Key, ``etag`` what the caller has seen."""

    def __init__(self, headers: dict[str, str], browser: Client | None = None) -> None:
        self.headers = headers
        self.browser = browser or Client()

    @classmethod
    def as_person(cls, user: User) -> "ApiClient":
        return cls({}, signed_in(user))

    def get(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.browser.get(path, query, headers=self.headers | (headers or {}))

    def post(self, path: str, body: Any = None, *, key: str = "", etag: str = "") -> Any:
        return self._send("post", path, body, key=key, etag=etag)

    def patch(self, path: str, body: Any, *, etag: str = "") -> Any:
        return self._send("patch", path, body, key="", etag=etag)

    def delete(self, path: str, *, etag: str = "") -> Any:
        return self._send("delete", path, None, key="", etag=etag)

    def _send(self, method: str, path: str, body: Any, *, key: str, etag: str) -> HttpResponse:
        headers = {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": etag} if etag else {}
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        send = getattr(self.browser, method)
        answer: HttpResponse = send(
            path, data, content_type="application/json", headers=self.headers | headers
        )
        return answer


def api_key(*capabilities: Capability) -> ApiClient:
    """Return a client with a fresh key; without ``capabilities`` it may do all a key can."""
    made = create_key("Test tool", scopes=capabilities or KEY_SCOPES, at=timezone.now(), by=SETUP)
    return ApiClient({"Authorization": f"Bearer {made.token}"})


def signed_in(user: User) -> Client:
    """Return a browser in which ``user`` has signed in, as the sign-in page would do it."""
    browser = Client()
    assert browser.login(email=user.email, password=PASSWORD)
    return browser
