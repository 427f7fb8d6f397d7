"""The same suite over every database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.store import SqlStore, open_store
from tests.support.database import RecordingBus
from tests.support.engines import ENGINES, empty_database
from tests.support.rows import settle


@pytest.fixture
def bus() -> RecordingBus:
    return RecordingBus()


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with all tables."""
    return empty_database(request, request.param, tmp_path)


@pytest.fixture
async def store(url: str, bus: RecordingBus) -> AsyncIterator[SqlStore]:
    """An empty store."""
    opened = await open_store(url, bus=bus)
    yield opened
    await opened.close()


@pytest.fixture
async def world(store: SqlStore) -> SqlStore:
    """A store with the people and groups of :func:`tests.support.rows.settle`."""
    await settle(store)
    return store
