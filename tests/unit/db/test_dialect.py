from __future__ import annotations

import pytest
from sqlalchemy import Dialect, Insert, Integer
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import Column, MetaData, Table

from db.dialect import insert_or_update, insert_unless_there, is_there_already

DIALECTS: dict[str, Dialect] = {
    "sqlite": sqlite.dialect(),
    "postgresql": postgresql.dialect(),  # type: ignore[no-untyped-call]
    "mysql": mysql.dialect(),
}
TABLE = Table("t", MetaData(), Column("k", Integer, primary_key=True), Column("v", Integer))


def spelled(statement: Insert, dialect: str) -> str:
    compiled = statement.compile(dialect=DIALECTS[dialect], column_keys=["k", "v"])
    return " ".join(str(compiled).split())


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("sqlite", "INSERT INTO t (k, v) VALUES (?, ?) ON CONFLICT (k) DO NOTHING"),
        ("postgresql", "INSERT INTO t (k, v) VALUES (%(k)s, %(v)s) ON CONFLICT (k) DO NOTHING"),
        ("mysql", "INSERT INTO t (k, v) VALUES (%s, %s)"),
    ],
)
def test_insert_unless_there(dialect: str, sql: str) -> None:
    assert spelled(insert_unless_there(dialect, TABLE, ("k",)), dialect) == sql


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("sqlite", "INSERT INTO t (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v"),
        ("postgresql", "INSERT INTO t (k, v) VALUES (%(k)s, %(v)s) ON CONFLICT (k) DO UPDATE SET v = excluded.v"),
        ("mysql", "INSERT INTO t (k, v) VALUES (%s, %s) ON DUPLICATE KEY UPDATE v = VALUES(v)"),
    ],
)
def test_insert_or_update(dialect: str, sql: str) -> None:
    assert spelled(insert_or_update(dialect, TABLE, ("k",), ("v",)), dialect) == sql


def test_mysql_answers_with_an_error_where_the_row_is_there() -> None:
    assert is_there_already(IntegrityError(None, None, Exception(1062, "Duplicate entry 'a' for key 'PRIMARY'")))
    assert not is_there_already(IntegrityError(None, None, Exception(1452, "a foreign key constraint fails")))
    assert not is_there_already(IntegrityError(None, None, Exception("UNIQUE constraint failed: t.k")))
    assert not is_there_already(IntegrityError(None, None, Exception()))


def test_a_statement_is_built_once() -> None:
    assert insert_unless_there("sqlite", TABLE, ("k",)) is insert_unless_there("sqlite", TABLE, ("k",))


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="oracle"):
        insert_unless_there("oracle", TABLE, ("k",))
    with pytest.raises(NotImplementedError, match="oracle"):
        insert_or_update("oracle", TABLE, ("k",), ("v",))
