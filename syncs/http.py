"""The one way out: deadlines, size limits, the address guard, and what a status means."""

import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cache
from types import TracebackType
from typing import Self

import httpx
import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from syncs.addresses import AllowedHosts, Origin, require_callable, require_reachable
from syncs.deadlines import Deadline
from syncs.failures import (
    AuthFailed,
    CallFailed,
    Forbidden,
    Invalid,
    RateLimited,
    Refused,
    Transient,
    UnknownOutcome,
)

MAX_BODY_BYTES = 5_000_000
MAX_MESSAGE_LENGTH = 500
DEFAULT_RETRY_AFTER_SECONDS = 10.0
MAX_RETRY_AFTER_SECONDS = 3600.0
USER_AGENT = "hub/0.1"
TRANSIENT_STATUSES = frozenset({408, 423, 425})
SERVER_FAULT = 500
SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic|digest)\s+[\w.~+/=-]+"), r"\1 …"),
    (
        re.compile(
            r"(?i)((?:access_|refresh_)?token|secret|password|api[_-]?key|authorization|code)"
            r"(\"?\s*[=:]\s*\"?)[^\s\"&,;]+"
        ),
        r"\1\2…",
    ),
    (re.compile(r"(?i)(https?://)[^/\s@]+@"), r"\1…@"),
    (re.compile(r"\b[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)"), r"…@\1"),
    (re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}\b"), "…"),
)

Resolver = Callable[[str, int], list[str]]


