"""Hears what a store says to its database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Executable, Row, text

from db.connection import Trace
from db.store import SqlStore
from db.unit_of_work import SqlReader

_STEERING = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def overheard(store: SqlStore, trace: Trace) -> Iterator[None]:
    """``trace`` is told everything that ``store`` says meanwhile, what begins and ends transactions too."""
    databases = [store.writer, store.reader]
    before = [database.trace for database in databases]
    for database in databases:
        database.trace = trace
    try:
        yield
    finally:
        for database, old in zip(databases, before, strict=True):
            database.trace = old


@contextmanager
def counted(store: SqlStore) -> Iterator[list[str]]:
    """Collects the statements that ``store`` executes meanwhile, without those that begin or end a transaction."""
    statements: list[str] = []

    def note(sql: str, _parameters: object) -> None:
        if not sql.startswith(_STEERING):
            statements.append(sql)

    with overheard(store, note):
        yield statements


async def ask(reader: SqlReader, statement: Executable | str, **parameters: Any) -> Sequence[Row[Any]]:
    """What no repository asks: rows, or nothing where a statement gives none."""
    executable = text(statement) if isinstance(statement, str) else statement
    return await reader.users._all(executable, **parameters)
