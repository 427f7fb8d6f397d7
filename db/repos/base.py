"""What every repository does with its connection.

Statements are constants of their modules, with parameters: building one anew costs more than running it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Executable, Row, Table, bindparam, exc

from db import dialect
from db.connection import Connection, Outcome, Step

_T = TypeVar("_T")

_IN_MAX: Final = 8000
"""Values in one IN list; the databases stop at 32766 parameters (SQLite) or 32767 (PostgreSQL)."""


def portions(ids: Collection[_T]) -> Iterator[list[_T]]:
    """``ids`` without repeats, in lists that fit one statement; nothing at all for none."""
    unique = list(dict.fromkeys(ids))
    for start in range(0, len(unique), _IN_MAX):
        yield unique[start : start + _IN_MAX]


def given(name: str) -> BindParameter[Any]:
    """A parameter of a statement; its type is that of the column beside it."""
    return bindparam(name)


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """``column`` is one of the values in the list ``name``."""
    return column.in_(bindparam(name, expanding=True))


def step(statement: Executable, **parameters: Any) -> Step:
    return Step(statement, parameters)


class Repository:
    """Statements over one transaction. Lives as long as that does."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def _together(self, *steps: Step) -> list[Outcome]:
        """Statements of which none needs the outcome of another: on SQLite they cost little more than one."""
        return await self._connection.run(steps)

    def _put_off(self, *steps: Step) -> None:
        """Statements whose outcome nobody waits for: they run, in their order, before whatever is run next, or at the end."""
        self._connection.put_off(steps)

    def _later(self, statement: Executable, **parameters: Any) -> None:
        """As :meth:`_put_off`: for a change that gives nothing back."""
        self._connection.put_off((Step(statement, parameters),))

    async def _all(self, statement: Executable, **parameters: Any) -> Sequence[Row[Any]]:
        return (await self._connection.run((Step(statement, parameters),)))[0].rows

    async def _first(self, statement: Executable, **parameters: Any) -> Row[Any] | None:
        rows = (await self._connection.run((Step(statement, parameters),)))[0].rows
        return rows[0] if rows else None

    async def _change(self, statement: Executable, **parameters: Any) -> int:
        """How many rows were inserted, updated or deleted."""
        return (await self._connection.run((Step(statement, parameters),)))[0].changed

    async def _insert_all(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        await self._change_all(statement, rows)

    async def _change_all(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """One statement, done for each of ``rows``."""
        if rows:
            self._put_off(Step(statement, rows))

    async def _insert_unless_there(self, table: Table, key: tuple[str, ...], **values: Any) -> bool:
        statement = dialect.insert_unless_there(self._connection.dialect.name, table, key)
        try:
            return await self._change(statement, **values) == 1
        except exc.IntegrityError as error:
            if dialect.is_there_already(error):
                return False
            raise

    async def _insert_or_update(
        self, table: Table, key: tuple[str, ...], update: tuple[str, ...], **values: Any
    ) -> None:
        self._put_off(Step(dialect.insert_or_update(self._connection.dialect.name, table, key, update), values))

    async def _insert_or_update_all(
        self, table: Table, key: tuple[str, ...], update: tuple[str, ...], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        statement = dialect.insert_or_update(self._connection.dialect.name, table, key, update)
        await self._change_all(statement, rows)
