"""The stand-in for the CRM: what it forgets, refuses, shows and lets go wrong."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.management.laboratory import free_port
from tests.syncs.connectors.servers import Server, hubspot_sandbox

OBJECTS = "/crm/objects/2026-09"
TOKEN = {"Authorization": "Bearer sandbox-token"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hubspot_sandbox(tmp_path_factory.mktemp("crm")) as running:
        yield running


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=TOKEN) as client:
        client.delete("/_faults")
        client.delete("/_log")
        yield client
        client.delete("/_faults")


def contact(api: httpx.Client, **properties: str) -> httpx.Response:
    body = {"properties": properties, "associations": []}
    return api.post(f"{OBJECTS}/contacts", json=body)


def test_it_remembers_everything_after_a_restart(tmp_path: Path) -> None:
    with hubspot_sandbox(tmp_path) as first, httpx.Client(headers=TOKEN) as api:
        body = {"properties": {"firstname": "Ada"}, "associations": []}
        made = api.post(f"{first.url}{OBJECTS}/contacts", json=body).json()

    with hubspot_sandbox(tmp_path) as second, httpx.Client(headers=TOKEN) as api:
        found = api.get(f"{second.url}{OBJECTS}/contacts/{made['id']}?properties=firstname")

    assert found.json()["properties"]["firstname"] == "Ada"


def test_a_port_in_use_is_one_clear_sentence(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "syncs.sandbox", "--vendor", "hubspot"]
    command += ["--port", str(server.port), "--store", str(tmp_path / "x.sqlite")]

    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603  (our own)

    assert ended.returncode == 1
    assert ended.stderr == f"Port {server.port} cannot be used: Address already in use\n"


def test_a_wrong_token_sees_nothing(api: httpx.Client) -> None:
    answer = api.get(f"{OBJECTS}/contacts", headers={"Authorization": "Bearer guessed"})

    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_page_of_another_site_cannot_reach_it_by_a_name_of_its_own(api: httpx.Client) -> None:
    assert api.get("/", headers={"Host": "evil.example.com"}).status_code == 421


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{OBJECTS}/contacts", {"properties": {"firstname": "x"}}, 400),
        ("POST", f"{OBJECTS}/contacts", {"properties": {"nope": "x"}, "associations": []}, 400),
        ("POST", f"{OBJECTS}/contacts", {"properties": {"phone": 7}, "associations": []}, 400),
        ("POST", f"{OBJECTS}/contacts", {"properties": "x", "associations": []}, 400),
        ("POST", f"{OBJECTS}/meetings", {"properties": {}, "associations": []}, 400),
        ("POST", f"{OBJECTS}/deals", {"properties": {"amount": "1"}, "associations": []}, 400),
        (
            "POST",
            f"{OBJECTS}/deals",
            {"properties": {"dealname": "x", "amount": "much"}, "associations": []},
            400,
        ),
        (
            "POST",
            f"{OBJECTS}/meetings",
            {
                "properties": {"hs_timestamp": "1", "hs_meeting_outcome": "MAYBE"},
                "associations": [],
            },
            400,
        ),
        ("POST", f"{OBJECTS}/contacts/search", {"filterGroups": []}, 400),
        ("POST", f"{OBJECTS}/contacts/batch/upsert", {"inputs": []}, 400),
        ("POST", f"{OBJECTS}/contacts/batch/explode", {"inputs": [{}]}, 400),
        ("POST", f"{OBJECTS}/0-421", {"properties": {}, "associations": []}, 400),
        ("GET", f"{OBJECTS}/contacts/999999", None, 404),
        ("GET", f"{OBJECTS}/contacts/abc", None, 404),
        ("GET", "/crm/v3/objects/contacts", None, 404),
        ("POST", "/files/2026-09/files", None, 404),
        ("POST", f"{OBJECTS}/contacts", [1], 400),
    ],
)
def test_it_refuses_what_the_vendor_refuses(
    api: httpx.Client, method: str, path: str, body: Any, status: int
) -> None:
    answer = (
        api.request(method, path, json=body) if body is not None else api.request(method, path)
    )

    assert answer.status_code == status


def test_a_refused_create_leaves_nothing_behind(api: httpx.Client) -> None:
    link = {"to": {"id": "999999"}, "types": [{"associationTypeId": 200}]}
    properties = {"hs_timestamp": "2027-01-01T00:00:00Z"}
    before = len(api.get(f"{OBJECTS}/meetings?limit=100").json()["results"])

    body = {"properties": properties, "associations": [link]}
    answer = api.post(f"{OBJECTS}/meetings", json=body)

    assert answer.status_code == 404
    assert len(api.get(f"{OBJECTS}/meetings?limit=100").json()["results"]) == before


def test_an_email_belongs_to_one_contact(api: httpx.Client) -> None:
    first = contact(api, email="Ben@Example.com").json()["id"]

    answer = contact(api, email="ben@example.COM")

    assert (answer.status_code, answer.json()["category"]) == (409, "CONFLICT")
    assert answer.json()["message"] == f"Contact already exists. Existing ID: {first}"


def test_the_page_shows_what_arrived_as_text(api: httpx.Client) -> None:
    contact(api, firstname="<script>alert(1)</script>", lastname="Hopper")

    page = api.get("/")

    assert "<td>Hopper</td>" in page.text
    assert "<script>" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert api.get("/style.css").headers["Content-Type"] == "text/css; charset=utf-8"


def test_the_log_has_bodies_and_no_token(api: httpx.Client) -> None:
    contact(api, firstname="Logged")

    text = api.get("/_log").text

    assert "Logged" in text
    assert "sandbox-token" not in text


def test_a_fault_hits_the_named_requests_so_many_times(api: httpx.Client) -> None:
    fault = {"method": "POST", "path": f"{OBJECTS}/contacts", "status": 503, "times": 2}
    api.post("/_faults", json={**fault, "retry_after": "3"}).raise_for_status()

    answers = [contact(api, firstname=str(number)) for number in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 201]
    assert answers[0].headers["Retry-After"] == "3"
    assert api.get("/_faults").json()["faults"] == []


@pytest.mark.parametrize(("name", "applies"), [("Applied", True), ("Dropped", False)])
def test_a_dropped_connection_may_have_applied_the_request(
    api: httpx.Client, name: str, *, applies: bool
) -> None:
    fault = {"method": "POST", "drop_connection": True, "apply_then_fail": applies}
    api.post("/_faults", json={**fault, "path": OBJECTS})

    with pytest.raises(httpx.RemoteProtocolError):
        contact(api, firstname=name)

    assert (name in api.get("/").text) is applies


def test_a_delay_comes_before_or_after_the_effect(api: httpx.Client) -> None:
    api.post("/_faults", json={"path": OBJECTS, "delay_s": 0.3})
    started = time.monotonic()

    assert contact(api, firstname="Slow").status_code == 201
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize("plan", [{"stauts": 500}, {"times": "often"}, [1], {"page_size": "x"}])
def test_a_plan_that_cannot_be_read_is_refused(api: httpx.Client, plan: Any) -> None:
    assert api.post("/_faults", json=plan).status_code == 400


def test_too_large_a_body_is_refused(server: Server) -> None:
    with httpx.Client(base_url=server.url, headers=TOKEN) as client:
        answer = client.post(f"{OBJECTS}/contacts", content=b"x" * 1_100_000)

    assert answer.status_code == 413


def test_it_listens_on_this_machine_only(server: Server) -> None:
    assert free_port() != server.port
    assert server.url.startswith("http://127.0.0.1:")
