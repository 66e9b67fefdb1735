"""HubSpot's webhooks: is it really HubSpot, and which feed should be read."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from syncs.connectors.base import Bell, Inbound
from syncs.connectors.hubspot.mapping import STREAMS
from syncs.failures import Forged

MILLISECONDS = re.compile(r"[0-9]{1,15}")
SIGNATURE_AGE = timedelta(minutes=5)
STREAM_OF_PREFIX = {"contact": "contacts", "deal": "deals"}


def verified(inbound: Inbound, secret: str, *, at: datetime) -> tuple[Bell, ...]:
    """Return the events of a webhook.

    :raises Forged: bad signature, or a timestamp more than five minutes off either way.
    """
    headers = {name.lower(): value for name, value in inbound.headers.items()}
    stamp = headers.get("x-hubspot-request-timestamp", "")
    if not MILLISECONDS.fullmatch(stamp) or _age(stamp, at) > SIGNATURE_AGE:
        raise Forged("The signature is too old, or from the future.", code="timestamp")
    given = headers.get("x-hubspot-signature-v3", "").encode()
    if not secret or not hmac.compare_digest(sign(inbound, secret, stamp), given):
        raise Forged("The signature is wrong.", code="signature")
    return _bells(inbound.body)


def sign(inbound: Inbound, secret: str, stamp: str) -> bytes:
    """Return version 3 of the vendor's signature."""
    signed = f"{inbound.method}{inbound.uri}".encode() + inbound.body + stamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256))


def _age(stamp: str, at: datetime) -> timedelta:
    """Return how far off the timestamp is, either way."""
    return abs(timedelta(milliseconds=int(stamp) - int(at.timestamp() * 1000)))


def _bells(body: bytes) -> tuple[Bell, ...]:
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Forged("The body is not JSON.", code="body") from error
    listed = events if isinstance(events, list) else [events]
    bells = (_bell(event) for event in listed if isinstance(event, dict))
    return tuple(bell for bell in bells if bell is not None)


def _bell(event: Mapping[str, object]) -> Bell | None:
    """Return which feed rings, None for an event of something we do not hold."""
    prefix = str(event.get("subscriptionType") or "").partition(".")[0]
    stream = STREAM_OF_PREFIX.get(prefix)
    if prefix == "object":
        by_number = {of.type_id: of.name for of in STREAMS.values()}
        stream = by_number.get(str(event.get("objectTypeId")))
    if stream is None:
        return None
    parts = (event.get(part, "") for part in ("eventId", "subscriptionId", "occurredAt"))
    key = ":".join(str(part) for part in parts)
    return Bell(dedupe_key=key, stream=stream, remote_id=str(event.get("objectId") or ""))
