"""Who is at the door: address, scheme and host of a request as its sender had them, and whether a page of ours sent it. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

from server.domain.errors import Forbidden

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Scheme = Literal["http", "https"]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}

_UNKNOWN: Final = ipaddress.IPv4Address(0)


@dataclass(frozen=True, slots=True)
class Visitor:
    address: str
    """IP address of the client, past the proxies that are trusted."""
    scheme: Scheme
    """What the client speaks; a trusted proxy's word counts."""
    authority: str
    """The Host header in lower case: ``host`` or ``host:port``."""
    local: bool
    """From this machine, through no proxy that is trusted."""


@dataclass(frozen=True, slots=True)
class DoorPolicy:
    """What the door knows of its own place."""

    server_name: str | None
    """``host`` or ``host:port``; None: whatever name people use."""
    port: int
    """Listened on."""
    secure: bool
    """This process does TLS itself."""
    trusted_proxies: Collection[IPNetwork] = ()

    def visitor(self, peer: str | None, headers: Mapping[str, str]) -> Visitor:
        """``peer`` is the other end of the connection; ``headers`` find names in any case."""
        address = _parse_address(peer or "") or _UNKNOWN
        scheme: Scheme = "https" if self.secure else "http"
        proxied = self._trusts(address)
        if proxied:
            forwarded = headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
            scheme = "https" if forwarded == "https" else scheme
            address = self._client(address, headers.get("X-Forwarded-For", ""))
        return Visitor(str(address), scheme, headers.get("Host", "").lower(), address.is_loopback)

    def refuse_cleartext(self, visitor: Visitor) -> None:
        """Passwords travel by HTTPS, or stay on this machine. Raises :class:`Forbidden`."""
        if visitor.scheme == "http" and not visitor.local:
            raise Forbidden(
                "https_only",
                "Open this server by HTTPS. If a proxy does TLS for it: the proxy has to send X-Forwarded-Proto, and its "
                "address belongs into PARLEY_TRUSTED_PROXIES.",
            )

    def check_origin(self, visitor: Visitor, origin: str | None, fetch_site: str | None = None) -> None:
        """Only pages of this server may do this. Raises :class:`Forbidden`.

        Browsers send ``Origin`` with every request that changes something; ``fetch_site`` (Sec-Fetch-Site) counts where it is
        absent.
        """
        if origin is None and fetch_site == "same-origin":
            return
        if origin is None or not self.is_own(visitor, origin):
            expected = f"{visitor.scheme}://{self.server_name or visitor.authority}"
            raise Forbidden("bad_origin", f"Only pages of {expected} may do this. Open that address.", origin=expected)

    def _trusts(self, address: IPAddress) -> bool:
        return any(address in network for network in self.trusted_proxies)

    def _client(self, peer: IPAddress, forwarded_for: str) -> IPAddress:
        """The last address that no trusted proxy put there; each proxy appends the one that it saw."""
        client = peer
        for text in reversed(forwarded_for.split(",")):
            address = _parse_address(text)
            if address is None:
                break
            client = address
            if not self._trusts(address):
                break
        return client

    def host(self, visitor: Visitor) -> str:
        """What people call this server, without a port; ``localhost`` where they say nothing that could be read."""
        authority = _authority_of(visitor.scheme, self.server_name or visitor.authority)
        return (authority and authority[0]) or "localhost"

    def is_own(self, visitor: Visitor, origin: str) -> bool:
        """Whether this is the origin of this server's pages."""
        try:
            parts = urlsplit(origin.lower())
            port = parts.port
        except ValueError:
            return False
        plain = f"{parts.scheme}://{parts.netloc}" == origin.lower() and "@" not in parts.netloc
        if parts.scheme != visitor.scheme or not parts.hostname or not plain:
            return False
        if self.server_name is None:
            return _authority(parts, port) == _authority_of(visitor.scheme, visitor.authority)
        if ":" in self.server_name:
            return _authority(parts, port) == _authority_of(visitor.scheme, self.server_name)
        return parts.hostname == self.server_name and port in {None, _DEFAULT_PORTS[visitor.scheme], self.port}


def _parse_address(text: str) -> IPAddress | None:
    """Also ``[v6]:port`` and ``v4:port``, as some proxies write, and IPv4 that came over an IPv6 socket."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address


def _authority(parts: SplitResult, port: int | None) -> tuple[str | None, int]:
    return parts.hostname, port or _DEFAULT_PORTS[parts.scheme]


def _authority_of(scheme: Scheme, authority: str) -> tuple[str | None, int] | None:
    try:
        parts = urlsplit(f"{scheme}://{authority}")
        return _authority(parts, parts.port)
    except ValueError:
        return None
