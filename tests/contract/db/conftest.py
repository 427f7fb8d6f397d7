"""The same suite over every database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from db.store import SqlStore, open_store
from tests.support.database import RecordingBus, make_file, sqlite_url
from tests.support.postgres import PostgresServer, postgres_server, programs
from tests.support.rows import settle


@pytest.fixture
def bus() -> RecordingBus:
    return RecordingBus()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server is installed (apt install postgresql)")
    pytest.importorskip("asyncpg", reason="the driver is not installed (pip install asyncpg)")
    with postgres_server(found) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with all tables."""
    if request.param == "sqlite":
        make_file(tmp_path)
        return sqlite_url(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres")
    server.empty()
    return server.url


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
