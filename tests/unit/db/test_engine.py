from __future__ import annotations

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from db.connection import Step
from db.engine import open_databases, parse_url, prepare_file
from db.errors import DatabaseError


@pytest.mark.parametrize(
    ("url", "driver", "database"),
    [
        ("sqlite:////var/lib/parley/parley.db", "sqlite+aiosqlite", "/var/lib/parley/parley.db"),
        ("sqlite:///parley.db", "sqlite+aiosqlite", "parley.db"),
        ("sqlite+aiosqlite:///parley.db", "sqlite+aiosqlite", "parley.db"),
        ("postgresql://parley:secret@db/parley", "postgresql+asyncpg", "parley"),
        ("mysql://parley:secret@db/parley", "mysql+asyncmy", "parley"),
        ("mariadb://parley:secret@db/parley", "mysql+asyncmy", "parley"),
    ],
)
def test_an_address_names_a_database(url: str, driver: str, database: str) -> None:
    parsed = parse_url(url)
    assert (parsed.drivername, parsed.database) == (driver, database)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "cannot be read"),
        ("/var/lib/parley.db", "cannot be read"),
        ("postgresql://host:port/x", "cannot be read"),
        ("oracle://host/x", "no support for the database 'oracle'"),
        ("sqlite://", "names no file"),
        ("postgresql://parley@db", "names no database"),
        ("mysql://parley@db/", "names no database"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file::memory:?cache=shared&uri=true", "names no file"),
    ],
)
def test_an_address_that_names_none_is_said_so(url: str, words: str) -> None:
    with pytest.raises(DatabaseError, match=words) as caught:
        parse_url(url)
    assert "\n" not in str(caught.value)


def test_a_password_from_elsewhere_goes_before_that_in_the_address() -> None:
    assert parse_url("mysql://parley@db/parley", "p@ss:word/").password == "p@ss:word/"
    assert parse_url("postgresql://parley:old@db/parley", "new").password == "new"
    assert parse_url(parse_url("postgresql://parley@db/parley", "new")).password == "new"
    assert parse_url("sqlite:////srv/parley.db", "new").password is None


def test_a_password_is_in_no_message() -> None:
    with pytest.raises(DatabaseError) as caught:
        parse_url("oracle://parley:geheim@db/parley")
    assert "geheim" not in str(caught.value)


def test_a_missing_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    prepare_file(parse_url(f"sqlite:///{path}"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_is_there_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    prepare_file(parse_url(f"sqlite:///{path}"))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("t",)]


def refusal(path: Path) -> str:
    with pytest.raises(DatabaseError) as caught:
        prepare_file(parse_url(f"sqlite:///{path}"))
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    return str(caught.value)


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "does not exist; create it" in refusal(tmp_path / "nowhere" / "parley.db")


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    assert "cannot be opened for writing" in refusal(tmp_path)


def test_a_folder_where_nothing_can_be_written() -> None:
    assert "cannot be opened for writing" in refusal(Path("/proc/parley.db"))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    path.write_text("Dear diary, today I moved the database to a new machine. " * 40)
    assert "file is not a database" in refusal(path)
    assert path.read_text().startswith("Dear diary")


def test_a_database_with_a_broken_schema(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    content = bytearray(path.read_bytes())
    content[100:200] = b"\xff" * 100  # the root page of the schema
    path.write_bytes(content)
    assert "malformed" in refusal(path)


def test_other_databases_have_no_file() -> None:
    prepare_file(make_url("postgresql+asyncpg://db/parley"))


async def test_every_connection_is_safe_and_the_readers_only_read(tmp_path: Path) -> None:
    url = parse_url(f"sqlite:///{tmp_path / 'parley.db'}")
    await asyncio.to_thread(prepare_file, url)
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
    for database, query_only in zip(await asyncio.to_thread(open_databases, url), (0, 1), strict=True):
        transaction = database.transaction()
        connection = await transaction.begin()
        answers = await connection.run([Step(text(f"PRAGMA {name}"), {}) for name in names])
        values = {name: answer.rows[0][0] for name, answer in zip(names, answers, strict=True)}
        await transaction.abandon()
        await database.dispose()
        assert values == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 5000,
            "query_only": query_only,
        }
