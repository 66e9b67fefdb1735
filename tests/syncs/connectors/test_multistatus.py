"""XML of a stranger is read without harm."""

import time

import pytest

from syncs.connectors.caldav.multistatus import (
    error_names,
    member_name,
    multiget_request,
    parse_multistatus,
    sync_request,
    uid_request,
)
from syncs.failures import Transient

OPEN = (
    b'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
)
LISTED = (
    OPEN
    + b"""<d:response><d:href>/ben/cal/hub-1.ics</d:href><d:propstat><d:prop>
<d:getetag>"a"</d:getetag><c:calendar-data>BEGIN:VCALENDAR</c:calendar-data></d:prop>
<d:status>HTTP/1.1 200 OK</d:status></d:propstat><d:propstat><d:prop><d:displayname/></d:prop>
<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
<d:response><d:href>/ben/cal/gone%20one.ics</d:href><d:status>HTTP/1.1 404 Not Found</d:status>
</d:response><d:sync-token>http://x/2</d:sync-token></d:multistatus>"""
)
BOMB = b"<!DOCTYPE r [" + b"".join(
    b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"ha" * 10) for n in range(10)
)
HOSTILE = {
    "external entity": b'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    b'<d:multistatus xmlns:d="DAV:"><d:sync-token>&e;</d:sync-token></d:multistatus>',
    "entity bomb": BOMB + b']><d:multistatus xmlns:d="DAV:"><d:sync-token>&e9;</d:sync-token>'
    b"</d:multistatus>",
    "outer definition": b'<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd"><r/>',
    "parameter entity": b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]><r/>',
    "doctype alone": b"<!DOCTYPE r><r/>",
    "depth": OPEN + b"<a>" * 5000 + b"</a>" * 5000 + b"</d:multistatus>",
    "cut off": LISTED[:200],
    "no xml": b"<html><body>Bad gateway",
    "empty": b"",
    "binary": bytes(range(256)),
}


def test_a_multistatus_names_members_etags_and_the_token() -> None:
    found = parse_multistatus(LISTED)

    assert found.sync_token == "http://x/2"
    assert [(r.name, r.status, r.etag, r.calendar_data) for r in found.responses] == [
        ("hub-1.ics", 200, '"a"', "BEGIN:VCALENDAR"),
        ("gone one.ics", 404, None, None),
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_quickly(name: str) -> None:
    started = time.monotonic()

    with pytest.raises(Transient):
        parse_multistatus(HOSTILE[name])

    assert time.monotonic() - started < 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_error_body_explains_nothing(name: str) -> None:
    assert error_names(HOSTILE[name].replace(b"multistatus", b"error")) == {}


def test_an_error_body_names_its_conditions() -> None:
    body = (
        b'<error xmlns="DAV:"><c:no-uid-conflict xmlns:c="urn:ietf:params:xml:ns:caldav">'
        b"<href>/ben/cal/other.ics</href></c:no-uid-conflict></error>"
    )

    assert error_names(body) == {"no-uid-conflict": "/ben/cal/other.ics"}


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("/ben/cal/a.ics", "a.ics"),
        ("https://cal.example.com/ben/cal/a%20b.ics", "a b.ics"),
        ("/ben/cal/", ""),
        ("", ""),
        ("/ben/cal/..", ""),
        ("/ben/cal/%2e%2e", ""),
        ("/ben/cal/%2e%2e%2fcleo.ics", ""),
        ("/ben/cal/a%0d%0aX.ics", ""),
    ],
)
def test_a_member_is_spoken_of_by_a_harmless_name(href: str, name: str) -> None:
    assert member_name(href) == name


def test_what_we_ask_is_escaped() -> None:
    assert b"&lt;x&gt;" in sync_request("<x>")
    assert b"a&amp;b" in multiget_request(["/a&b"])
    assert b"&lt;/c:text-match&gt;" in uid_request("</c:text-match>")
