"""What a portal needs is made where we may, and said in words where only a person can."""

from datetime import UTC, datetime

import httpx
import pytest

from syncs.connectors.base import Account, Preflight
from syncs.connectors.hubspot.client import VERSION
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.connectors.hubspot.probing import END_OF_LIFE_DATE
from syncs.deadlines import Deadline
from syncs.http import Client
from tests.syncs.connectors.conftest import crm_connector
from tests.syncs.connectors.people import CONNECTION, HUBSPOT_TOKEN
from tests.syncs.connectors.servers import Server

PROPERTIES = f"/crm/properties/{VERSION}"


def checked(crm: HubSpotConnector) -> Preflight:
    return crm.preflight(deadline=Deadline.long())


def levels(found: Preflight) -> dict[str, str]:
    return {check.code: check.level for check in found.checks}


@pytest.fixture
def restored(crm_server: Server, api: httpx.Client) -> object:
    """Leave the portal as it was found."""
    yield
    api.delete("/_faults")
    api.delete(f"{PROPERTIES}/contacts/hub_customer_id")
    prepared = crm_connector(crm_server)
    checked(prepared)
    prepared.close()


def test_a_prepared_portal_passes(crm: HubSpotConnector) -> None:
    found = checked(crm)

    assert not found.is_blocked
    assert set(levels(found).values()) == {"ok"}
    assert found.capabilities == {"api_version": VERSION}


@pytest.mark.usefixtures("restored")
def test_a_missing_property_is_made_and_is_unique(
    crm: HubSpotConnector, api: httpx.Client
) -> None:
    api.delete(f"{PROPERTIES}/contacts/hub_customer_id").raise_for_status()

    found = checked(crm)

    made = {row["name"]: row for row in api.get(f"{PROPERTIES}/contacts").json()["results"]}
    assert not found.is_blocked
    assert made["hub_customer_id"]["hasUniqueValue"] is True
    assert any("1 made just now" in check.text for check in found.checks)


@pytest.mark.usefixtures("restored")
def test_a_property_of_our_name_that_is_not_unique_blocks(
    crm: HubSpotConnector, api: httpx.Client
) -> None:
    api.delete(f"{PROPERTIES}/contacts/hub_customer_id").raise_for_status()
    definition = {
        "name": "hub_customer_id",
        "label": "x",
        "groupName": "hub",
        "type": "string",
        "fieldType": "text",
    }
    api.post(f"{PROPERTIES}/contacts", json=definition).raise_for_status()

    found = checked(crm)

    assert found.is_blocked
    assert levels(found)["unique"] == "block"


@pytest.mark.usefixtures("restored")
def test_a_missing_scope_blocks_and_says_which(crm: HubSpotConnector, api: httpx.Client) -> None:
    body = {"category": "MISSING_SCOPES", "message": "crm.schemas.contacts.write is missing"}
    api.delete(f"{PROPERTIES}/contacts/hub_customer_id").raise_for_status()
    fault = {"method": "POST", "path": f"{PROPERTIES}/contacts", "status": 403, "times": 2}
    api.post("/_faults", json={**fault, "body": body})

    found = checked(crm)

    (blocked,) = [check for check in found.checks if check.level == "block"]
    assert "crm.schemas.contacts.write" in blocked.fix


@pytest.mark.parametrize(
    ("offset_s", "level", "words"),
    [(0, "ok", "agree"), (90, "warn", "seconds"), (-600, "warn", "refused as stale")],
)
def test_a_clock_that_is_off_is_told(
    crm: HubSpotConnector, api: httpx.Client, offset_s: float, level: str, words: str
) -> None:
    api.post("/_faults", json={"clock_offset_s": offset_s})

    (clock,) = [check for check in checked(crm).checks if check.code == "clock"]

    assert (clock.level, words in clock.text) == (level, True)


def test_stages_that_are_not_there_block(crm_server: Server, api: httpx.Client) -> None:
    for config, code in (
        ({"dealstage_won": "paid"}, "stages"),
        ({"pipeline": "services"}, "pipeline"),
    ):
        account = Account(CONNECTION, "hubspot", {"base_url": crm_server.url, **config}, {})
        headers = {"Authorization": f"Bearer {HUBSPOT_TOKEN}"}
        client = Client(crm_server.url, headers=headers, allowed=crm_server.allowed)
        crm = HubSpotConnector(account, client=client)
        assert levels(checked(crm))[code] == "block"
        crm.close()


@pytest.mark.parametrize(("month", "level"), [(1, "ok"), (11, "warn")])
def test_the_end_of_the_api_version_is_announced_in_time(
    crm_server: Server, month: int, level: str
) -> None:
    at = datetime(END_OF_LIFE_DATE.year - 1, month, 1, tzinfo=UTC)
    account = Account(CONNECTION, "hubspot", {"base_url": crm_server.url}, {})
    headers = {"Authorization": f"Bearer {HUBSPOT_TOKEN}"}
    client = Client(crm_server.url, headers=headers, allowed=crm_server.allowed)
    crm = HubSpotConnector(account, client=client, now=lambda: at)

    found = levels(checked(crm))["api_version"]
    crm.close()

    assert found == level
