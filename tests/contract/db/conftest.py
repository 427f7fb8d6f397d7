"""The same suite over every database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.store import SqlStore
from tests.support.database import RecordingBus, sqlite_store
from tests.support.rows import settle


@pytest.fixture
def bus() -> RecordingBus:
    return RecordingBus()


@pytest.fixture(params=["sqlite"])
async def store(tmp_path: Path, bus: RecordingBus) -> AsyncIterator[SqlStore]:
    """An empty store."""
    async with sqlite_store(tmp_path, bus) as opened:
        yield opened


@pytest.fixture
async def world(store: SqlStore) -> SqlStore:
    """A store with the people and groups of :func:`tests.support.rows.settle`."""
    await settle(store)
    return store
