"""Connections: how each database is opened, and what a transaction begins with.

SQLite has one engine that writes, with a single connection, and one that only reads, so that reading never waits for a
writer. Its driver is told to leave transactions alone (``isolation_level=None``): the statements that begin one are ours.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import NullPool

from db.connection import Database
from db.errors import DatabaseError, reason
from db.servers import open_servers
from db.sqlite import BUSY_S, OPENING, SqliteDatabase

READERS: Final = 4
"""Connections that read at the same time; each is a thread and up to 2 MiB of cache."""

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "mysql": "mysql+asyncmy",
    "mariadb": "mysql+asyncmy",
}


def parse_url(url: str | URL, password: str | None = None) -> URL:
    """``sqlite:////var/lib/parley/parley.db``, ``postgresql://user:password@host/name`` or ``mysql://user:password@host/name``.

    ``password`` takes the place of the one in the address. Raises :class:`DatabaseError`.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (exc.ArgumentError, ValueError) as error:
        raise DatabaseError(
            "The database address cannot be read; write it like sqlite:////var/lib/parley/parley.db."
        ) from error
    if backend not in _DRIVERS:
        raise DatabaseError(f"There is no support for the database {backend!r}; use one of: {', '.join(_DRIVERS)}.")
    if backend == "sqlite" and (parsed.database or ":memory:").startswith((":memory:", "file:")):
        raise DatabaseError("The database address names no file; write it like sqlite:////var/lib/parley/parley.db.")
    if backend != "sqlite" and not parsed.database:
        raise DatabaseError(
            f"The database address names no database; write it like {backend}://user:password@host/name."
        )
    parsed = parsed.set(drivername=_DRIVERS[backend])
    return parsed if password is None or backend == "sqlite" else parsed.set(password=password)


def open_databases(url: URL, ca: Path | None = None) -> tuple[Database, Database]:
    """The one that writes and the one that reads; ``ca``: :func:`db.servers.server_engine`. Nothing is connected yet. Blocks."""
    if url.get_backend_name() != "sqlite":
        return open_servers(url, ca)
    path = os.path.abspath(url.database or "")
    return (
        SqliteDatabase(path, connections=1, begin="BEGIN IMMEDIATE"),
        SqliteDatabase(path, connections=READERS, begin="BEGIN", opening="PRAGMA query_only = ON;"),
    )


def open_migration_engine(url: URL) -> Engine:
    """For changing the tables of SQLite, from a thread. That is done by replacing them, which must not take along the rows
    that refer to them.
    """
    engine = create_engine(
        url.set(drivername="sqlite"), poolclass=NullPool, connect_args={"isolation_level": None, "timeout": BUSY_S}
    )

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.executescript(OPENING + "PRAGMA foreign_keys = OFF;")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def prepare_file(url: URL) -> None:
    """Makes sure that a SQLite file is there, is ours to write and has a write-ahead log. Blocks; raises :class:`DatabaseError`."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return
    path = Path(url.database)
    if not path.parent.is_dir():
        raise DatabaseError(f"The folder of the database, {path.parent}, does not exist; create it.")
    try:
        # Password hashes are in it: for nobody else to read. The log beside it gets the same mode.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseError(
            f"The database {path} cannot be opened for writing ({error.strerror}); see who owns it and its folder."
        ) from error
    try:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise DatabaseError(
            f"The database {path} cannot be used ({reason(error)}); move it away or restore it from a backup."
        ) from error
    if mode != "wal":
        raise DatabaseError(f"The database {path} is on a file system without shared memory; move it to a local disk.")
