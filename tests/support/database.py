"""Stores for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from db.store import SqlStore, open_store
from server.domain.events import Notice


class RecordingBus:
    """A bus that keeps what it carried."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._receivers: list[Callable[[Notice], None]] = []

    async def publish(self, notices: Sequence[Notice]) -> None:
        self.notices.extend(notices)
        for notice in notices:
            for receive in list(self._receivers):
                receive(notice)

    def subscribe(self, receive: Callable[[Notice], None]) -> Callable[[], None]:
        self._receivers.append(receive)
        return lambda: self._receivers.remove(receive)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'parley.db'}"


@asynccontextmanager
async def sqlite_store(folder: Path, bus: RecordingBus | None = None) -> AsyncIterator[SqlStore]:
    """A store on a fresh file in ``folder`` (or on the file that is there), closed at the end."""
    store = await open_store(sqlite_url(folder), bus=bus or RecordingBus())
    try:
        yield store
    finally:
        await store.close()
