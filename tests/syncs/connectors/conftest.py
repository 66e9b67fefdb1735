"""Servers are started once for all tests here; each test gets a calendar of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest

from syncs.connectors.base import Account, Remote
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.deadlines import Deadline
from syncs.http import Client
from tests.syncs.connectors.people import BEN_SECRET, CONNECTION, HUBSPOT_TOKEN, customer
from tests.syncs.connectors.servers import Server, hubspot_sandbox, make_calendar, radicale


@pytest.fixture(scope="session")
def calendar_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def calendar_url(calendar_server: Server) -> str:
    return make_calendar(calendar_server, f"cal-{uuid4().hex}")


@pytest.fixture(scope="session")
def ben() -> Iterator[httpx.Client]:
    """Ben's own calendar program."""
    with httpx.Client(auth=("ben", BEN_SECRET)) as client:
        yield client


@pytest.fixture
def calendar(calendar_server: Server, calendar_url: str) -> Iterator[CalDavConnector]:
    connector = calendar_connector(calendar_server, calendar_url)
    yield connector
    connector.close()


@pytest.fixture(scope="session")
def crm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hubspot_sandbox(tmp_path_factory.mktemp("hubspot")) as server:
        prepared = crm_connector(server)
        prepared.preflight(deadline=Deadline.hot())
        prepared.close()
        yield server


@pytest.fixture(scope="session")
def api(crm_server: Server) -> Iterator[httpx.Client]:
    """Somebody else who works in the CRM."""
    headers = {"Authorization": f"Bearer {HUBSPOT_TOKEN}"}
    with httpx.Client(base_url=crm_server.url, headers=headers) as client:
        yield client


@pytest.fixture
def crm(crm_server: Server, api: httpx.Client) -> Iterator[HubSpotConnector]:
    """A connector on a sandbox without faults and with an empty log."""
    api.delete("/_faults")
    api.delete("/_log")
    connector = crm_connector(crm_server)
    yield connector
    connector.close()
    api.delete("/_faults")


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Connectors that a test makes itself are closed with it."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def open_calendar(
    calendar_server: Server, calendar_url: str, opened: ExitStack
) -> Callable[..., CalDavConnector]:
    """Return a maker of connectors with another URL, config, password or other capabilities."""

    def make(*, url: str = calendar_url, **given: Any) -> CalDavConnector:
        connector = calendar_connector(calendar_server, url, **given)
        opened.callback(connector.close)
        return connector

    return make


@pytest.fixture
def ada(crm: HubSpotConnector) -> Remote:
    return crm.create(customer(), deadline=Deadline.hot())


def calendar_connector(
    server: Server,
    url: str,
    *,
    config: dict[str, object] | None = None,
    capabilities: dict[str, object] | None = None,
    password: str = BEN_SECRET,
) -> CalDavConnector:
    account = Account(
        CONNECTION,
        "caldav",
        {"calendar_url": url, **(config or {})},
        {"username": "ben", "password": password},
        capabilities or {},
    )
    client = Client(url, auth=("ben", password), allowed=server.allowed)
    return CalDavConnector(account, client=client)


def crm_connector(server: Server, *, token: str = HUBSPOT_TOKEN) -> HubSpotConnector:
    account = Account(CONNECTION, "hubspot", {"base_url": server.url}, {"access_token": token})
    headers = {"Authorization": f"Bearer {token}"}
    client = Client(server.url, headers=headers, allowed=server.allowed)
    return HubSpotConnector(account, client=client)
