"""Only public https hosts may be called, however an address is spelled."""

import ipaddress

import pytest

from syncs.addresses import is_public, require_callable, require_reachable
from syncs.failures import (
    Refused,
)

PUBLIC = "93.184.215.14"

URL = "https://cal.example.com/ben/"

HOSTILE = [
    "http://cal.example.com/",
    "ftp://cal.example.com/",
    "file:///etc/passwd",
    "gopher://cal.example.com/",
    "javascript:alert(1)",
    "//cal.example.com/",
    "cal.example.com",
    "",
    "https://",
    "https:///path",
    "https://user@cal.example.com/",
    "https://user:secret@cal.example.com/",
    "https://@cal.example.com/",
    "https://cal.example.com@169.254.169.254/",
    "https://cal.example.com:22/",
    "https://cal.example.com:80/",
    "https://cal.example.com:6379/",
    "https://cal.example.com:0/",
    "https://cal.example.com:99999/",
    "https://cal.example.com:abc/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.127.255.254/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.0.0.1/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    "https://[::1",
    "https://cal.example.com\\@127.0.0.1/",
    "https://cal.example.com\t.evil.test/",
    "https://cal.example.com\r\nHost: evil.test/",
    "https://cal.example.com /",
    " https://cal.example.com/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://cal.exam%70le.com/",
    "https://%31%32%37.0.0.1/",
    "https://cal..example.com/",
    "https://-cal.example.com/",
    "https://cal.example.com/" + "a" * 2100,
]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_address_is_refused_before_any_name_is_resolved(url: str) -> None:
    with pytest.raises(Refused):
        require_callable(url)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://cal.example.com:443/",
        "https://cal.example.com:8443/dav",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
        "https://xn--mnchen-3ya.example/",
    ],
)
def test_a_public_https_address_may_be_called(url: str) -> None:
    assert require_callable(url).scheme == "https"


def test_the_allow_list_opens_one_host_on_one_port_and_nothing_else() -> None:
    allowed = {("127.0.0.1", 5232)}

    assert require_callable("http://127.0.0.1:5232/ben/", allowed=allowed).is_allowed
    for url in ("http://127.0.0.1:5233/", "http://localhost:5232/", "http://u@127.0.0.1:5232/"):
        with pytest.raises(Refused):
            require_callable(url, allowed=allowed)


def test_even_an_allowed_name_never_leads_to_the_link_local_metadata_service() -> None:
    origin = require_callable("https://nas.office/", allowed={("nas.office", 443)})

    assert require_reachable(["192.168.1.9"], origin=origin) == ["192.168.1.9"]
    with pytest.raises(Refused):
        require_reachable(["169.254.169.254"], origin=origin)


@pytest.mark.parametrize(
    "addresses", [[], ["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"]]
)
def test_a_name_that_leads_to_any_private_address_is_refused(addresses: list[str]) -> None:
    with pytest.raises(Refused):
        require_reachable(addresses, origin=require_callable(URL))


def test_a_plain_public_address_is_public() -> None:
    assert is_public(ipaddress.ip_address(PUBLIC))
