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
from certs.load import KeyPair, check, load_into, server_context, stamp
from certs.self_signed import ensure
from parley.config import Settings
from parley.failures import CannotStart
from parley.listening import own_addresses

_HOST_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Certificate:
    """Holds the TLS context; :meth:`refresh` takes in files that changed, and renews a self-signed one in time."""

    def __init__(self, find: Callable[[], KeyPair]) -> None:
        """``find`` returns the pair to use now, or raises :class:`CertificateError`, as this does."""
        self._find = find
        self.pair = find()
        self.context: ssl.SSLContext = server_context(self.pair)
        self._stamp = stamp(self.pair)

    def refresh(self) -> bool:
        """Whether there was something new. Raises :class:`CertificateError` or :class:`OSError`, and keeps what it has."""
        pair = self._find()
        new_stamp = stamp(pair)
        if new_stamp == self._stamp:
            return False
        load_into(self.context, pair)
        self.pair, self._stamp = pair, new_stamp
        return True


def certificate_for(settings: Settings) -> Certificate | None:
    """None where plain HTTP is spoken. Raises :class:`CannotStart`."""
    if settings.scheme == "http":
        return None
    given = settings.tls
    try:
        if given is not None:
            return Certificate(lambda: check(given.fullchain, given.private_key))
        folder, names = (
            settings.storage.data / "certs",
            certificate_names(settings, own_addresses(), socket.gethostname()),
        )
        return Certificate(lambda: ensure(folder, names, datetime.now(UTC)))
    except (CertificateError, OSError) as error:
        raise CannotStart(str(error)) from None


def certificate_names(settings: Settings, addresses: Collection[str], host_name: str) -> frozenset[str]:
    """What people may type to reach this machine."""
    names = {"localhost", "127.0.0.1", "::1", *addresses, *settings.media.public_ip}
    names |= {host for host in settings.http.hosts if not ipaddress.ip_address(host).is_unspecified}
    if settings.server_name is not None:
        names.add(settings.server_name.partition(":")[0])
    if len(host_name) <= 253 and _HOST_NAME.fullmatch(host_name.lower()):
        names.add(host_name.lower())
    return frozenset(names)
