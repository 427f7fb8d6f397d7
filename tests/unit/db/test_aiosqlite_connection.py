from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from aiosqlite.core import _STOP_RUNNING_SENTINEL

from db.aiosqlite_connection import Heard, Lost, Said, SingleHopConnection

BEGIN = ("BEGIN",)


@pytest.fixture
async def connection() -> AsyncIterator[SingleHopConnection]:
    opened = SingleHopConnection(":memory:", "CREATE TABLE t (x UNIQUE ON CONFLICT ROLLBACK);", isolation_level=None)
    async with opened:
        yield opened


async def rows(connection: SingleHopConnection) -> list[int]:
    (heard,) = await connection.perform(BEGIN, [Said("SELECT x FROM t ORDER BY x", ())])
    await connection.perform(["ROLLBACK"])
    return [row[0] for row in heard.rows]


def test_the_private_names_are_there() -> None:
    """When this fails, aiosqlite has changed inside: look at :mod:`db.aiosqlite_connection`."""
    assert callable(aiosqlite.Connection._execute)
    unopened = aiosqlite.Connection(lambda: sqlite3.connect(":memory:"), 64)
    assert isinstance(unopened._thread, threading.Thread)
    assert unopened._running
    assert unopened._connection is None
    assert isinstance(aiosqlite.Connection._conn, property)
    assert callable(unopened._tx.put_nowait)
    assert _STOP_RUNNING_SENTINEL is not None


async def test_rows_and_counts(connection: SingleHopConnection) -> None:
    heard = await connection.perform(
        BEGIN,
        [
            Said("INSERT INTO t VALUES (?)", [(1,), (2,)], many=True),
            Said("SELECT x, 7 AS seven FROM t ORDER BY x", ()),
            Said("DELETE FROM t WHERE x = ?", (2,)),
        ],
    )
    assert heard == [Heard((), [], 2), Heard(("x", "seven"), [(1, 7), (2, 7)], -1), Heard((), [], 1)]
    assert await connection.perform(["COMMIT"]) == []
    assert await rows(connection) == [1]


async def test_a_list_of_statements_is_one_trip_to_the_thread(connection: SingleHopConnection) -> None:
    trips = 0
    queue: Any = connection._tx

    class Counting:
        def put_nowait(self, item: object) -> None:
            nonlocal trips
            trips += 1
            queue.put_nowait(item)

    connection._tx = Counting()  # type: ignore[assignment]
    await connection.perform(BEGIN, [Said("SELECT 1", ())] * 3)
    connection._tx = queue
    assert trips == 1


async def test_the_first_that_fails_is_the_last(connection: SingleHopConnection) -> None:
    insert = Said("INSERT INTO t VALUES (?)", (1,))
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await connection.perform(BEGIN, [insert, Said("SELECT * FROM nowhere", ()), Said("DELETE FROM t", ())])
    assert not connection.lost
    await connection.perform(["COMMIT"])
    assert await rows(connection) == [1]


async def test_no_statement_commits_by_itself(connection: SingleHopConnection) -> None:
    insert = Said("INSERT INTO t VALUES (?)", (1,))
    with pytest.raises(Lost):
        await connection.perform((), [insert])
    assert await rows(connection) == []


async def test_after_a_rollback_by_the_database_nothing_runs_before_the_next_transaction(
    connection: SingleHopConnection,
) -> None:
    insert = Said("INSERT INTO t VALUES (?)", (1,))
    await connection.perform(BEGIN, [insert])
    with pytest.raises(sqlite3.IntegrityError):
        await connection.perform(["SAVEPOINT unit"], [insert])  # this table answers with a rollback
    assert connection.lost
    for control in ((), ["SAVEPOINT unit"], ["ROLLBACK TO unit", "RELEASE unit"], ["RELEASE unit"], ["COMMIT"]):
        with pytest.raises(Lost):
            await connection.perform(control, [Said("INSERT INTO t VALUES (?)", (2,))])
    await connection.perform(["ROLLBACK"])
    assert await rows(connection) == []
    assert not connection.lost


async def test_a_step_that_steers_and_fails_loses_the_transaction(connection: SingleHopConnection) -> None:
    """What comes next would be in no savepoint, and could not be taken back alone."""
    await connection.perform(BEGIN, [Said("INSERT INTO t VALUES (?)", (1,))])
    with pytest.raises(sqlite3.OperationalError, match="no such savepoint"):
        await connection.perform(["RELEASE unit"])
    with pytest.raises(Lost):
        await connection.perform((), [Said("INSERT INTO t VALUES (?)", (2,))])
    assert await rows(connection) == []


async def test_what_was_left_open_is_rolled_back_by_the_next(connection: SingleHopConnection) -> None:
    await connection.perform(BEGIN, [Said("INSERT INTO t VALUES (?)", (1,))])
    assert await rows(connection) == []


async def test_a_rollback_that_nobody_waits_for(connection: SingleHopConnection) -> None:
    await connection.perform(BEGIN, [Said("INSERT INTO t VALUES (?)", (1,))])
    connection.perform_later(["ROLLBACK"])
    connection.perform_later(["ROLLBACK"])
    connection.perform_later(["NONSENSE"])
    assert await rows(connection) == []


async def test_an_opening_that_fails_closes_the_file(tmp_path: Path) -> None:
    connection = SingleHopConnection(str(tmp_path / "x.db"), "NONSENSE;")
    with pytest.raises(sqlite3.OperationalError, match="syntax error"):
        await connection
    await asyncio.to_thread(connection._thread.join)


async def test_it_keeps_no_process_alive(connection: SingleHopConnection) -> None:
    assert connection._thread.daemon


def test_a_thread_that_ends_late_asks_nothing_of_a_closed_loop() -> None:
    """Its complaint would be an unhandled exception in a thread, and so fail this test."""
    gate = threading.Event()

    async def leave_in_a_hurry() -> SingleHopConnection:
        connection = SingleHopConnection(":memory:", "")
        await connection
        connection._tx.put_nowait((None, gate.wait))
        connection.stop()
        return connection

    connection = asyncio.run(leave_in_a_hurry())
    gate.set()
    connection._thread.join(5)
    assert not connection._thread.is_alive()