class Effect(StrEnum):
    """What a call does, which decides what silence after it means."""

    READ = "read"
    WRITE = "write"
    CREATE = "create"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete response; ``headers`` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> object:
        """Return the parsed body.

        :raises Transient: it is not JSON, as from a proxy in between.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Transient("The answer is not JSON.", http_status=self.status) from error


class Client:
    """Calls one origin and no other; follows no redirect, sends no cookie back."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        allowed: AllowedHosts | None = None,
        resolve: Resolver | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self._allowed = allowed_hosts() if allowed is None else allowed
        self.origin = require_callable(base_url, allowed=self._allowed)
        guard = GuardedTransport(
            self._allowed,
            resolve=resolve or resolve_name,
            inner=transport or httpx.HTTPTransport(trust_env=False, verify=_tls()),
        )
        self._client = httpx.Client(
            transport=guard,
            headers={
                "User-Agent": USER_AGENT,
                "Accept-Encoding": "identity",
                **(headers or {}),
            },
            auth=auth,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        deadline: Deadline,
        effect: Effect,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """Send one request and return its answer, whatever the status.

        :raises Refused: the address may not be called, or is not of this origin.
        :raises Transient: no connection, or no answer to a call that may be repeated.
        :raises UnknownOutcome: no answer to a create that was sent.
        """
        target = require_callable(url, allowed=self._allowed)
        if target != self.origin:
            raise Refused("The address belongs to another server.", code="other_origin")
        request = self._client.build_request(
            method, url, headers=dict(headers or {}), content=content, timeout=_timeout(deadline)
        )
        self._client.cookies.clear()
        try:
            response = self._client.send(request, stream=True)
            try:
                return Answer(response.status_code, _headers(response), _body(response, deadline))
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Transient("No connection to the tool.", code=type(error).__name__) from error
        except httpx.HTTPError as error:
            raise _silence(effect, code=type(error).__name__) from error


class GuardedTransport(httpx.BaseTransport):
    """Resolves the name itself and connects to exactly the address that was checked."""

    def __init__(
        self, allowed: AllowedHosts, *, resolve: Resolver, inner: httpx.BaseTransport
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = require_callable(str(request.url), allowed=self._allowed)
        addresses = require_reachable(self._resolve(origin.host, origin.port), origin=origin)
        for address in addresses[:-1]:
            try:
                return self._inner.handle_request(_aimed(request, origin, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return self._inner.handle_request(_aimed(request, origin, addresses[-1]))

    def close(self) -> None:
        self._inner.close()


def resolve_name(host: str, port: int) -> list[str]:
    """Return the addresses of a host, v4 first.

    :raises httpx.ConnectError: the name has none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError("The host name does not resolve.") from error
    return [str(entry[4][0]) for entry in sorted(found, key=lambda entry: entry[0])]


def allowed_hosts() -> Collection[tuple[str, int]]:
    """Return the (host, port) pairs an administrator opened in the settings."""
    try:
        listed: Iterable[tuple[str, int]] = getattr(settings, "SYNCS_ALLOWED_HOSTS", ())
    except ImproperlyConfigured:
        return frozenset()
    return frozenset((host, int(port)) for host, port in listed)


def require_verdict(answer: Answer, *, effect: Effect) -> None:
    """Return when the status is one the vendor's own rules should read.

    :raises RateLimited: 429. :raises AuthFailed: 401. :raises Forbidden: 403.
    :raises Transient: the tool is busy or broken. :raises UnknownOutcome: so after a create.
    """
    status = answer.status
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimited(
            "The tool asks us to slow down.", retry_after_seconds=retry_after_seconds(answer)
        )
    if status == httpx.codes.UNAUTHORIZED:
        raise AuthFailed("The tool does not accept our credentials.", http_status=status)
    if status == httpx.codes.FORBIDDEN:
        raise Forbidden("The tool does not allow this.", http_status=status)
    if status in TRANSIENT_STATUSES or status >= SERVER_FAULT:
        raise _silence(effect, code=f"http_{status}", http_status=status)
    if httpx.codes.is_redirect(status):
        raise Invalid("The tool sent us elsewhere; check the address.", http_status=status)


def retry_after_seconds(answer: Answer) -> float:
    """Return how long to wait: seconds, or a date read against the answer's own clock."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdigit():
        return min(max(float(text), 1.0), MAX_RETRY_AFTER_SECONDS)
    try:
        until, now = (parsedate_to_datetime(d) for d in (text, answer.headers.get("date", "")))
        wait_seconds = (until - now).total_seconds()
    except (TypeError, ValueError):
        return DEFAULT_RETRY_AFTER_SECONDS
    return min(max(wait_seconds, 1.0), MAX_RETRY_AFTER_SECONDS)


def redact(text: str) -> str:
    """Return a message that may be stored and shown: one line, no secrets, no addresses."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    plain = plain[: 4 * MAX_MESSAGE_LENGTH]
    for pattern, mask in SECRETS:
        plain = pattern.sub(mask, plain)
    return plain[:MAX_MESSAGE_LENGTH]


@cache
def _tls() -> ssl.SSLContext:
    """Return the verifying context, made once: reading the certificates takes 0.2 s."""
    return httpx.create_ssl_context(trust_env=False)


def _silence(effect: Effect, *, code: str, http_status: int | None = None) -> CallFailed:
    if effect is Effect.CREATE:
        return UnknownOutcome("No verdict on a create.", code=code, http_status=http_status)
    return Transient("The tool gave no usable answer.", code=code, http_status=http_status)


def _timeout(deadline: Deadline) -> httpx.Timeout:
    left = deadline.require_time()
    read = min(deadline.read_timeout_seconds, left)
    return httpx.Timeout(read, connect=min(deadline.connect_timeout_seconds, left))


def _aimed(request: httpx.Request, origin: Origin, address: str) -> httpx.Request:
    """Point the request at an address; Host header and TLS name stay those of the origin."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": origin.host},
    )


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def _body(response: httpx.Response, deadline: Deadline) -> bytes:
    """Read at most the cap; a compressed body is refused, so no bomb can unfold."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise Invalid("The answer is compressed.", code="answer_encoded")
    chunks, size = [], 0
    for chunk in response.iter_raw():
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise Invalid("The answer is too large.", code="answer_too_large")
        if deadline.remaining_seconds() <= 0:
            raise httpx.ReadTimeout("The run has used up its time.")
        chunks.append(chunk)
    return b"".join(chunks)
