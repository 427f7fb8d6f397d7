from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from bench.chat.traced_service import count, traced


def test_statements_are_counted_and_transactions_are_not(tmp_path: Path) -> None:
    log = tmp_path / "statements.txt"
    assert count(log) == 0
    with traced(log), contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("CREATE TABLE things\n(id INTEGER)")
        database.execute("INSERT INTO things VALUES (?)", (1,))
        database.execute("COMMIT")
        database.execute("PRAGMA user_version")
        assert database.execute("SELECT id FROM things").fetchall() == [(1,)]
    assert log.read_text().splitlines()[0] == "CREATE TABLE things (id INTEGER)"
    assert count(log) == 3
