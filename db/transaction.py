"""One transaction of one connection, safe against being cancelled at any moment."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.errors import unavailable

_T = TypeVar("_T")


async def to_the_end(work: Coroutine[Any, Any, _T] | asyncio.Future[_T]) -> _T:
    """Runs ``work`` to its end even if the caller is cancelled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        if not task.cancelled():
            task.exception()  # seen: the cancellation goes first
        raise cancelled
    return task.result()


class Transaction:
    """Takes a connection of ``engine`` and gives it back, whatever happens in between."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def begin(self) -> AsyncConnection:
        """If this is cancelled or fails, :meth:`abandon` still has to be called."""
        return await to_the_end(self._begin())

    async def _begin(self) -> AsyncConnection:
        try:
            connection = self._connection = await self._engine.connect()
        except exc.SQLAlchemyError:
            raise
        except Exception as error:  # drivers raise what they like when a server cannot be reached
            raise unavailable(error) from error
        await connection.begin()
        return connection

    async def commit(self) -> None:
        """Not to be interrupted: call it within :func:`to_the_end`."""
        assert self._connection is not None  # noqa: S101 (begun before)
        await self._connection.commit()

    async def abandon(self) -> None:
        """Rolls back what was not committed and gives the connection back. Safe to call twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await to_the_end(connection.close())
