"""Ada's records in the CRM, and a look at what stands there."""

from typing import Any

import httpx

from syncs.canonical import Json
from syncs.connectors.base import Kind, Remote, Removed, Write
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.deadlines import Deadline
from tests.syncs.connectors.people import HAIRCUT, INVOICE, write_of

OBJECTS = "/crm/objects/2026-09"


def hot() -> Deadline:
    return Deadline.hot()


def booked(ada: Remote, **atoms: Json) -> Write:
    related = {Kind.CUSTOMER.value: ada.remote_id}
    return write_of(Kind.APPOINTMENT, {**HAIRCUT, **atoms}, related=related)


def billed(ada: Remote, **state: str) -> Write:
    related = {Kind.CUSTOMER.value: ada.remote_id}
    atoms: dict[str, Json] = {"invoice_state": {**INVOICE, **state}}
    return write_of(Kind.INVOICE, atoms, related=related)


def stored(api: httpx.Client, of: str, remote_id: str, *names: str) -> dict[str, Any]:
    query = {"properties": ",".join(names), "associations": "contacts,meetings,deals"}
    found = api.get(f"{OBJECTS}/{of}/{remote_id}", params=query)
    found.raise_for_status()
    body: dict[str, Any] = found.json()
    return body


def log(api: httpx.Client) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = api.get("/_log").json()["entries"]
    return entries


def feed(
    crm: HubSpotConnector, stream: str, cursor: str | None
) -> tuple[list[Remote | Removed], str]:
    items: list[Remote | Removed] = []
    while True:
        page = crm.changes(stream, cursor, deadline=Deadline.long())
        items += page.items
        cursor = page.next_cursor
        assert cursor is not None
        if not page.more:
            return items, cursor
