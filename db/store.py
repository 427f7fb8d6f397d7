"""The store: transactions for those who know nothing of SQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import text

from db import migrations
from db.connection import Database, Step
from db.engine import open_databases, parse_url, prepare_file
from db.errors import translated
from db.group_commit import GroupCommit
from db.unit_of_work import SqlReader, SqlUnitOfWork
from server.domain.errors import Unavailable
from server.ports import Bus

_PING: Final = Step(text("SELECT version_num FROM alembic_version"), {})


async def open_store(url: str, *, bus: Bus, password: str | None = None, ca: Path | None = None) -> SqlStore:
    """Opens the database, brings its tables up to date and returns the store.

    ``password`` takes the place of the one in ``url``. With ``ca`` (a PEM file) a server has to show a certificate of that
    authority. Raises :class:`db.errors.DatabaseError`.
    """
    parsed = parse_url(url, password)
    await asyncio.to_thread(prepare_file, parsed)
    await migrations.upgrade(parsed, ca=ca)
    writer, reader = await asyncio.to_thread(open_databases, parsed, ca)
    return SqlStore(writer, reader, bus)


class SqlStore:
    """Implements :class:`server.ports.Store`.

    One unit of work writes at a time, and several may share a commit (:mod:`db.group_commit`). The order of the bus is that of the
    commits, and of the units in them. Readers have connections of their own and wait for nobody.
    """

    def __init__(self, writer: Database, reader: Database, bus: Bus) -> None:
        self.writer = writer
        self.reader = reader
        self._commits = GroupCommit(writer, bus.publish)
        self._closed = False
        self.watch: Callable[[Literal["read", "write"], float], None] | None = None
        """Is told of each unit, and how many seconds it took with all its waiting."""

    @property
    def commits(self) -> GroupCommit:
        return self._commits

    def _tell(self, kind: Literal["read", "write"], began_s: float) -> None:
        if self.watch is not None:
            self.watch(kind, time.perf_counter() - began_s)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlReader]:
        """One consistent state, from the first statement on."""
        self._check_open()
        began_s = time.perf_counter()
        with translated():
            transaction = self.reader.transaction()
            try:
                connection = await transaction.begin()
                yield SqlReader(connection)
                await connection.flush()  # nothing, or a write: which fails
            finally:
                await transaction.abandon()
                self._tell("read", began_s)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlUnitOfWork]:
        """A cancellation during the commit is raised when the commit and its notices are out."""
        began_s = time.perf_counter()
        with translated():
            batch = await self._commits.enter()
            unit = SqlUnitOfWork(batch.connection)
            try:
                yield unit
            except BaseException as error:
                await self._commits.undo(batch, error)
                raise
            await self._commits.keep(batch, unit.notices)
            self._tell("write", began_s)

    async def ping(self) -> None:
        """Raises :class:`server.domain.errors.Unavailable` when the database does not answer."""
        self._check_open()
        with translated():
            transaction = self.reader.transaction()
            try:
                await (await transaction.begin()).run([_PING])
            finally:
                await transaction.abandon()

    async def close(self) -> None:
        """Waits for the units of work that write; later ones are refused."""
        await self._commits.close(self._dispose)

    async def _dispose(self) -> None:
        self._closed = True
        await self.writer.dispose()
        await self.reader.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("shutting_down", "The server is stopping. Try again in a minute.")
