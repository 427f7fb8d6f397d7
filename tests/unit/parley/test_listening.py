from __future__ import annotations

import errno
import ipaddress
import socket

import pytest

from parley import listening
from parley.failures import CannotStart
from parley.listening import open_sockets, own_addresses
from parley.values import LOOPBACK
from tests.support.server import free_port


def test_a_free_port_is_the_same_on_every_address() -> None:
    opened = open_sockets(LOOPBACK, 0)
    try:
        assert len({each.getsockname()[1] for each in opened}) == 1
        with socket.create_connection(opened[0].getsockname()[:2], timeout=5):
            pass
    finally:
        for each in opened:
            each.close()


def test_a_taken_port_is_told_and_nothing_stays_open() -> None:
    with socket.create_server(("127.0.0.2", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} on 127.0.0.2 is taken"):
            open_sockets(("127.0.0.1", "127.0.0.2"), port)
        for each in open_sockets(("127.0.0.1",), port):
            each.close()


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(CannotStart, match=r"no address 203\.0\.113\.77"):
        open_sockets(("203.0.113.77",), 0)


@pytest.mark.parametrize("number", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_a_machine_without_ipv6_listens_on_the_rest(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def without_ipv6(host: str, port: int) -> socket.socket:
        if ":" in host:
            raise OSError(number, "no IPv6 here")
        return socket.create_server((host, port))

    monkeypatch.setattr(listening, "_open", without_ipv6)
    (only,) = open_sockets(LOOPBACK, 0)
    only.close()
    with pytest.raises(CannotStart, match="no address ::1"):
        open_sockets(("::1",), 0)


@pytest.mark.parametrize(
    ("number", "says"), [(errno.EACCES, "may not use port"), (errno.ENOBUFS, "Cannot listen on 127.0.0.1")]
)
def test_other_failures_are_told(monkeypatch: pytest.MonkeyPatch, number: int, says: str) -> None:
    def refuse(host: str, port: int) -> socket.socket:
        raise OSError(number, "refused")

    monkeypatch.setattr(listening, "_open", refuse)
    with pytest.raises(CannotStart, match=says):
        open_sockets(("127.0.0.1",), free_port())


def test_own_addresses_are_those_that_others_can_use() -> None:
    for text in own_addresses():
        address = ipaddress.ip_address(text)
        assert not address.is_loopback
        assert not address.is_link_local
