"""The statements that each database spells in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Insert, Table, insert


def insert_unless_there(dialect: str, table: Table, values: Mapping[str, Any], key: Sequence[str]) -> Insert:
    """An insert whose row count is 0 where a row has the same ``key`` (the columns of a unique constraint)."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table).values(**values).on_conflict_do_nothing(index_elements=key)
    if dialect in ("postgresql", "cockroachdb"):
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).values(**values).on_conflict_do_nothing(index_elements=key)
    if dialect in ("mysql", "mariadb"):
        # ON DUPLICATE KEY UPDATE would count the row that was there: the driver asks for the rows found, not changed.
        return insert(table).values(**values).prefix_with("IGNORE")
    raise NotImplementedError(dialect)


def insert_or_update(
    dialect: str, table: Table, values: Mapping[str, Any], key: Sequence[str], update: Sequence[str]
) -> Insert:
    """An insert that sets the columns ``update`` instead where a row has the same ``key``."""
    changed = {name: values[name] for name in update}
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table).values(**values).on_conflict_do_update(index_elements=key, set_=changed)
    if dialect in ("postgresql", "cockroachdb"):
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).values(**values).on_conflict_do_update(index_elements=key, set_=changed)
    if dialect in ("mysql", "mariadb"):
        from sqlalchemy.dialects import mysql

        return mysql.insert(table).values(**values).on_duplicate_key_update(**changed)
    raise NotImplementedError(dialect)
