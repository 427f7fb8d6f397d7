from __future__ import annotations

from ipaddress import ip_address

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.net.udp import (
    ADDRESS_BYTES,
    BatchSocket,
    PortableSocket,
    address_keys,
    address_length,
    batching_available,
    local_addresses,
    open_socket,
    pack_address,
    packed_address,
    unpack_address,
)


@given(st.ip_addresses(), st.integers(0, 65535))
def test_an_address_survives_its_row(address: object, port: int) -> None:
    row = pack_address(str(address), port)
    assert len(row) == ADDRESS_BYTES
    assert unpack_address(row) == (str(address), port)
    packed, its_port = packed_address(row)
    assert (str(ip_address(packed)), its_port) == (str(address), port)
    assert address_length(row) == (28 if ":" in str(address) else 16)


def test_a_zone_survives_too() -> None:
    assert unpack_address(pack_address("fe80::1%3", 9)) == ("fe80::1%3", 9)
    assert pack_address("fe80::1%3", 9) != pack_address("fe80::1%4", 9)


@pytest.mark.parametrize(("ip", "port"), [("host", 1), ("1.2.3.4", -1), ("1.2.3.4", 65536)])
def test_what_is_no_address(ip: str, port: int) -> None:
    with pytest.raises(ValueError, match=r"address|port"):
        pack_address(ip, port)


@pytest.mark.parametrize("row", [b"", b"\0" * 27, b"\xff\xff" + b"\0" * 26])
def test_what_is_no_row(row: bytes) -> None:
    with pytest.raises(ValueError, match=r"row|family"):
        unpack_address(row)


def test_keys_of_rows_are_the_rows() -> None:
    rows = [pack_address("192.0.2.1", 5), pack_address("2001:db8::1", 6)]
    array = np.stack([np.frombuffer(row, np.uint8) for row in rows])
    assert address_keys(array) == rows
    assert address_keys(array[:0]) == []


def test_loopback_is_a_local_address_and_ipv4_comes_first() -> None:
    found = local_addresses()
    assert "127.0.0.1" in found
    assert len(set(found)) == len(found)
    families = [":" in ip for ip in found]
    assert families == sorted(families)
    assert not any(ip.startswith("fe80") for ip in found)


def test_the_best_kind_is_opened() -> None:
    sock = open_socket("127.0.0.1", 0)
    try:
        assert isinstance(sock, BatchSocket if batching_available() else PortableSocket)
    finally:
        sock.close()


def test_without_the_system_calls_the_portable_kind_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "other")
    assert not batching_available()
    sock = open_socket("127.0.0.1", 0)
    try:
        assert isinstance(sock, PortableSocket)
    finally:
        sock.close()
