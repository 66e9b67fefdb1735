"""What other servers say: the same conditions under other statuses, and half answers."""

from collections.abc import Callable

import httpx
import pytest

from syncs.connectors.base import Account, Kind, Place, Remote
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.deadlines import Deadline
from syncs.failures import (
    AuthFailed,
    CallFailed,
    ContainerGone,
    CursorInvalid,
    DuplicateRemote,
    Forbidden,
    Gone,
    Invalid,
    PreconditionFailed,
    RateLimited,
    Transient,
    UnknownOutcome,
)
from syncs.http import Client
from tests.syncs.connectors.people import CONNECTION, appointment, changed

URL = "https://cal.example.com/ben/cal/"
CALENDAR = (
    '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>'
    "<d:href>/ben/cal/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/>"
    "</d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    "</d:multistatus>"
)
NO_CALENDAR = (
    '<d:multistatus xmlns:d="DAV:"><d:response><d:href>/ben/cal/</d:href>'
    "<d:status>HTTP/1.1 404 Not Found</d:status></d:response></d:multistatus>"
)

Handler = Callable[[httpx.Request], httpx.Response]


def answer(status: int, text: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, stream=httpx.ByteStream(text.encode()), headers=named)


def error(condition: str, namespace: str = "DAV:", inner: str = "") -> str:
    body = f"<x:{condition}>{inner}</x:{condition}>"
    return f'<e:error xmlns:e="DAV:" xmlns:x="{namespace}">{body}</e:error>'


def against(handler: Handler) -> CalDavConnector:
    client = Client(
        URL,
        allowed=(),
        resolve=lambda _host, _port: ["93.184.215.14"],
        transport=httpx.MockTransport(handler),
    )
    account = Account(CONNECTION, "caldav", {"calendar_url": URL}, {})
    return CalDavConnector(account, client=client)


def only(method: str, response: Callable[[], httpx.Response]) -> Handler:
    """Answer ``method`` so, and describe the calendar as usual."""
    return lambda request: response() if request.method == method else answer(207, CALENDAR)


CALDAV = "urn:ietf:params:xml:ns:caldav"
CREATES: list[tuple[int, str, type[CallFailed]]] = [
    (412, "", DuplicateRemote),
    (412, error("no-uid-conflict", CALDAV), DuplicateRemote),
    (409, error("no-uid-conflict", CALDAV), DuplicateRemote),
    (412, error("valid-calendar-data", CALDAV), Invalid),
    (403, error("max-resource-size", CALDAV), Invalid),
    (403, error("need-privileges"), Forbidden),
    (403, "", Forbidden),
    (401, "", AuthFailed),
    (405, "", Invalid),
    (429, "", RateLimited),
    (500, "", UnknownOutcome),
    (502, "<html>", UnknownOutcome),
    (507, error("quota-not-exceeded"), UnknownOutcome),
]


@pytest.mark.parametrize(("status", "body", "expected"), CREATES)
def test_the_error_element_of_a_create_is_read_before_its_status(
    status: int, body: str, expected: type[CallFailed]
) -> None:
    connector = against(only("PUT", lambda: answer(status, body)))

    with pytest.raises(expected) as failure:
        connector.create(appointment(), deadline=Deadline.hot())

    assert type(failure.value) is expected
    assert failure.value.http_status == status


def test_a_taken_uid_names_its_owner_only_where_the_server_does() -> None:
    href = "<e:href>/ben/cal/other.ics</e:href>"
    telling = against(only("PUT", lambda: answer(409, error("no-uid-conflict", CALDAV, href))))
    silent = against(only("PUT", lambda: answer(412, error("no-uid-conflict", CALDAV))))
    owners = []

    for connector in (telling, silent):
        with pytest.raises(DuplicateRemote) as failure:
            connector.create(appointment(), deadline=Deadline.hot())
        owners.append(failure.value.remote_id)

    assert owners == ["other.ics", None]


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


