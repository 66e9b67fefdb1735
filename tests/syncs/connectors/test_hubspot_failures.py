"""What goes wrong in the CRM, and the one way to react to each."""

from dataclasses import replace

import httpx
import pytest

from syncs.connectors.base import Kind, Remote
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.failures import (
    AuthFailed,
    CallFailed,
    Forbidden,
    Invalid,
    RateLimited,
    Transient,
    UnknownOutcome,
)
from tests.syncs.connectors.conftest import crm_connector
from tests.syncs.connectors.crm import OBJECTS, booked, hot, stored
from tests.syncs.connectors.people import customer
from tests.syncs.connectors.servers import Server

VALIDATION = {
    "status": "error",
    "category": "VALIDATION_ERROR",
    "message": "Property values were not valid",
    "errors": [
        {"message": "closed_reason is required", "context": {"propertyName": ["closed_reason"]}}
    ],
}

FAULTS: list[tuple[dict[str, object], type[CallFailed]]] = [
    ({"status": 429, "retry_after": "7"}, RateLimited),
    ({"status": 429, "body": {"policyName": "DAILY"}}, RateLimited),
    ({"status": 477, "retry_after": "60"}, RateLimited),
    ({"status": 400, "body": VALIDATION}, Invalid),
    ({"status": 403, "body": {"category": "MISSING_SCOPES", "message": "no scope"}}, Forbidden),
    ({"status": 423}, Transient),
    ({"status": 502}, Transient),
    ({"drop_connection": True}, Transient),
    ({"status": 200, "body": {"unexpected": True}}, Transient),
]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "apply_then_fail": True},
        {"drop_connection": True, "apply_then_fail": True},
        {"status": 500},
        {"drop_connection": True},
    ],
)
def test_a_create_without_a_verdict_is_resolved_by_the_marker_to_one_object(
    crm: HubSpotConnector, ada: Remote, api: httpx.Client, fault: dict[str, object]
) -> None:
    api.post("/_faults", json={"method": "POST", "path": f"{OBJECTS}/meetings", **fault})
    write = booked(ada)

    with pytest.raises(UnknownOutcome):
        crm.create(write, deadline=hot())
    found = crm.find_by_marker(write, deadline=hot())
    remote = found[0] if found else crm.create(write, deadline=hot())

    assert len(found) == (1 if fault.get("apply_then_fail") else 0)
    assert remote.atoms == crm.as_seen(write.kind, write.atoms)
    links = stored(api, "meetings", remote.remote_id)["associations"]["contacts"]["results"]
    assert [link["id"] for link in links] == [ada.remote_id]


@pytest.mark.parametrize(("fault", "expected"), FAULTS)
def test_each_answer_means_one_way_to_react(
    crm: HubSpotConnector,
    ada: Remote,
    api: httpx.Client,
    fault: dict[str, object],
    expected: type[CallFailed],
) -> None:
    api.post("/_faults", json={"method": "GET", "path": f"{OBJECTS}/contacts", **fault})

    with pytest.raises(expected) as failure:
        crm.fetch(Kind.CUSTOMER, ada.remote_id, deadline=hot())

    assert type(failure.value) is expected
    waits = {429: {"7": 7.0}.get(str(fault.get("retry_after")), 3600.0), 477: 60.0}
    if isinstance(failure.value, RateLimited):
        assert failure.value.retry_after_seconds == waits[int(str(fault["status"]))]
    if isinstance(failure.value, Invalid):
        assert failure.value.fields == {"closed_reason": "closed_reason is required"}


def test_the_word_of_a_rule_of_the_portal_reaches_us_with_its_field(
    crm: HubSpotConnector, ada: Remote
) -> None:
    with pytest.raises(Invalid) as failure:
        crm.create(replace(booked(ada), atoms={"title": "no time"}), deadline=hot())

    assert failure.value.fields.keys() == {"hs_timestamp"}
    assert failure.value.code == "VALIDATION_ERROR"


def test_one_refused_item_hides_behind_a_success_and_is_found(
    crm: HubSpotConnector, api: httpx.Client
) -> None:
    errors = [{**VALIDATION, "context": {}, "links": {}}]
    body = {"status": "COMPLETE", "results": [], "errors": errors, "numErrors": 1}
    api.post("/_faults", json={"path": f"{OBJECTS}/contacts/batch", "status": 207, "body": body})

    with pytest.raises(Invalid) as failure:
        crm.create(customer(), deadline=hot())

    assert failure.value.http_status == 207


def test_a_revoked_token_is_a_matter_of_credentials(crm_server: Server) -> None:
    stranger = crm_connector(crm_server, token="revoked")

    with pytest.raises(AuthFailed) as failure:
        stranger.preflight(deadline=hot())
    stranger.close()

    assert "revoked" not in failure.value.message
