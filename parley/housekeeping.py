"""What has to be done now and then while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

import structlog

from certs.errors import CertificateError
from certs.load import KeyPair

EVERY_S: Final = 3600.0

Chore = Callable[[], Awaitable[object]]

_log = structlog.stdlib.get_logger("parley")


class Refreshable(Protocol):
    """As :class:`parley.tls.Certificate`."""

    @property
    def pair(self) -> KeyPair: ...

    def refresh(self) -> bool: ...


async def keep_house(chores: Mapping[str, Chore], pause: Callable[[float], Awaitable[None]]) -> None:
    """All chores, again and again until it is cancelled. ``pause`` as :func:`asyncio.sleep`."""
    while True:
        for name, chore in chores.items():
            try:
                await chore()
            except Exception:
                # It is tried again in an hour; the other chores must not suffer.
                _log.exception("housekeeping failed", work=name)
        await pause(EVERY_S)


async def refresh(certificate: Refreshable) -> None:
    """Takes in a certificate that was exchanged on the disk, or renews a self-signed one."""
    try:
        if await asyncio.to_thread(certificate.refresh):
            _log.info("the certificate was exchanged", not_after=certificate.pair.not_after.isoformat())
    except (CertificateError, OSError) as error:
        _log.error("the new certificate cannot be used; the old one stays", reason=str(error))
