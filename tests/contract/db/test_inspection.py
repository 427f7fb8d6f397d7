"""What a look at each database finds."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import DatabaseError
from db.inspection import inspect
from db.migrations import HEAD
from tests.support.engines import ENGINES, new_database


async def test_tables_of_this_version(url: str) -> None:
    found = await inspect(url)
    assert found is not None
    assert url.startswith(found.kind)
    assert (found.revision, found.writable) == (HEAD, True)
    assert found.version
    if found.kind == "sqlite":
        assert (found.encrypted, found.now_s) == (None, None)
    else:
        assert found.encrypted is False
        assert found.now_s is not None
        assert abs(found.now_s - time.time()) < 60


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return new_database(request, request.param, tmp_path)


async def test_no_tables_yet_and_none_are_made(empty_url: str) -> None:
    for _look in range(2):
        found = await inspect(empty_url)
        assert found is None or (found.revision, found.writable) == (None, True)


async def test_a_file_that_somebody_writes_just_now(tmp_path: Path) -> None:
    path = tmp_path / "busy.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("CREATE TABLE alembic_version (version_num TEXT)")
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        found = await inspect(f"sqlite:///{path}")
    assert found is not None
    assert (found.revision, found.writable) == (None, True)


async def test_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"words " * 2000)
    with pytest.raises(DatabaseError, match="cannot be used"):
        await inspect(f"sqlite:///{tmp_path / 'x.db'}")
    (tmp_path / "folder.db").mkdir()
    with pytest.raises(DatabaseError, match="cannot be opened"):
        await inspect(f"sqlite:///{tmp_path / 'folder.db'}")
    with pytest.raises(DatabaseError, match="cannot be reached"):
        await inspect("mysql://u:p@127.0.0.1:1/parley")
