"""The certificate that this server shows: the operator's, or one that it signs itself; exchanged while it runs."""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Final

from certs.errors import CertificateError
from certs.load import KeyPair, check, in_memory, load_into, server_context
from certs.review import Concern, covers, review
from certs.self_signed import ensure
from parley.config import Settings
from parley.failures import CannotStart
from parley.listening import own_addresses

_HOST_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

Find = Callable[[KeyPair | None], KeyPair]
"""Returns the pair to use now; given the one in use, that one itself if it is still the same."""


def now_utc() -> datetime:
    return datetime.now(UTC)


class Certificate:
    """Holds the TLS context of the listening sockets, and exchanges what is in it."""

    def __init__(self, find: Find, server_name: str | None, clock: Callable[[], datetime] = now_utc) -> None:
        """Blocks; raises :class:`CertificateError`, as ``find`` does."""
        self._find = find
        self._server_name = server_name
        self._clock = clock
        self.pair = find(None)
        self.context: ssl.SSLContext = server_context(self.pair)

    def concerns(self) -> tuple[Concern, ...]:
        """About the certificate in use. Blocks."""
        return review(self.pair, self._server_name, self._clock())

    @property
    def is_public(self) -> bool:
        """Browsers may be told to come by HTTPS alone: an authority vouches for this name at this moment."""
        pair = self.pair
        named = self._server_name is None or covers(pair, self._server_name)
        return not pair.self_signed and named and pair.not_before <= self._clock() < pair.not_after

    def look(self) -> KeyPair | None:
        """The pair to :meth:`take`, if it is another one and no worse. Blocks; raises :class:`CertificateError`."""
        pair = self._find(self.pair)
        if pair.content == self.pair.content:
            return None
        server_context(pair)  # OpenSSL has its own opinion, of weak keys for instance
        borne = {concern.code for concern in self.concerns()}
        for concern in review(pair, self._server_name, self._clock()):
            if concern.refused_by_browsers and concern.code not in borne:
                raise CertificateError(concern.text)
        return pair

    def take(self, pair: KeyPair) -> None:
        """From now on connections get ``pair``; open ones stay. In the event loop's own thread: no handshake is half-way there."""
        with in_memory(pair) as path:
            load_into(self.context, path)
        self.pair = pair


def certificate_for(settings: Settings, issued: Find | None = None) -> Certificate | None:
    """None where plain HTTP is spoken. ``issued`` finds what an authority has issued, once there is something.

    Raises :class:`CannotStart`.
    """
    if settings.scheme == "http":
        return None
    name = host_of(settings.server_name)
    given = settings.tls
    try:
        if given is not None:
            return Certificate(lambda known: check(given.fullchain, given.private_key, known), name)
        folder = settings.storage.data / "certs"
        names = certificate_names(settings, own_addresses(), socket.gethostname())

        def own(_known: KeyPair | None) -> KeyPair:
            return ensure(folder, names, now_utc())

        return Certificate(own if issued is None else _issued_or_own(issued, name, own), name)
    except (CertificateError, OSError) as error:
        raise CannotStart(str(error)) from None


def _issued_or_own(issued: Find, name: str | None, own: Find) -> Find:
    def find(known: KeyPair | None) -> KeyPair:
        try:
            pair = issued(known)
        except CertificateError:
            return own(known)
        return pair if name is None or covers(pair, name) else own(known)

    return find


def host_of(server_name: str | None) -> str | None:
    """Without the port."""
    return None if server_name is None else server_name.partition(":")[0]


def certificate_names(settings: Settings, addresses: Collection[str], host_name: str) -> frozenset[str]:
    """What people may type to reach this machine."""
    names = {"localhost", "127.0.0.1", "::1", *addresses, *settings.media.public_ip}
    names |= {host for host in settings.http.hosts if not ipaddress.ip_address(host).is_unspecified}
    if settings.server_name is not None:
        names.add(settings.server_name.partition(":")[0])
    if len(host_name) <= 253 and _HOST_NAME.fullmatch(host_name.lower()):
        names.add(host_name.lower())
    return frozenset(names)
