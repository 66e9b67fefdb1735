"""A calendar server that says what a test lets it say."""

from collections.abc import Callable

import httpx

from syncs.connectors.base import Account
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.http import Client
from tests.syncs.connectors.people import CONNECTION

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

CALDAV = "urn:ietf:params:xml:ns:caldav"

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
