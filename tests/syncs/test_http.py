"""The way out is narrow: checked addresses, in time, small answers, nothing secret in words."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

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
from syncs.http import (
    MAX_BODY_BYTES,
    Answer,
    Client,
    Effect,
    redact,
    require_verdict,
    retry_after_seconds,
)

PUBLIC = "93.184.215.14"

URL = "https://cal.example.com/ben/"


def streamed(
    body: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(body), headers=headers)


def served(
    handler: Callable[[httpx.Request], httpx.Response],
    *,
    addresses: Callable[[str, int], list[str]] = lambda _host, _port: [PUBLIC],
    url: str = URL,
) -> Client:
    return Client(
        url, allowed=(), resolve=addresses, transport=httpx.MockTransport(handler), auth=("b", "s")
    )


def call(client: Client, url: str = URL, effect: Effect = Effect.READ) -> Answer:
    return client.call("GET", url, deadline=Deadline.hot(), effect=effect)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    seen: list[tuple[str, str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.extensions["sni_hostname"]
        seen.append((request.url.host, request.headers["host"], name))
        return streamed(b"ok")

    call(served(answer))

    assert seen == [(PUBLIC, "cal.example.com", "cal.example.com")]


def test_a_name_that_turns_private_between_two_calls_is_refused() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    client = served(
        lambda _request: streamed(b"ok"),
        addresses=lambda _host, _port: next(answers),
    )
    call(client)

    with pytest.raises(Refused):
        call(client)


def test_the_next_address_is_tried_when_the_first_does_not_connect() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "2606:4700:4700::1111":
            raise httpx.ConnectError("no route")
        return streamed(b"ok")

    client = served(answer, addresses=lambda _host, _port: ["2606:4700:4700::1111", PUBLIC])

    assert call(client).body == b"ok"


@pytest.mark.parametrize(
    "url",
    ["https://evil.example.com/", "https://cal.example.com:8443/", "http://cal.example.com/"],
)
def test_credentials_go_to_no_other_origin(url: str) -> None:
    with pytest.raises(Refused):
        call(served(lambda _request: httpx.Response(200)), url)


def test_a_redirect_is_not_followed() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(str(request.url))
        return streamed(b"", 302, {"Location": "https://169.254.169.254/"})

    found = call(served(answer))

    assert (found.status, len(calls)) == (302, 1)
    with pytest.raises(Invalid):
        require_verdict(found, effect=Effect.READ)


def test_an_answer_over_the_size_limit_is_dropped_while_it_is_read() -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield b"x" * 1_000_000

    with pytest.raises(Invalid) as failure:
        call(served(lambda _request: httpx.Response(200, content=endless())))

    assert failure.value.code == "answer_too_large"
    assert len(read) <= MAX_BODY_BYTES // 1_000_000 + 2


def test_a_compressed_answer_is_refused_so_that_no_bomb_unfolds() -> None:
    with pytest.raises(Invalid) as failure:
        call(served(lambda _r: streamed(b"x", headers={"Content-Encoding": "gzip"})))

    assert failure.value.code == "answer_encoded"


def test_a_dripping_answer_ends_with_the_deadline() -> None:
    clock = iter(float(n) for n in range(100))

    def drip() -> Iterator[bytes]:
        while True:
            yield b"."

    deadline = Deadline(5.0, 2.0, 6.0, monotonic=lambda: next(clock))

    with pytest.raises(Transient):
        served(lambda _request: httpx.Response(200, content=drip())).call(
            "GET", URL, deadline=deadline, effect=Effect.READ
        )


def test_nothing_is_sent_when_no_time_is_left() -> None:
    calls: list[int] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        calls.append(1)
        return httpx.Response(200)

    with pytest.raises(Transient):
        served(answer).call(
            "GET", URL, deadline=Deadline(time.monotonic() - 1, 2, 6), effect=Effect.READ
        )

    assert calls == []


@pytest.mark.parametrize(
    ("trouble", "effect", "expected"),
    [
        (httpx.ConnectError, Effect.CREATE, Transient),
        (httpx.ConnectTimeout, Effect.CREATE, Transient),
        (httpx.ReadTimeout, Effect.CREATE, UnknownOutcome),
        (httpx.ReadError, Effect.CREATE, UnknownOutcome),
        (httpx.WriteError, Effect.CREATE, UnknownOutcome),
        (httpx.RemoteProtocolError, Effect.CREATE, UnknownOutcome),
        (httpx.ReadTimeout, Effect.WRITE, Transient),
        (httpx.ReadTimeout, Effect.READ, Transient),
    ],
)
def test_silence_after_a_create_is_an_unknown_outcome(
    trouble: type[httpx.TransportError], effect: Effect, expected: type[CallFailed]
) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise trouble("no")

    with pytest.raises(expected) as failure:
        call(served(answer), effect=effect)

    assert failure.value.code == trouble.__name__


@pytest.mark.parametrize(
    ("status", "effect", "expected"),
    [
        (401, Effect.READ, AuthFailed),
        (403, Effect.READ, Forbidden),
        (429, Effect.CREATE, RateLimited),
        (408, Effect.READ, Transient),
        (423, Effect.WRITE, Transient),
        (425, Effect.READ, Transient),
        (500, Effect.READ, Transient),
        (502, Effect.WRITE, Transient),
        (507, Effect.WRITE, Transient),
        (500, Effect.CREATE, UnknownOutcome),
        (503, Effect.CREATE, UnknownOutcome),
        (301, Effect.READ, Invalid),
    ],
)
def test_a_status_means_one_way_to_react(
    status: int, effect: Effect, expected: type[CallFailed]
) -> None:
    with pytest.raises(expected) as failure:
        require_verdict(Answer(status, {}, b""), effect=effect)

    assert type(failure.value) is expected
    assert failure.value.http_status == status


@pytest.mark.parametrize("status", [200, 201, 204, 207, 400, 404, 409, 410, 412, 422])
def test_what_a_vendor_has_own_rules_for_is_left_to_it(status: int) -> None:
    require_verdict(Answer(status, {}, b""), effect=Effect.READ)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 10.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "999999"}, 3600.0),
        ({"retry-after": "soon"}, 10.0),
        (
            {
                "date": "Sun, 22 Nov 2026 10:00:00 GMT",
                "retry-after": "Sun, 22 Nov 2026 10:00:30 GMT",
            },
            30.0,
        ),
        (
            {
                "date": "Sun, 22 Nov 2026 10:00:00 GMT",
                "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT",
            },
            1.0,
        ),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT"}, 10.0),
    ],
)
def test_the_wait_after_a_rate_limit_never_reads_our_own_clock(
    headers: dict[str, str], seconds: float
) -> None:
    assert retry_after_seconds(Answer(429, headers, b"")) == seconds


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer pat-eu1-1234-abcd", "pat-eu1-1234-abcd"),
        ("Basic YmVuOnNlY3JldA==", "YmVuOnNlY3JldA=="),
        ("https://ben:pass@cal.example.com/", "pass"),
        ("?access_token=abc123&x=1", "abc123"),
        ('{"client_secret": "hush"}', "hush"),
        ("Contact ada@example.com exists", "ada@"),
        ("key 0123456789abcdef0123456789abcdef01", "0123456789abcdef"),
    ],
)
def test_a_message_is_stored_without_secrets_and_addresses(text: str, hidden: str) -> None:
    assert hidden not in redact(text)


def test_a_message_is_one_short_line() -> None:
    told = redact("a\r\nb\x00c " + "x y" * 1000)

    assert told.isprintable()
    assert len(told) <= 500


def test_redacting_a_hostile_message_takes_no_time() -> None:
    started = time.monotonic()

    for text in (
        "a" * 100_000,
        "a@" * 50_000,
        "token" * 20_000,
        "bearer " * 15_000,
        "1a-" * 40_000,
    ):
        redact(text)

    assert time.monotonic() - started < 0.5
