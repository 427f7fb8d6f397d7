"""Which addresses are out in the world: the others are those that a stranger must not make this server talk to. Pure.

For IPv4 all that IANA does not call globally reachable is refused, and what is reachable but stands for machinery. For IPv6 only
global unicast (2000::/3) is taken, without the ranges that carry an IPv4 address of somebody's choice or that are no places:
such an address counts as the IPv4 address in it where that is plain (v4-mapped, NAT64), else it is refused.
"""

from __future__ import annotations

import ipaddress
from typing import Final

_REFUSED_4: Final = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; clouds keep metadata there too
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own service on each machine, global in form
        "169.254.0.0/16",  # link-local: 169.254.169.254 gives metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_6: Final = ipaddress.IPv6Network("2000::/3")
_REFUSED_6: Final = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # IETF: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # 6bone
        "3fff::/20",  # documentation
    )
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP: Final = 0x00005EFE
_ISATAP_MASK: Final = 0xFCFFFFFF
"""Without the bits that say local and group."""


def is_public(address: str) -> bool:
    """False also for what is no address, and for one with a zone."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_public_4(parsed)
    if parsed.scope_id is not None:
        return False
    if parsed.ipv4_mapped is not None:
        return _is_public_4(parsed.ipv4_mapped)
    if parsed in _NAT64:
        return _is_public_4(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    if parsed not in _GLOBAL_6 or not parsed.is_global or any(parsed in network for network in _REFUSED_6):
        return False
    return (int(parsed) >> 32) & _ISATAP_MASK != _ISATAP


def _is_public_4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _REFUSED_4)


def plain(address: str) -> str:
    """One spelling for each address that is one; an IPv4 address in an IPv6 one is that IPv4 address."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        if parsed in _NAT64:
            return str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
    return str(parsed)
