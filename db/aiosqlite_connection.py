"""SQLite connections that go to their thread once for each statement.

A statement through SQLAlchemy is four calls of the driver (cursor, execute, fetchall, close), and aiosqlite takes each to the
connection's thread and back. Here ``execute`` does all of them there. Five private names of aiosqlite are used, ``_execute``,
``_thread``, ``_tx`` and ``_running`` of a connection and ``_STOP_RUNNING_SENTINEL``; a test pins them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL


class _Cursor:
    """The part of :class:`aiosqlite.Cursor` that SQLAlchemy uses."""

    __slots__ = ("_connection", "_rows", "description", "lastrowid", "rowcount")

    def __init__(self, connection: SingleHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: tuple[Any, ...] | None = None
        self.lastrowid: int | None = None
        self.rowcount = -1

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        await self._connection.in_thread(self._take, sqlite3.Connection.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        await self._connection.in_thread(self._take, sqlite3.Connection.executemany, sql, parameters)

    def _take(self, connection: sqlite3.Connection, run: Callable[..., sqlite3.Cursor], *arguments: Any) -> None:
        cursor = run(connection, *arguments)
        try:
            self.description = cursor.description
            if cursor.description is not None:
                self._rows = cursor.fetchall()
            self.lastrowid = cursor.lastrowid
            self.rowcount = cursor.rowcount
        finally:
            cursor.close()

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []


class SingleHopConnection(aiosqlite.Connection):
    def __init__(self, path: str, opening: str, **arguments: Any) -> None:
        """``opening`` is a script for the fresh connection; ``arguments`` are those of :func:`sqlite3.connect`."""

        def connect() -> sqlite3.Connection:
            connection: sqlite3.Connection = sqlite3.connect(path, **arguments)
            try:
                connection.executescript(opening)
            except BaseException:
                connection.close()
                raise
            return connection

        super().__init__(connect, iter_chunk_size=64)
        self._thread.daemon = True  # a connection that nobody closed must not keep the process alive

    async def in_thread(self, function: Callable[..., None], *arguments: Any) -> None:
        """Calls ``function`` with the connection and ``arguments``."""
        await self._execute(function, self._conn, *arguments)  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Lets the thread end by itself; nobody waits for it, so it must not answer to an event loop that may be closed by then."""

        def close_and_stop() -> object:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            return _STOP_RUNNING_SENTINEL

        self._running = False
        self._tx.put_nowait((None, close_and_stop))

    async def cursor(self) -> _Cursor:  # type: ignore[override]
        return _Cursor(self)
