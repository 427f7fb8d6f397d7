"""What each peer of the chat comparison does for the bench."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

from bench.chat.orders import Orders


class ChatPeer(Protocol):
    """One server with one room that everyone is or comes in. ``start`` and ``stop`` once each."""

    name: str
    """Its column in the results."""
    note: str
    """What should be known beside its figures; may be filled in by ``start``."""

    async def start(self) -> None:
        """Raises :class:`bench.packages.NotHereError`, RuntimeError."""
        ...

    @property
    def pid(self) -> int:
        """The process that is measured, with all its descendants."""
        ...

    def orders(self, readers: int) -> Orders:
        """For a fleet of so many readers, who write as well."""
        ...

    async def stop(self) -> None: ...


@contextlib.asynccontextmanager
async def started(peer: ChatPeer) -> AsyncIterator[None]:
    try:
        await peer.start()
        yield
    finally:
        await peer.stop()
