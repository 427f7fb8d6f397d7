"""SQLite: a few connections, each a thread, and what one says to them.

Nothing is begun before the first statement, and BEGIN goes to the thread together with it: a transaction in which nothing is said
costs nothing, and one that reads once is one trip.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import Dialect, exc

from db.aiosqlite_connection import Heard, Said, SingleHopConnection
from db.connection import Outcome, Step, Trace
from db.prepared import DIALECT, prepare
from db.transaction import to_the_end

BUSY_S: Final = 5.0
"""How long to wait for a lock that another process holds (a backup, the admin command), or for a connection to be free."""

OPENING: Final = """
PRAGMA foreign_keys = ON;
PRAGMA synchronous = FULL;
PRAGMA trusted_schema = OFF;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = 67108864;
"""

_SAVE: Final = "SAVEPOINT unit"
_KEEP: Final = "RELEASE unit"
_UNDO: Final = ("ROLLBACK TO unit", _KEEP)
_COMMIT: Final = ("COMMIT",)
_ROLLBACK: Final = ("ROLLBACK",)


class SqliteDatabase:
    """Implements :class:`db.connection.Database`. ``begin`` opens each transaction, ``opening`` is run by each connection."""

    saves = True

    def __init__(self, path: str, *, connections: int, begin: str, opening: str = "") -> None:
        self.trace: Trace | None = None
        self.wait_s = BUSY_S
        self.begin = begin
        self._path = path
        self._opening = OPENING + opening
        self._free = asyncio.Semaphore(connections)
        self._idle: list[SingleHopConnection] = []
        self._lent: set[SingleHopConnection] = set()

    def transaction(self) -> SqliteTransaction:
        return SqliteTransaction(self)

    async def take(self) -> SingleHopConnection:
        """Whoever takes one gives it back. Raises :class:`sqlalchemy.exc.TimeoutError` when none becomes free."""
        try:
            async with asyncio.timeout(self.wait_s if self._free.locked() else None):
                await self._free.acquire()
        except TimeoutError as error:
            raise exc.TimeoutError("all connections are in use") from error
        try:
            while not self._idle:  # somebody else may take it first
                await to_the_end(self._open())
        except BaseException:
            self._free.release()
            raise
        connection = self._idle.pop()
        self._lent.add(connection)
        return connection

    async def _open(self) -> None:
        connection = SingleHopConnection(self._path, self._opening, isolation_level=None, timeout=BUSY_S)
        try:
            await connection
        except sqlite3.Error as error:
            raise wrapped(error) from error
        self._idle.append(connection)

    def give(self, connection: SingleHopConnection) -> None:
        if connection in self._lent:
            self._lent.remove(connection)
            self._idle.append(connection)
        else:
            connection.stop()
        self._free.release()

    async def dispose(self) -> None:
        """Those that are lent close when they come back."""
        idle, self._idle, self._lent = self._idle, [], set()
        for connection in idle:
            await connection.close()


class SqliteTransaction:
    """Implements :class:`db.connection.Transaction`, and its :class:`db.connection.Connection`."""

    dialect: Dialect = DIALECT

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database
        self._connection: SingleHopConnection | None = None
        self._control = [database.begin]
        """Goes to the thread with whatever comes next. It counts as said from then on, even if nobody hears the answer."""
        self._put_off: list[Said] = []
        self._spoilt: exc.DBAPIError | None = None
        self._open = False
        self._left_running = False
        self._changed = False
        """Something was, that has not been undone."""
        self._changes_before = 0

    async def begin(self) -> SqliteTransaction:
        self._connection = await self._database.take()
        self._changes_before = self._connection.changes
        return self

    async def run(self, steps: Sequence[Step]) -> list[Outcome]:
        plans = [prepare(step) for step in steps]
        said = [plan.said(step.parameters) for plan, step in zip(plans, steps, strict=True)]
        heard = await self._perform(said)
        return [plan.outcome(each) for plan, each in zip(plans, heard, strict=True)]

    def put_off(self, steps: Sequence[Step]) -> None:
        self._put_off += [prepare(step).said(step.parameters) for step in steps]

    async def flush(self) -> None:
        if self._spoilt is not None:
            raise self._spoilt
        if self._put_off:
            await self._perform()

    async def _perform(self, said: Sequence[Said] = (), then: Sequence[str] = ()) -> list[Heard]:
        """What was put off, ``said`` and ``then``; the answers to ``said``."""
        assert self._connection is not None  # noqa: S101 (begun before, and not over)
        control, self._control = self._control, []
        put_off, self._put_off = self._put_off, []
        self._open = True
        self._tell(control, [*put_off, *said], then)
        try:
            heard = await self._connection.perform(control, [*put_off, *said], then)
        except asyncio.CancelledError:
            self._left_running = True
            raise
        except sqlite3.Error as error:
            failed = wrapped(error)
            if put_off:
                self._spoilt = failed
            raise failed from error
        return heard[len(put_off) :]

    def _tell(self, control: Iterable[str], said: Iterable[Said], then: Iterable[str]) -> None:
        if self._database.trace is not None:
            for sql in control:
                self._database.trace(sql, ())
            for sql, parameters, _ in said:
                self._database.trace(sql, parameters)
            for sql in then:
                self._database.trace(sql, ())

    def save(self) -> None:
        self._note_changes()
        self._control.append(_SAVE)

    def undo(self) -> bool:
        assert self._connection is not None  # noqa: S101 (begun before, and not over)
        self._put_off, self._spoilt = [], None
        if not self._forget_save():
            self._control += _UNDO
        self._changes_before = self._connection.changes
        return not self._connection.lost

    def keep(self) -> None:
        if not self._forget_save():
            self._control.append(_KEEP)

    def _forget_save(self) -> bool:
        """Whether nothing was said since :meth:`save`; then nothing need be said of it either."""
        if not self._control or self._control[-1] != _SAVE:
            return False
        self._control.pop()
        return True

    def _note_changes(self) -> None:
        assert self._connection is not None  # noqa: S101 (begun before, and not over)
        self._changed |= self._connection.changes != self._changes_before
        self._changes_before = self._connection.changes

    async def commit(self) -> None:
        self._note_changes()
        if self._changed or self._put_off:
            await self._perform(then=_COMMIT)
            self._open = False
        # Else there is nothing to make durable, though SQLite would write a page for what was undone: see abandon.

    async def abandon(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self._left_running:  # whoever gets the connection next shall not wait for what was given up
                await to_the_end(connection.perform(_ROLLBACK))
            elif self._open:
                connection.perform_later(_ROLLBACK)
        except sqlite3.Error:
            pass  # the next BEGIN tries again, and says what it gets
        finally:
            self._database.give(connection)


def wrapped(error: sqlite3.Error) -> exc.DBAPIError:
    """As SQLAlchemy would raise it."""
    found = exc.DBAPIError.instance(None, None, error, sqlite3.Error, hide_parameters=True)
    assert isinstance(found, exc.DBAPIError)  # noqa: S101 (which it is for every error of the driver)
    return found
