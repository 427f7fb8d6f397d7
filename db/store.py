"""The store: transactions for those who know nothing of SQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db import migrations
from db.engine import open_engines, parse_url, prepare_file
from db.errors import translated
from db.transaction import Transaction, to_the_end
from db.unit_of_work import SqlReader, SqlUnitOfWork
from server.domain.errors import Unavailable
from server.ports import Bus


async def open_store(url: str, *, bus: Bus) -> SqlStore:
    """Opens the database, brings its tables up to date and returns the store; raises :class:`db.errors.DatabaseError`."""
    parsed = parse_url(url)
    await asyncio.to_thread(prepare_file, parsed)
    await migrations.upgrade(url)
    writer, reader = await asyncio.to_thread(open_engines, parsed)
    return SqlStore(writer, reader, bus)


class SqlStore:
    """Implements :class:`server.ports.Store`.

    One unit of work writes at a time. It commits and then publishes before the next one begins, so the order of the bus is that
    of the commits. Readers have connections of their own and wait for nobody.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, bus: Bus) -> None:
        self.writer = writer
        self.reader = reader
        self._bus = bus
        self._writing = asyncio.Lock()
        self._busy_task: asyncio.Task[Any] | None = None
        self._closed = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlReader]:
        """One consistent state, from the first statement on."""
        self._check_open()
        with translated():
            transaction = Transaction(self.reader)
            try:
                yield SqlReader(await transaction.begin())
            finally:
                await transaction.abandon()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlUnitOfWork]:
        """A cancellation during the commit is raised when the commit and its notices are out."""
        if self._busy_task is asyncio.current_task():
            raise RuntimeError("a unit of work within a unit of work would wait for itself for ever")
        async with self._writing:
            self._check_open()
            self._busy_task = asyncio.current_task()
            with translated():
                transaction = Transaction(self.writer)
                try:
                    unit = SqlUnitOfWork(await transaction.begin())
                    yield unit
                    await to_the_end(self._finish(transaction, unit))
                finally:
                    self._busy_task = None
                    await transaction.abandon()

    async def _finish(self, transaction: Transaction, unit: SqlUnitOfWork) -> None:
        await transaction.commit()
        if unit.notices:
            await self._bus.publish(unit.notices)

    async def ping(self) -> None:
        """Raises :class:`server.domain.errors.Unavailable` when the database does not answer."""
        self._check_open()
        with translated():
            transaction = Transaction(self.reader)
            try:
                await (await transaction.begin()).execute(text("SELECT version_num FROM alembic_version"))
            finally:
                await transaction.abandon()

    async def close(self) -> None:
        """Waits for the unit of work that writes; later ones are refused."""
        async with self._writing:
            self._closed = True
            await self.writer.dispose()
            await self.reader.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise Unavailable("shutting_down", "The server is stopping. Try again in a minute.")
