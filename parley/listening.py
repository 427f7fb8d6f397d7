"""The sockets people come in by, opened before anything else so that a port that is taken is told at once."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Sequence
from typing import Final

import ifaddr

from parley.config import EVERY_ADDRESS
from parley.failures import CannotStart
from parley.values import LOOPBACK

BACKLOG: Final = 1024

Listener = socket.socket

_NO_SUCH_ADDRESS: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


def open_sockets(hosts: Sequence[str], port: int, setting: str = "PARLEY_PORT") -> list[socket.socket]:
    """Listening TCP sockets, one for each address and all on one port; 0 takes a free one.

    ``setting`` is what a port that cannot be had is blamed on. Raises :class:`CannotStart`.

    Of the defaults (both loopback addresses, every address) one family may be missing on this machine.
    """
    opened: list[socket.socket] = []
    try:
        for host in hosts:
            try:
                opened.append(_open(host, port))
            except OSError as error:
                if tuple(hosts) in {LOOPBACK, EVERY_ADDRESS} and error.errno in _NO_SUCH_ADDRESS and host != hosts[0]:
                    continue
                raise CannotStart(_explain(error, host, port, setting)) from None
            port = port or opened[0].getsockname()[1]
    except CannotStart:
        for each in opened:
            each.close()
        raise
    return opened


def _open(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _explain(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program. Stop that one, or choose another port with {setting}."
        )
    if error.errno == errno.EACCES:
        return f"This user may not use port {port}. Choose one above 1023 with {setting}."
    if error.errno in _NO_SUCH_ADDRESS:
        return f"This machine has no address {host}. Write one that it has with PARLEY_HOST (0.0.0.0 is every address)."
    return f"Cannot listen on {host}, port {port} ({error.strerror}). See PARLEY_HOST and {setting}."


def own_addresses() -> tuple[str, ...]:
    """IP addresses of this machine that others on its networks can use: no loopback, no link-local."""
    found: dict[str, None] = {}
    for adapter in ifaddr.get_adapters():
        for entry in adapter.ips:
            address = ipaddress.ip_address(entry.ip if isinstance(entry.ip, str) else entry.ip[0])
            if not (address.is_loopback or address.is_link_local):
                found[str(address)] = None
    return tuple(found)
