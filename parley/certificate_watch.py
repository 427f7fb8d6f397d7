"""Looks every few seconds whether the certificate's files changed, and has new ones taken in while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

import structlog

from certs.errors import CertificateError
from certs.load import KeyPair
from certs.review import Concern

EVERY_S: Final = 5.0
"""Two small files are read each time."""

_log = structlog.stdlib.get_logger("parley")


class Exchangeable(Protocol):
    """As :class:`parley.tls.Certificate`."""

    @property
    def pair(self) -> KeyPair: ...

    def look(self) -> KeyPair | None: ...

    def take(self, pair: KeyPair) -> None: ...

    def concerns(self) -> tuple[Concern, ...]: ...


class CertificateWatch:
    """Tells the operator of each thing once, not at every look."""

    def __init__(self, certificate: Exchangeable) -> None:
        self._certificate = certificate
        self._failed: str | None = None
        self._told: str | None = None
        self._concerned: frozenset[str] = frozenset()

    async def run(self, pause: Callable[[float], Awaitable[None]]) -> None:
        """Until it is cancelled. ``pause`` as :func:`asyncio.sleep`."""
        while True:
            try:
                await self.once()
            except Exception:
                # The next look may do better, and the server has a certificate.
                _log.exception("looking after the certificate failed")
            await pause(EVERY_S)

    async def once(self) -> None:
        try:
            pair = await asyncio.to_thread(self._certificate.look)
            if pair is not None:
                self._certificate.take(pair)
                _log.info("the certificate was exchanged", names=list(pair.names), not_after=pair.not_after.isoformat())
            self._failed = self._told = None
        except (CertificateError, OSError) as error:
            self._tell(str(error))
        for concern in await asyncio.to_thread(self._new_concerns):
            _log.warning("the certificate needs attention", concern=concern.code, reason=concern.text)

    def _tell(self, reason: str) -> None:
        """At the second look that fails alike: whoever exchanges two files has them half exchanged for a moment."""
        if self._failed == reason != self._told:
            _log.warning("the new certificate cannot be used; the old one stays", reason=reason)
            self._told = reason
        self._failed = reason

    def _new_concerns(self) -> list[Concern]:
        found = self._certificate.concerns()
        new = [concern for concern in found if concern.code not in self._concerned]
        self._concerned = frozenset(concern.code for concern in found)
        return new