def test_a_missing_event_is_gone_only_while_its_calendar_is_there() -> None:
    here = against(only("GET", lambda: answer(404)))
    away = against(
        lambda request: answer(404) if request.method == "GET" else answer(207, NO_CALENDAR)
    )
    replaced = against(
        lambda request: (
            answer(404)
            if request.method == "GET"
            else answer(207, CALENDAR.replace("<c:calendar/>", ""))
        )
    )

    with pytest.raises(Gone):
        here.fetch(Kind.APPOINTMENT, "hub-1.ics", deadline=Deadline.hot())
    for connector in (away, replaced):
        with pytest.raises(ContainerGone):
            connector.fetch(Kind.APPOINTMENT, "hub-1.ics", deadline=Deadline.hot())


class Normalizing:
    """A server that names no etag on PUT and changes what it stores."""

    def __init__(self) -> None:
        self.stored = ""
        self.calls: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.method)
        if request.method == "PUT":
            self.stored = request.read().decode().replace("Haircut", "HAIRCUT")
            return answer(204)
        return answer(200, self.stored, ETag='"v1"')


def test_without_an_etag_the_stored_text_is_read_and_is_what_counts() -> None:
    server = Normalizing()

    remote = against(server).create(appointment(), deadline=Deadline.hot())

    assert server.calls == ["PUT", "GET"]
    assert remote.atoms["title"] == "HAIRCUT – Ada Lovelace"
    assert remote.etag == '"v1"'


def test_an_etag_on_put_saves_the_second_call() -> None:
    calls: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        return answer(201, ETag='"v1"')

    against(handler).create(appointment(), deadline=Deadline.hot())

    assert calls == ["PUT"]


def remote_of(ics: str) -> Remote:
    return against(lambda _request: answer(200, ics, ETag='"v1"')).fetch(
        Kind.APPOINTMENT, "hub-1.ics", deadline=Deadline.hot()
    )


def test_an_update_sends_the_etag_word_for_word() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["if-match"])
        return answer(204, ETag='"v2"')

    write = appointment()
    server = Normalizing()
    created = against(server).create(write, deadline=Deadline.hot())
    place = Place("hub-1.ics", "/ben/cal/", 'W/"odd"', created.raw)

    against(handler).update(
        changed(write, title="x"), place, frozenset({"title"}), deadline=Deadline.hot()
    )

    assert seen == ['W/"odd"']


@pytest.mark.parametrize(("status", "expected"), [(412, PreconditionFailed), (500, Transient)])
def test_a_failed_update_is_safe_to_repeat(status: int, expected: type[CallFailed]) -> None:
    write = appointment()
    created = against(Normalizing()).create(write, deadline=Deadline.hot())

    with pytest.raises(expected) as failure:
        against(lambda _request: answer(status)).update(
            changed(write, title="x"), created.place, frozenset({"title"}), deadline=Deadline.hot()
        )

    assert type(failure.value) is expected


def test_an_event_without_any_version_is_not_overwritten() -> None:
    created = against(Normalizing()).create(appointment(), deadline=Deadline.hot())
    place = Place("hub-1.ics", "/ben/cal/", None)

    with pytest.raises(Invalid):
        against(lambda _request: answer(200, created.raw or "")).update(
            appointment(), place, frozenset({"title"}), deadline=Deadline.hot()
        )


def test_an_object_that_is_not_readable_is_reported_and_not_edited() -> None:
    broken = remote_of("BEGIN:VCALENDAR\r\nnonsense")

    assert broken.unsupported is not None
    assert broken.unsupported.code == "unreadable"
    with pytest.raises(Invalid):
        against(lambda _request: answer(204)).update(
            appointment(), broken.place, frozenset({"when"}), deadline=Deadline.hot()
        )


LISTING = (
    '<d:multistatus xmlns:d="DAV:"><d:response><d:href>{href}</d:href><d:propstat><d:prop>'
    '<d:getetag>"1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>'
    "</d:response>{more}<d:sync-token>t2</d:sync-token></d:multistatus>"
)
FULL = (
    "<d:response><d:href>/ben/cal/</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status>"
    "</d:response>"
)


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
