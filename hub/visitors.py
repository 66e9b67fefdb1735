"""Who asks without signing in: the network address, as far as it can be trusted."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever has one IPv6 address has all of its network.
IPV6_NETWORK_BITS = 64


def visitor_of(request: HttpRequest) -> str:
    """Return the address by which requests of one visitor are counted.

    Behind a proxy (``BEHIND_PROXY``) it is the last one of ``X-Forwarded-For``, which our own
    proxy has added; what stands before it anybody can write. Else it is the peer's.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.BEHIND_PROXY:
        return _network_of(peer)
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return _network_of(forwarded or peer)


def _network_of(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text[:64]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, IPV6_NETWORK_BITS), strict=False))
