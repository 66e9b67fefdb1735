"""Only HubSpot rings, and only just now."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncs.connectors.base import Account, Bell, Inbound
from syncs.connectors.hubspot.connector import HubSpotConnector
from syncs.deadlines import Deadline
from syncs.failures import Forged
from tests.syncs.connectors.people import CONNECTION

AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
URI = "https://hub.example.com/webhooks/hubspot/"
SECRET = "app-secret"
EVENT = {
    "eventId": 100,
    "subscriptionId": 7,
    "occurredAt": 1,
    "subscriptionType": "contact.propertyChange",
    "objectId": 101,
}


def connector(secret: str = SECRET) -> HubSpotConnector:
    return HubSpotConnector(Account(CONNECTION, "hubspot", {}, {"client_secret": secret}))


def inbound(body: Any, *, at: datetime = AT, secret: str = SECRET, **changes: str) -> Inbound:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = str(int(at.timestamp() * 1000))
    signed = b"POST" + URI.encode() + raw + stamp.encode()
    signature = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
    headers = {
        "X-HubSpot-Signature-v3": signature.decode(),
        "X-HubSpot-Request-Timestamp": stamp,
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return Inbound("POST", URI, headers, raw)


def test_a_signed_event_rings_the_feed_of_its_object() -> None:
    events = [
        EVENT,
        {**EVENT, "subscriptionType": "deal.creation", "objectId": 5},
        {**EVENT, "subscriptionType": "object.merge", "objectTypeId": "0-47", "objectId": 6},
        {**EVENT, "subscriptionType": "company.creation"},
        "noise",
    ]

    assert connector().verify(inbound(events), at=AT) == (
        Bell("100:7:1", "contacts", "101"),
        Bell("100:7:1", "deals", "5"),
        Bell("100:7:1", "meetings", "6"),
    )


@pytest.mark.parametrize("age", [timedelta(minutes=4), -timedelta(minutes=4)])
def test_a_little_late_or_early_is_fine(age: timedelta) -> None:
    assert connector().verify(inbound([EVENT], at=AT - age), at=AT)


@pytest.mark.parametrize(
    "forged",
    [
        inbound([EVENT], at=AT - timedelta(minutes=6)),
        inbound([EVENT], at=AT + timedelta(minutes=6)),
        inbound([EVENT], secret="guessed"),
        inbound([EVENT], X_HubSpot_Signature_v3=""),
        inbound([EVENT], X_HubSpot_Request_Timestamp=""),
        inbound([EVENT], X_HubSpot_Request_Timestamp="soon"),
        inbound([EVENT], X_HubSpot_Request_Timestamp="9" * 400),
        inbound([EVENT], X_HubSpot_Signature_v3="ünïcode"),
        Inbound("POST", URI, {}, b"[]"),
        Inbound("GET", URI, inbound([EVENT]).headers, inbound([EVENT]).body),
        Inbound("POST", URI + "?x=1", inbound([EVENT]).headers, inbound([EVENT]).body),
        Inbound("POST", URI, inbound([EVENT]).headers, b"[]"),
        inbound(b"not json"),
    ],
)
def test_anything_else_is_forged(forged: Inbound) -> None:
    with pytest.raises(Forged):
        connector().verify(forged, at=AT)


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(Forged):
        connector("").verify(inbound([EVENT], secret=""), at=AT)


def test_webhooks_belong_to_the_app_so_nothing_is_subscribed() -> None:
    assert connector().subscribe("contacts", URI, deadline=Deadline.hot()) is None
