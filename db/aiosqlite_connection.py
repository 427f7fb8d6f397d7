"""SQLite connections that go to their thread once for each list of statements.

With aiosqlite alone each call of the driver (cursor, execute, fetchall, close) is a trip to the connection's thread and back, and
a trip costs more than most statements. Here a list of statements is one trip. Private names of aiosqlite are used: ``_execute``,
``_thread``, ``_tx``, ``_conn``, ``_connection`` and ``_running`` of a connection, ``_STOP_RUNNING_SENTINEL``; a test pins them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import aiosqlite
from aiosqlite.core import _STOP_RUNNING_SENTINEL

STATEMENTS_KEPT: Final = 512
"""That SQLite keeps compiled, for each connection."""


class Said(NamedTuple):
    sql: str
    parameters: Sequence[Any]
    many: bool = False
    """``parameters`` are those of many executions."""


class Heard(NamedTuple):
    names: tuple[str, ...]
    """Of the columns; empty where the statement gives no rows."""
    rows: list[tuple[Any, ...]]
    changed: int


class Lost(sqlite3.OperationalError):
    """The transaction is no longer what it was thought to be: SQLite has rolled it back, as it does when the disk is full."""


class SingleHopConnection(aiosqlite.Connection):
    """Its transactions begin and end by the statements of whoever uses it: open it with ``isolation_level=None``."""

    def __init__(self, path: str, opening: str, **arguments: Any) -> None:
        """``opening`` is a script for the fresh connection; ``arguments`` are those of :func:`sqlite3.connect`."""

        def connect() -> sqlite3.Connection:
            connection: sqlite3.Connection = sqlite3.connect(path, cached_statements=STATEMENTS_KEPT, **arguments)
            try:
                connection.executescript(opening)
            except BaseException:
                connection.close()
                raise
            return connection

        super().__init__(connect, iter_chunk_size=64)
        self._thread.daemon = True  # a connection that nobody closed must not keep the process alive
        self.lost = False
        """Written by the thread: the transaction that was begun is gone, and nothing runs before the next one begins."""
        self.changes = 0
        """Written by the thread: how many rows were ever changed, taken back or not."""

    async def perform(self, control: Sequence[str], said: Sequence[Said] = (), then: Sequence[str] = ()) -> list[Heard]:
        """In one trip: ``control`` (BEGIN, SAVEPOINT and their like), the statements, ``then`` (COMMIT); up to what fails first.

        Outside of a transaction only BEGIN is taken: a statement must never commit by itself. Raises :class:`sqlite3.Error`.
        """
        heard: list[Heard] = await self._execute(self._perform, self._conn, control, said, then)  # type: ignore[no-untyped-call]
        return heard

    def perform_later(self, control: Sequence[str]) -> None:
        """Like :meth:`perform` of ``control``, for those who need not know when it is done, nor whether."""
        self._tx.put_nowait((None, lambda: self._perform(self._conn, control, (), ())))

    def _perform(
        self, connection: sqlite3.Connection, control: Sequence[str], said: Sequence[Said], then: Sequence[str]
    ) -> list[Heard]:
        self._steer(connection, control)
        heard = self._hear(connection, said) if said else []
        self._steer(connection, then)
        return heard

    def _steer(self, connection: sqlite3.Connection, control: Sequence[str]) -> None:
        try:
            for sql in control:
                self._step(connection, sql)
        except sqlite3.Error:
            self.lost = True
            raise

    def _hear(self, connection: sqlite3.Connection, said: Sequence[Said]) -> list[Heard]:
        self._check(connection)
        try:
            return [_hear(connection, each) for each in said]
        except sqlite3.Error:
            self.lost = not connection.in_transaction
            raise
        finally:
            self.changes = connection.total_changes

    def _step(self, connection: sqlite3.Connection, sql: str) -> None:
        if sql.startswith("BEGIN"):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self.lost = False
        elif sql == "ROLLBACK":
            if not connection.in_transaction:
                return
        else:
            self._check(connection)
        connection.execute(sql)

    def _check(self, connection: sqlite3.Connection) -> None:
        if self.lost or not connection.in_transaction:
            self.lost = True
            raise Lost("the transaction was rolled back by the database")

    def stop(self) -> None:
        """Lets the thread end by itself; nobody waits for it, so it must not answer to an event loop that may be closed by then."""

        def close_and_stop() -> object:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            return _STOP_RUNNING_SENTINEL

        self._running = False
        self._tx.put_nowait((None, close_and_stop))


def _hear(connection: sqlite3.Connection, said: Said) -> Heard:
    run = connection.executemany if said.many else connection.execute
    cursor = run(said.sql, said.parameters)
    try:
        if cursor.description is None:
            return Heard((), [], cursor.rowcount)
        names = tuple(column[0] for column in cursor.description)
        return Heard(names, cursor.fetchall(), cursor.rowcount)
    finally:
        cursor.close()
