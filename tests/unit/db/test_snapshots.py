from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from db import migrations, snapshots
from db.errors import DatabaseError
from tests.support.database import make_file, sqlite_url


def tell(_done: int, _total: int) -> None:
    pass


@pytest.fixture
def database(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    make_file(tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data" / "parley.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE pairs (one INTEGER, other INTEGER, filling BLOB)")
    return tmp_path / "data" / "parley.db"


@contextmanager
def a_writer(database: Path) -> Iterator[threading.Event]:
    """Writes pairs that are equal in every state; the event: it has written."""
    stop, wrote = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO pairs VALUES (?, ?, zeroblob(20000))", (number, 0))
                connection.execute("UPDATE pairs SET other = one WHERE one = ?", (number,))
                connection.execute("COMMIT")
                if number > 50:
                    wrote.set()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield wrote
    finally:
        stop.set()
        thread.join()


def test_one_state_while_somebody_writes(database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(snapshots, "PAGES_AT_ONCE", 16)
    steps: list[tuple[int, int]] = []
    with a_writer(database) as wrote:
        assert wrote.wait(30)
        revision = snapshots.take(
            sqlite_url(database.parent), tmp_path / "copy", lambda done, total: steps.append((done, total))
        )
    assert revision == migrations.HEAD
    assert len(steps) > 10, "it was told how far it is"
    assert steps[-1][0] == steps[-1][1]
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "data"], "one file, and nothing beside it"
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        count, last = copy.execute("SELECT count(*), max(one) FROM pairs WHERE one = other").fetchone()
        assert count == last >= 50


def test_a_copy_replaces_no_file(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"mine")
    with pytest.raises(DatabaseError, match="cannot be written"):
        snapshots.take(sqlite_url(database.parent), tmp_path / "copy", tell)
    assert (tmp_path / "copy").read_bytes() == b"mine"


def test_no_database_or_one_of_another_program_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="There is no database"):
        snapshots.take(sqlite_url(tmp_path), tmp_path / "one", tell)
    sqlite3.connect(tmp_path / "parley.db").close()
    with pytest.raises(DatabaseError, match="cannot be copied: no such table"):
        snapshots.take(sqlite_url(tmp_path), tmp_path / "two", tell)


def test_a_damaged_file_is_found(database: Path, tmp_path: Path) -> None:
    snapshots.take(sqlite_url(database.parent), tmp_path / "copy", tell)
    assert snapshots.check_file(tmp_path / "copy") == migrations.HEAD
    content = bytearray((tmp_path / "copy").read_bytes())
    content[4096 : 4096 * 20] = b"\xff" * (4096 * 19)
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(DatabaseError, match=r"damaged|cannot be read"):
        snapshots.check_file(tmp_path / "copy")


def test_tools_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(DatabaseError, match=r"needs pg_dump: .* Install postgresql-client"):
        snapshots._tool("pg_dump", "postgresql-client")


def test_the_kind_of_database() -> None:
    kinds = [snapshots.kind_of(f"{name}://x@y/z") for name in ("postgresql", "mysql", "mariadb")]
    assert kinds == ["postgresql", "mysql", "mysql"]
    assert snapshots.sqlite_file("mysql://x@y/z") is None
