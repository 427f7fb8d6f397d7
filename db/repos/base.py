"""What every repository does with its connection."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Executable, Row, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from db import dialect

_T = TypeVar("_T")

_IN_MAX: Final = 8000
"""Values in one IN list; the databases stop at 32766 parameters (SQLite) or 32767 (PostgreSQL)."""


def portions(ids: Collection[_T]) -> Iterator[list[_T]]:
    """``ids`` without repeats, in lists that fit one statement; nothing at all for none."""
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), _IN_MAX):
        yield unique[start : start + _IN_MAX]


class Repository:
    """Statements over one transaction. Lives as long as that does."""

    __slots__ = ("_connection",)

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def _all(self, statement: Executable) -> Sequence[Row[Any]]:
        return (await self._connection.execute(statement)).all()

    async def _first(self, statement: Executable) -> Row[Any] | None:
        return (await self._connection.execute(statement)).first()

    async def _change(self, statement: Executable) -> int:
        """How many rows were inserted, updated or deleted."""
        return (await self._connection.execute(statement)).rowcount

    async def _insert_all(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            await self._connection.execute(statement, rows)

    async def _insert_unless_there(self, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> bool:
        name = self._connection.dialect.name
        return await self._change(dialect.insert_unless_there(name, table, values, key)) == 1

    async def _insert_or_update(
        self, table: Table, values: Mapping[str, Any], key: Sequence[str], update: Sequence[str]
    ) -> None:
        name = self._connection.dialect.name
        await self._connection.execute(dialect.insert_or_update(name, table, values, key, update))
