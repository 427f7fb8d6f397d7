from __future__ import annotations

import sqlite3

import pytest

from bench.chat.furnish import copy


def _database() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, colour TEXT)")
    database.execute("INSERT INTO users VALUES (1, 'guest', 'red'), (2, 'other', 'green')")
    return database


def test_copies_differ_only_where_they_are_told_to() -> None:
    database = _database()
    copy(database, "users", {"id": 1}, [{"id": 10, "name": "a"}, {"id": 11}])
    assert database.execute("SELECT * FROM users WHERE id >= 10").fetchall() == [(10, "a", "red"), (11, "guest", "red")]


def test_a_row_that_is_not_there_cannot_be_copied() -> None:
    with pytest.raises(RuntimeError, match="no row in users"):
        copy(_database(), "users", {"id": 3}, [{"id": 10}])
