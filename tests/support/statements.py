"""Counts what a store says to its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from db.store import SqlStore


@contextmanager
def counted(store: SqlStore) -> Iterator[list[str]]:
    """Collects the statements that ``store`` executes meanwhile, without those that begin a transaction."""
    statements: list[str] = []

    def before(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engines = [store.writer.sync_engine, store.reader.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", before)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", before)
