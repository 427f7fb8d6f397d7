"""Connections to SQLite and their transactions, without the store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import exc, text

from db.aiosqlite_connection import Lost, SingleHopConnection
from db.connection import Step
from db.sqlite import SqliteDatabase, SqliteTransaction

COUNT = Step(text("SELECT count(*) FROM t"), {})
INSERT = "INSERT INTO t VALUES (?)"
SLOW = Step(
    text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) FROM n"), {}
)


def add(number: int) -> Step:
    return Step(text("INSERT INTO t VALUES (:x)"), {"x": number})


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    with closing(sqlite3.connect(tmp_path / "t.db")) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x UNIQUE)")
    opened = SqliteDatabase(str(tmp_path / "t.db"), connections=1, begin="BEGIN IMMEDIATE")
    yield opened
    await opened.dispose()


@pytest.fixture
async def transaction(database: SqliteDatabase) -> AsyncIterator[SqliteTransaction]:
    begun = await database.transaction().begin()
    yield begun
    await begun.abandon()


async def stored(database: SqliteDatabase) -> list[int]:
    transaction = await database.transaction().begin()
    (outcome,) = await transaction.run([Step(text("SELECT x FROM t ORDER BY x"), {})])
    await transaction.abandon()
    return [row.x for row in outcome.rows]


def heard(database: SqliteDatabase) -> list[str]:
    said: list[str] = []
    database.trace = lambda sql, _parameters: said.append(sql)
    return said


async def test_it_begins_with_the_first_statement(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    said = heard(database)
    await transaction.run([add(1), COUNT])
    await transaction.run([add(2)])
    await transaction.commit()
    await transaction.abandon()
    assert said == ["BEGIN IMMEDIATE", INSERT, "SELECT count(*) FROM t", INSERT, "COMMIT"]
    assert await stored(database) == [1, 2]


async def test_nothing_said_costs_nothing(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    said = heard(database)
    await transaction.commit()
    await transaction.abandon()
    assert said == []


async def test_abandoned_is_rolled_back(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    await transaction.run([add(1)])
    await transaction.abandon()
    await transaction.abandon()
    assert await stored(database) == []


async def test_a_transaction_that_never_began_can_be_abandoned(database: SqliteDatabase) -> None:
    await database.transaction().abandon()


async def test_what_was_saved_is_undone_alone(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    await transaction.run([add(1)])
    transaction.save()
    await transaction.run([add(2)])
    assert transaction.undo()
    transaction.save()
    await transaction.run([add(3)])
    transaction.keep()
    transaction.save()
    await transaction.run([add(4)])
    assert transaction.undo()
    await transaction.commit()
    await transaction.abandon()
    assert await stored(database) == [1, 3]


async def test_a_save_after_which_nothing_is_said_costs_nothing(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    await transaction.run([add(1)])
    said = heard(database)
    transaction.save()
    assert transaction.undo()
    transaction.save()
    transaction.keep()
    await transaction.commit()
    assert said == ["COMMIT"]


async def test_a_failed_statement_takes_only_itself_back(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    await transaction.run([add(1)])
    with pytest.raises(exc.IntegrityError):
        await transaction.run([add(2), add(1), add(3)])
    await transaction.run([add(4)])
    await transaction.commit()
    await transaction.abandon()
    assert await stored(database) == [1, 2, 4]


async def test_what_is_put_off_runs_before_what_is_run_next(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    said = heard(database)
    transaction.put_off([add(1), add(2)])
    assert said == []
    (outcome,) = await transaction.run([COUNT])
    assert outcome.rows[0][0] == 2
    transaction.put_off([add(3)])
    await transaction.flush()
    await transaction.flush()
    transaction.put_off([add(4)])
    await transaction.commit()
    await transaction.abandon()
    assert said == ["BEGIN IMMEDIATE", INSERT, INSERT, "SELECT count(*) FROM t", INSERT, INSERT, "COMMIT"]
    assert await stored(database) == [1, 2, 3, 4]


async def test_what_is_put_off_and_fails_is_heard_of(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    transaction.put_off([add(1), add(1), add(2)])
    for ask in (transaction.run([COUNT]), transaction.flush(), transaction.flush()):
        with pytest.raises(exc.IntegrityError):
            await ask
    await transaction.abandon()
    assert await stored(database) == []


async def test_a_commit_whose_last_words_fail_commits_nothing(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    await transaction.run([add(1)])
    transaction.put_off([add(2), add(1)])
    with pytest.raises(exc.IntegrityError):
        await transaction.commit()
    await transaction.abandon()
    assert await stored(database) == []


async def test_what_was_put_off_is_undone_unsaid(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    await transaction.run([add(1)])
    transaction.save()
    transaction.put_off([add(1)])
    with pytest.raises(exc.IntegrityError):
        await transaction.flush()
    transaction.put_off([add(2)])
    assert transaction.undo()
    await transaction.flush()
    await transaction.commit()
    await transaction.abandon()
    assert await stored(database) == [1]


async def test_a_transaction_that_the_database_gave_up_cannot_go_on(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    await transaction.run([add(1)])
    transaction.save()
    with pytest.raises(exc.IntegrityError):
        await transaction.run([Step(text("INSERT OR ROLLBACK INTO t VALUES (1)"), {})])
    assert not transaction.undo()
    with pytest.raises(exc.OperationalError) as caught:
        await transaction.commit()
    assert isinstance(caught.value.orig, Lost)
    await transaction.abandon()
    assert await stored(database) == []


async def test_errors_are_those_of_sqlalchemy_and_hold_no_values(transaction: SqliteTransaction) -> None:
    await transaction.run([add(424242)])
    with pytest.raises(exc.IntegrityError) as caught:
        await transaction.run([add(424242)])
    assert isinstance(caught.value.orig, sqlite3.IntegrityError)
    assert "424242" not in str(caught.value)


async def test_one_waits_for_the_other(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    second = asyncio.ensure_future(database.transaction().begin())
    await asyncio.wait([second], timeout=0.01)
    assert not second.done()
    await transaction.abandon()
    await (await second).abandon()


async def test_waiting_has_an_end(database: SqliteDatabase, transaction: SqliteTransaction) -> None:
    database.wait_s = 0
    with pytest.raises(exc.TimeoutError):
        await database.transaction().begin()
    await transaction.abandon()
    await (await database.transaction().begin()).abandon()


async def test_cancelled_while_it_waits_it_leaves_no_hole(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    waiting = [asyncio.ensure_future(database.transaction().begin()) for _ in range(3)]
    await asyncio.wait(waiting, timeout=0.01)
    await transaction.abandon()
    for each in waiting:
        each.cancel()
    for found in await asyncio.gather(*waiting, return_exceptions=True):
        if isinstance(found, SqliteTransaction):
            await found.abandon()
    assert await stored(database) == []


async def test_cancelled_while_it_opens_the_connection_is_kept(database: SqliteDatabase) -> None:
    opening = asyncio.ensure_future(database.transaction().begin())
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert await stored(database) == []


async def test_cancelled_in_a_statement_its_rollback_waits_for_the_end(database: SqliteDatabase) -> None:
    transaction = await database.transaction().begin()
    await transaction.run([add(1)])
    said = asyncio.Event()
    database.trace = lambda *_said: said.set()
    slow = asyncio.ensure_future(transaction.run([SLOW, add(2)]))
    await said.wait()
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    await transaction.abandon()
    assert await stored(database) == []


async def test_a_connection_that_comes_back_after_the_end_is_closed(
    database: SqliteDatabase, transaction: SqliteTransaction
) -> None:
    await transaction.run([COUNT])
    connection = transaction._connection
    assert connection is not None
    await database.dispose()
    await transaction.run([COUNT])
    await transaction.abandon()
    await asyncio.to_thread(connection._thread.join, 5)
    assert not connection._thread.is_alive()
    assert await stored(database) == []


async def test_a_file_that_cannot_be_opened_takes_no_place(tmp_path: Path) -> None:
    database = SqliteDatabase(str(tmp_path / "nowhere" / "t.db"), connections=1, begin="BEGIN")
    for _ in range(2):
        with pytest.raises(exc.OperationalError, match="unable to open"):
            await database.transaction().begin()


async def test_who_opened_a_connection_and_finds_it_taken_opens_another(
    tmp_path: Path, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = SqliteDatabase(str(tmp_path / "t.db"), connections=2, begin="BEGIN")
    opened = two._open
    overtakers: list[SingleHopConnection] = []

    async def open_and_be_overtaken() -> None:
        await opened()
        if not overtakers:
            overtakers.append(await two.take())

    monkeypatch.setattr(two, "_open", open_and_be_overtaken)
    slow = await two.take()
    assert slow not in overtakers
    for connection in (slow, *overtakers):
        two.give(connection)
    await two.dispose()
