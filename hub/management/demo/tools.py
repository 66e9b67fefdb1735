"""Connect the demo calendar server and the CRM stand-in, one calendar for each of the staff."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.accounts.models import User
from hub.management import calendar_server
from hub.management.demo.business import BY, PEOPLE
from scheduling.models import Staff
from syncs.connecting import add_connection, send_everything
from syncs.models import Connection

CRM_TOKEN = "sandbox-token"  # noqa: S105
AHEAD = timedelta(days=10)


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
    url = calendar_server.make_calendar(server, name)
    return add_connection(
        vendor="caldav",
        label=f"{person.name}'s calendar",
        owner=owner,
        config={"calendar_url": url, "staff": [str(person.pk)]},
        secrets={"username": calendar_server.USER, "password": calendar_server.PASSWORD},
        by=BY,
    )
