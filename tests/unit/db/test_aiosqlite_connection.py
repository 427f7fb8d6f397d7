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

from db.aiosqlite_connection import SingleHopConnection


@pytest.fixture
async def connection() -> AsyncIterator[SingleHopConnection]:
    opened = SingleHopConnection(":memory:", "CREATE TABLE t (x);", isolation_level=None)
    async with opened:
        yield opened


def test_the_private_names_are_there() -> None:
    """When this fails, aiosqlite has changed inside: look at :mod:`db.aiosqlite_connection`."""
    assert callable(aiosqlite.Connection._execute)
    unopened = aiosqlite.Connection(lambda: sqlite3.connect(":memory:"), 64)
    assert isinstance(unopened._thread, threading.Thread)
    assert unopened._running
    assert callable(unopened._tx.put_nowait)
    assert _STOP_RUNNING_SENTINEL is not None


async def test_rows_and_counts(connection: SingleHopConnection) -> None:
    cursor = await connection.cursor()
    await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert (cursor.rowcount, cursor.description) == (2, None)
    await cursor.execute("SELECT x FROM t ORDER BY x")
    assert cursor.description is not None
    assert cursor.description[0][0] == "x"
    assert await cursor.fetchall() == [(1,), (2,)]
    await cursor.close()


async def test_an_error_leaves_the_connection_usable(connection: SingleHopConnection) -> None:
    cursor = await connection.cursor()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await cursor.execute("SELECT * FROM nowhere")
    await cursor.execute("SELECT ?", (7,))
    assert await cursor.fetchall() == [(7,)]


async def test_a_statement_is_one_trip_to_the_thread(connection: SingleHopConnection) -> None:
    trips = 0
    queue: Any = connection._tx

    class Counting:
        def put_nowait(self, item: object) -> None:
            nonlocal trips
            trips += 1
            queue.put_nowait(item)

    connection._tx = Counting()  # type: ignore[assignment]
    cursor = await connection.cursor()
    await cursor.execute("SELECT 1")
    await cursor.fetchall()
    await cursor.close()
    connection._tx = queue
    assert trips == 1


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
