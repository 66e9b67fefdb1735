"""Which vendors can be connected."""

from collections.abc import Mapping

from syncs.connectors.base import Account, Connector, Kind
from syncs.connectors.caldav.connector import CalDavConnector
from syncs.connectors.hubspot.connector import HubSpotConnector

VENDORS: Mapping[str, type[CalDavConnector] | type[HubSpotConnector]] = {
    CalDavConnector.vendor: CalDavConnector,
    HubSpotConnector.vendor: HubSpotConnector,
}


# What each feed lists; a full run may only miss objects of these kinds.
STREAM_KINDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("caldav", "events"): (Kind.APPOINTMENT,),
    ("hubspot", "contacts"): (Kind.CUSTOMER,),
    ("hubspot", "meetings"): (Kind.APPOINTMENT,),
    ("hubspot", "deals"): (Kind.INVOICE,),
}


class UnknownVendor(LookupError):
    """There is no connector of that name."""


def connect(account: Account) -> Connector:
    """Return the connector of the account's vendor, bound to it. Close it after the run.

    :raises UnknownVendor: no such vendor. :raises syncs.failures.Refused: a forbidden address.
    """
    try:
        build = VENDORS[account.vendor]
    except KeyError:
        raise UnknownVendor(account.vendor) from None
    return build(account)


def kinds_of(vendor: str) -> frozenset[str]:
    """The kinds of record that a vendor can hold."""
    return frozenset(VENDORS[vendor].relations)


def kinds_of_stream(vendor: str, stream: str) -> tuple[str, ...]:
    return STREAM_KINDS[vendor, stream]


def streams_of(vendor: str) -> tuple[str, ...]:
    return tuple(VENDORS[vendor].streams)
