"""What other servers say: the same conditions under other statuses, and half answers."""

import httpx
import pytest

from syncs.connectors.base import Kind, Place, Remote
from syncs.deadlines import Deadline
from syncs.failures import (
    AuthFailed,
    CallFailed,
    ContainerGone,
    DuplicateRemote,
    Forbidden,
    Gone,
    Invalid,
    PreconditionFailed,
    RateLimited,
    Transient,
    UnknownOutcome,
)
from tests.syncs.connectors.dialects import (
    CALDAV,
    CALENDAR,
    NO_CALENDAR,
    against,
    answer,
    error,
    only,
)
from tests.syncs.connectors.people import appointment, changed

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
