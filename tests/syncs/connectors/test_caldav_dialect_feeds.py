"""Lists and preflights of servers that know less, or say it in another way."""

import httpx
import pytest

from syncs.connectors.base import Remote
from syncs.deadlines import Deadline
from syncs.failures import (
    CallFailed,
    ContainerGone,
    CursorInvalid,
    Forbidden,
    Invalid,
    Transient,
)
from tests.syncs.connectors.dialects import CALENDAR, NO_CALENDAR, against, answer, error

LISTING = (
    '<d:multistatus xmlns:d="DAV:"><d:response><d:href>{href}</d:href><d:propstat><d:prop>'
    '<d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
    "</d:response>{more}<d:sync-token>t2</d:sync-token></d:multistatus>"
)

FULL = (
    "<d:response><d:href>/ben/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>"
    "</d:response>"
)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (403, error("valid-sync-token"), CursorInvalid),
        (412, error("valid-sync-token"), CursorInvalid),
        (409, error("valid-sync-token"), CursorInvalid),
        (410, "", CursorInvalid),
        (418, "", CursorInvalid),
        (403, "", Forbidden),
        (404, "", ContainerGone),
        (207, NO_CALENDAR, ContainerGone),
        (200, "<html>Welcome</html>", Invalid),
        (207, "<html>Welcome", Transient),
        (301, "", Invalid),
        (503, "", Transient),
    ],
)
def test_a_feed_that_cannot_be_read_says_why(
    status: int, body: str, expected: type[CallFailed]
) -> None:
    connector = against(lambda _request: answer(status, body))

    with pytest.raises(expected) as failure:
        connector.changes("events", None, deadline=Deadline.hot())

    assert type(failure.value) is expected


def test_a_cut_list_goes_on_at_once_and_a_member_that_vanished_is_removed() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if b"multiget" in request.read():
            return answer(207, '<d:multistatus xmlns:d="DAV:"/>')
        return answer(207, LISTING.format(href="/ben/cal/a.ics", more=FULL))

    page = against(handler).changes("events", None, deadline=Deadline.hot())

    assert page.more
    assert [item.remote_id for item in page.items] == ["a.ics"]
    assert not any(isinstance(item, Remote) for item in page.items)


def test_a_list_that_points_elsewhere_never_leads_us_there() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.headers["host"]))
        if b"multiget" in request.read():
            assert b"/ben/cal/secret.ics" in request.content
            return answer(207, '<d:multistatus xmlns:d="DAV:"/>')
        href = "https://evil.example.com/cleo/secret.ics"
        return answer(207, LISTING.format(href=href, more=""))

    against(handler).changes("events", None, deadline=Deadline.hot())

    assert asked == ["cal.example.com", "cal.example.com"]


def test_a_feed_without_a_token_is_not_believed() -> None:
    body = LISTING.format(href="/ben/cal/a.ics", more="").replace("t2", "")

    with pytest.raises(Transient):
        against(lambda _request: answer(207, body)).changes(
            "events", None, deadline=Deadline.hot()
        )


def preflight_against(put: httpx.Response, stale: httpx.Response) -> dict[str, str]:
    puts = iter([put, stale])

    def handler(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return next(puts)
        if request.method == "REPORT":
            return answer(403, error("supported-report"))
        return answer(204) if request.method == "DELETE" else answer(207, CALENDAR)

    found = against(handler).preflight(deadline=Deadline.long())
    return {check.code: check.level for check in found.checks}


def test_preflight_tells_weak_servers_from_dangerous_ones() -> None:
    weak = preflight_against(answer(201), answer(412))
    dangerous = preflight_against(answer(201, ETag='"1"'), answer(204))
    locked = preflight_against(answer(403), answer(403))

    assert (weak["no_sync_collection"], weak["if_match"]) == ("warn", "ok")
    assert dangerous["if_match"] == "block"
    assert locked["read_only"] == "block"
