"""What we send and what our sandbox answers is what the vendor's specification describes."""

from typing import Any

import httpx
import pytest

from syncs.canonical import Json
from syncs.connectors.base import Kind
from syncs.connectors.hubspot.client import VERSION
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.deadlines import Deadline
from tests.syncs.connectors.contracts import complaints, hubspot
from tests.syncs.connectors.people import HAIRCUT, INVOICE, changed, customer, write_of

DOCUMENTS = ("contacts", "meetings", "deals", "properties", "pipelines", "associations")


def document_of(path: str) -> dict[str, Any]:
    """Return the specification that describes a path."""
    if "/associations/" in path:
        return hubspot("associations")
    area = path.split("/")[2]
    return hubspot(path.split("/")[4] if area == "objects" else area)


def live_through_everything(crm: HubSpotConnector, api: httpx.Client) -> None:
    hot = Deadline.long
    api.delete(f"/crm/properties/{VERSION}/contacts/hub_customer_id").raise_for_status()
    crm.preflight(deadline=hot())
    first, second = customer(), customer(company="Engines")
    ada, other = (crm.create(write, deadline=hot()) for write in (first, second))
    related = {Kind.CUSTOMER.value: ada.remote_id}
    state: dict[str, Json] = {"invoice_state": dict(INVOICE)}
    visit = write_of(Kind.APPOINTMENT, HAIRCUT, related=related)
    bill = write_of(Kind.INVOICE, state, related=related)
    for write in (visit, bill):
        remote = crm.create(write, deadline=hot())
        crm.find_by_marker(write, deadline=hot())
        again = changed(write, status="canceled", invoice_state={**INVOICE, "status": "paid"})
        names = frozenset(again.atoms) | {Kind.CUSTOMER.value}
        crm.update(again, remote.place, names & {*write.atoms, "customer"}, deadline=hot())
    pair = {"primaryObjectId": ada.remote_id, "objectIdToMerge": other.remote_id}
    api.post(f"/crm/objects/{VERSION}/contacts/merge", json=pair).raise_for_status()
    for stream in crm.streams:
        cursor = None
        for _ in range(3):
            cursor = crm.changes(stream, cursor, deadline=hot()).next_cursor


def test_every_request_and_answer_is_as_the_vendor_describes_it(
    crm: HubSpotConnector, api: httpx.Client
) -> None:
    for name in DOCUMENTS:
        hubspot(name)

    live_through_everything(crm, api)

    entries = [e for e in api.get("/_log").json()["entries"] if not e["path"].startswith("/_")]
    told = {
        f"{entry['method']} {entry['path']}: {complaint}"
        for entry in entries
        for complaint in complaints(document_of(entry["path"]), entry)
    }
    assert len(entries) > 25
    assert told == set()


@pytest.mark.parametrize(
    "change",
    [
        {"request": {"properties": {}}},
        {"path": f"/crm/objects/{VERSION}/contacts/1/files"},
        {"query": {"unknown": "1"}},
        {"response": {"id": "1"}},
        {"status": 299},
    ],
)
def test_the_judge_complains_about_what_is_wrong(change: dict[str, Any]) -> None:
    answered = {
        "id": "1",
        "properties": {},
        "createdAt": "2027-01-01T00:00:00Z",
        "updatedAt": "2027-01-01T00:00:00Z",
        "archived": False,
    }
    good = {
        "method": "POST",
        "path": f"/crm/objects/{VERSION}/contacts",
        "query": {},
        "request": {"properties": {}, "associations": []},
        "status": 201,
        "response": answered,
    }
    assert complaints(hubspot("contacts"), good) == []

    assert complaints(hubspot("contacts"), {**good, **change}) != []
