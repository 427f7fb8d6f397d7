"""Rows for tables of which only the database knows how they look, and what became of rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from db.engine import open_migration_engine, parse_url
from db.servers import server_engine

_T = TypeVar("_T")

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
"""Of each table by primary key: the values by column."""

SEARCH_INDEX: Final = "message_terms"
"""Stands apart from the other tables, with its own types in each database, and holds nothing that messages do not."""

READ_BY_STEPS: Final[Mapping[str, object]] = {
    "kind": "text",
    "sections": '[{"kind":"text","text":"hello"}]',
    "mentions": "{}",
    "previews": "[]",
    "fields": "[]",
}
"""Columns that some step understands; everything else is only carried along."""


def inside(url: str, work: Callable[[sa.Connection], _T]) -> _T:
    """Does ``work`` in one transaction. Blocks; not for an event loop."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = open_migration_engine(parsed)
        with engine.begin() as connection:
            return work(connection)
    return asyncio.run(_inside(url, work))


async def _inside(url: str, work: Callable[[sa.Connection], _T]) -> _T:
    engine = await asyncio.to_thread(server_engine, parse_url(url), None, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def tables(connection: sa.Connection) -> list[sa.Table]:
    """Those that refer to others come after them."""
    found = sa.MetaData()
    names = [name for name in sa.inspect(connection).get_table_names() if not name.startswith(SEARCH_INDEX)]
    found.reflect(connection, only=[name for name in names if name != "alembic_version"])
    return found.sorted_tables


def dump(connection: sa.Connection) -> Rows:
    found: Rows = {}
    for table in tables(connection):
        keys = [column.name for column in table.primary_key]
        rows = [dict(row._mapping) for row in connection.execute(table.select())]
        found[table.name] = {tuple(row[key] for key in keys): row for row in rows}
    return found


def fill(connection: sa.Connection, number: int) -> Rows:
    """Two rows in each table: one has a value in every column and refers to others of that kind; the other has what it must.

    ``number`` is another one each time. Returns the first kind.
    """
    whole: Rows = {}
    for sparing in (False, True):
        made: dict[str, dict[str, Any]] = {}
        for place, table in enumerate(tables(connection)):
            row = _row(table, 1000 * (2 * number + sparing) + place, made, sparing)
            connection.execute(table.insert(), row)
            made[table.name] = row
            if not sparing:
                key = tuple(row[column.name] for column in table.primary_key)
                whole[table.name] = {key: row}
    return whole


def _row(table: sa.Table, number: int, made: Mapping[str, Mapping[str, Any]], sparing: bool) -> dict[str, Any]:
    wanted = [column for column in table.columns if not (sparing and (column.nullable or column.server_default))]
    row = {column.name: _value(column, number) for column in wanted}
    for reference in table.foreign_key_constraints:
        others = {element.parent.name: element.column for element in reference.elements}
        if others.keys() <= row.keys():
            row |= {
                name: row[of.name] if of.table is table else made[of.table.name][of.name] for name, of in others.items()
            }
    return row


def _value(column: sa.Column[Any], number: int) -> object:
    if column.name in READ_BY_STEPS:
        return READ_BY_STEPS[column.name]
    if isinstance(column.type, sa.Boolean) or "TINYINT" in repr(column.type):
        return True
    if isinstance(column.type, sa.Integer):
        return number
    if isinstance(column.type, sa.LargeBinary | sa.types._Binary):
        return number.to_bytes(32, "big")
    text = f"{number} {column.name}"
    length = getattr(column.type, "length", None)
    return text if length is None else text[:length].rstrip()


def lost(before: Rows, after: Rows) -> list[str]:
    """What was in ``before`` and is gone or different in ``after``, as far as both know its table and column."""
    found: list[str] = []
    for name in before.keys() & after.keys():
        for key, row in before[name].items():
            there = after[name].get(key)
            if there is None:
                found.append(f"{name} {key} is gone")
                continue
            changed = [column for column in row.keys() & there.keys() if row[column] != there[column]]
            found += [f"{name} {key}: {column} was {row[column]!r} and is {there[column]!r}" for column in changed]
    return found
