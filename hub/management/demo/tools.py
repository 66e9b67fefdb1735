"""Connect the demo calendar server and the CRM stand-in, one calendar for each of the staff."""

import base64
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from hub.accounts.models import User
from hub.management.demo.business import BY, PEOPLE
from scheduling.models import Staff
from syncs.connecting import add_connection, send_everything
from syncs.models import Connection

CALENDAR_USER = "hub"
CALENDAR_PASSWORD = "hub"  # noqa: S105  (of the demo's own server on loopback)
CRM_TOKEN = "sandbox-token"  # noqa: S105
AHEAD = timedelta(days=10)
ALREADY_THERE = {405, 409}


def connect_tools(
    staff: Iterable[Staff], *, calendar_url: str, crm_url: str, at: datetime
) -> list[Connection]:
    """Connect them and ask for the coming days to be there."""
    owner = User.objects.get(email=PEOPLE["Administrator"][1])
    connections = [_calendar(person, calendar_url, owner) for person in staff]
    connections.append(
        add_connection(
            vendor="hubspot",
            label="HubSpot (sandbox)",
            owner=owner,
            config={"base_url": crm_url.rstrip("/")},
            secrets={"access_token": CRM_TOKEN},
            by=BY,
        )
    )
    for connection in connections:
        send_everything(connection.pk, at=at, ahead=AHEAD, by=BY)
    return connections


def _calendar(person: Staff, server: str, owner: User) -> Connection:
    name = person.name.split()[0].lower()
    url = f"{server.rstrip('/')}/{CALENDAR_USER}/{name}/"
    _make_collection(url)
    return add_connection(
        vendor="caldav",
        label=f"{person.name}'s calendar",
        owner=owner,
        config={"calendar_url": url, "staff": [str(person.pk)]},
        secrets={"username": CALENDAR_USER, "password": CALENDAR_PASSWORD},
        by=BY,
    )


def _make_collection(url: str) -> None:
    token = base64.b64encode(f"{CALENDAR_USER}:{CALENDAR_PASSWORD}".encode()).decode()
    request = Request(  # noqa: S310  (the address of our own demo server)
        url, method="MKCALENDAR", headers={"Authorization": f"Basic {token}"}
    )
    try:
        with urlopen(request, timeout=10):  # noqa: S310
            pass
    except HTTPError as error:
        if error.code not in ALREADY_THERE:
            raise
