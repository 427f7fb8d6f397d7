from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.addresses import is_public, plain


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.216.34",
        "8.8.8.8",
        "2606:4700:4700::1111",
        "2a00:1450:4001:81b::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ],
)
def test_what_is_out_in_the_world(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # this machine, local networks
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1"),
        # metadata of clouds, and machinery
        *("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16", "169.254.170.2"),
        # carrier-grade NAT, relays, documentation, benchmarks, multicast, the rest
        *("100.64.0.1", "100.127.255.254", "192.88.99.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *(
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "192.31.196.1",
            "192.52.193.1",
            "192.175.48.1",
        ),
        *("ff02::1", "ff0e::1", "100::1", "2001:db8::1", "3fff::1", "3ffe::1", "2001:2::1", "2001:20::1", "5f00::1"),
        # an IPv4 address in an IPv6 one
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe"),
        *("64:ff9b:1::8.8.8.8", "::8.8.8.8", "::127.0.0.1", "::ffff:0:8.8.8.8", "2002:7f00:1::", "2002:808:808::1"),
        *("2001:0:7f00:1::", "2001::1", "2a00:1450::5efe:7f00:1", "2a00:1450::200:5efe:10.0.0.1"),
        # no address
        *(
            "",
            "localhost",
            "2130706433",
            "0x7f.1",
            "127.1",
            "0177.0.0.1",
            "127.0.0.1.",
            "1.1.1.1 ",
            "[::1]",
            "8.8.8.8%1",
        ),
    ],
)
def test_what_is_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses())
def test_nothing_that_python_calls_local_is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if not address.is_global or address.is_multicast:
        embedded = ipaddress.ip_address(plain(str(address)))
        assert not is_public(str(address)) or (embedded != address and is_public(str(embedded)))


@pytest.mark.parametrize(
    ("address", "spelled"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("::ffff:8.8.8.8", "8.8.8.8"),
        ("64:ff9b::808:808", "8.8.8.8"),
        ("2A00:0:0::1", "2a00::1"),
    ],
)
def test_one_spelling(address: str, spelled: str) -> None:
    assert plain(address) == spelled
