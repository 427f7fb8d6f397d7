"""The statements that each database spells in its own way. Values are given at the execution, by column name."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sqlalchemy import Insert, Table, exc, insert

_MYSQL_DUPLICATE: Final = 1062


@lru_cache
def insert_unless_there(dialect: str, table: Table, key: tuple[str, ...]) -> Insert:
    """An insert whose row count is 0 where a row has the same ``key`` (the columns of a unique constraint).

    On MySQL it fails instead, and :func:`is_there_already` knows the error; unlike elsewhere, the transaction can go on.
    """
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table).on_conflict_do_nothing(index_elements=key)
    if dialect in ("postgresql", "cockroachdb"):
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing(index_elements=key)
    if dialect in ("mysql", "mariadb"):
        # IGNORE would let references to nothing and texts that are cut pass as well, and ON DUPLICATE KEY UPDATE would count the
        # row that was there (the driver asks for the rows found, not changed): the error is the answer, see is_there_already.
        return insert(table)
    raise NotImplementedError(dialect)


def is_there_already(error: exc.IntegrityError) -> bool:
    return error.orig is not None and error.orig.args[:1] == (_MYSQL_DUPLICATE,)


@lru_cache
def insert_or_update(dialect: str, table: Table, key: tuple[str, ...], update: tuple[str, ...]) -> Insert:
    """An insert that sets the columns ``update`` instead where a row has the same ``key``."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=key, set_={name: lite.excluded[name] for name in update})
    if dialect in ("postgresql", "cockroachdb"):
        from sqlalchemy.dialects import postgresql

        post = postgresql.insert(table)
        return post.on_conflict_do_update(index_elements=key, set_={name: post.excluded[name] for name in update})
    if dialect in ("mysql", "mariadb"):
        from sqlalchemy.dialects import mysql

        my = mysql.insert(table)
        return my.on_duplicate_key_update({name: my.inserted[name] for name in update})
    raise NotImplementedError(dialect)
