"""Ask the demo calendar server of this machine, as its only user."""

import base64
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import Request, urlopen

USER = "hub"
PASSWORD = "hub"  # noqa: S105  (of the demo's own server on loopback)
TIMEOUT_SECONDS = 10
_TOKEN = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
_ALREADY_THERE = {HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.CONFLICT}


def make_calendar(server_url: str, name: str) -> str:
    """Return the address of the calendar ``name``, made where it is not there yet.

    :raises HTTPError: the server does not want to make it.
    """
    url = f"{server_url.rstrip('/')}/{USER}/{name}/"
    try:
        ask("MKCALENDAR", url)
    except HTTPError as error:
        if error.code not in _ALREADY_THERE:
            raise
    return url


def ask(method: str, url: str, event: str | None = None) -> str:
    """Return what the server answers; ``event`` is iCalendar text to send along.

    :raises HTTPError: the answer says that it did not work.
    """
    headers = {"Authorization": f"Basic {_TOKEN}", "Content-Type": "text/calendar; charset=utf-8"}
    body = event.encode() if event is not None else None
    request = Request(url, body, headers, method=method)  # noqa: S310  (our own server)
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read()
        return content.decode()
