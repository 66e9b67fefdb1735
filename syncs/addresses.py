"""Which addresses the hub may call on behalf of its users. Pure rules; no name is resolved."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from syncs.failures import Refused

PORTS = frozenset({443, 8443})
MAX_URL_LENGTH = 2048
HOST_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9][a-z0-9-]{0,62}")
NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
#: Addresses that carry another one inside, or that Python still calls global.
CARRIERS = tuple(
    ipaddress.ip_network(block)
    for block in (
        "::/96",  # v4-compatible
        "::ffff:0:0/96",  # v4-mapped
        "::ffff:0:0:0/96",  # v4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a local network
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
        "192.88.99.0/24",  # 6to4 relay
        "100.64.0.0/10",  # carrier-grade NAT
    )
)

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
AllowedHosts = Collection[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a URL leads. ``is_allowed`` when an administrator listed host and port."""

    scheme: str
    host: str
    port: int
    is_allowed: bool


def require_callable(url: str, *, allowed: AllowedHosts = ()) -> Origin:
    """Return where ``url`` leads.

    :raises Refused: not https, credentials in it, a strange port or host, a private address.
    """
    parts = _split(url)
    origin = _origin(parts, allowed)
    if origin.is_allowed:
        return origin
    if origin.scheme != "https":
        raise Refused("Only https addresses may be called.", code="scheme")
    if origin.port not in PORTS:
        raise Refused(f"Port {origin.port} may not be called.", code="port")
    literal = address_literal(origin.host)
    if literal is not None and not is_public(literal):
        raise Refused("The address is not public.", code="private_address")
    if literal is None and "." not in origin.host:
        raise Refused("The host has no domain.", code="host")
    return origin


def require_reachable(addresses: Collection[str], *, origin: Origin) -> list[str]:
    """Return what the name of ``origin`` resolved to.

    :raises Refused: there is nothing, or one of the addresses is not public.
    """
    if not addresses:
        raise Refused("The host has no address.", code="no_address")
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        if address.is_link_local or not (origin.is_allowed or is_public(address)):
            raise Refused("The host leads to a private address.", code="private_address")
    return list(dict.fromkeys(addresses))


def is_public(address: IPAddress) -> bool:
    """Whether the address is one of the open Internet, and hides no other address."""
    if any(address.version == block.version and address in block for block in CARRIERS):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def address_literal(host: str) -> IPAddress | None:
    """Return the address a host spells, None where it is a name.

    :raises Refused: a number in one of the spellings that only some programs accept.
    """
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    if ":" in host or NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        raise Refused("The host is not a plain address.", code="host")
    return None


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_LENGTH:
        raise Refused("The address is too long.", code="length")
    if not url.isascii() or any(sign <= " " or sign in '\\"<>^`{|}\x7f' for sign in url):
        raise Refused("The address has characters that do not belong there.", code="characters")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Refused("The address cannot be read.", code="unreadable") from error
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise Refused("The address carries a user name.", code="userinfo")
    return parts


def _origin(parts: SplitResult, allowed: AllowedHosts) -> Origin:
    if parts.scheme not in {"http", "https"}:
        raise Refused("Only https addresses may be called.", code="scheme")
    host = (parts.hostname or "").rstrip(".")
    is_bracketed = parts.netloc.startswith("[")
    if "%" in host or not (is_bracketed or HOST_NAME.fullmatch(host)):
        raise Refused("The host is not a name or an address.", code="host")
    address_literal(host)
    port = parts.port if parts.port is not None else {"http": 80, "https": 443}[parts.scheme]
    return Origin(parts.scheme, host, port, (host, port) in set(allowed))
