"""Stores for tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from db import migrations
from db.store import SqlStore, open_store
from server.domain.events import Notice
from server.ports import Around, Bus


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

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        self._receivers.append(receive)
        return lambda: self._receivers.remove(receive)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'parley.db'}"


@cache
def _migrated() -> bytes:
    """An empty database with all tables: a copy is made in no time, the way there takes 0.2 s."""
    with TemporaryDirectory() as folder:
        asyncio.run(migrations.upgrade(sqlite_url(Path(folder))))
        return (Path(folder) / "parley.db").read_bytes()


def make_file(folder: Path) -> None:
    path = folder / "parley.db"
    if not path.exists():
        path.write_bytes(_migrated())


@asynccontextmanager
async def sqlite_store(folder: Path, bus: Bus | None = None) -> AsyncIterator[SqlStore]:
    """A store on a fresh file in ``folder`` (or on the file that is there), closed at the end."""
    await asyncio.to_thread(make_file, folder)
    store = await open_store(sqlite_url(folder), bus=bus or RecordingBus())
    try:
        yield store
    finally:
        await store.close()
