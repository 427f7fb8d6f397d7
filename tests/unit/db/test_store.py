"""A store on SQLite when things go wrong. What every store promises is in tests/contract/db."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from db.engine import READERS
from db.errors import DatabaseError
from db.store import SqlStore, open_store
from server.domain.entities import Overwrite
from server.domain.errors import Unavailable
from server.domain.ids import Snowflake
from server.domain.sections import Text
from server.ports import Store
from tests.support.database import RecordingBus, make_file, sqlite_store, sqlite_url
from tests.support.rows import ANNA, GENERAL, GROUP, MODERATOR, me, message, settle, user_id


def as_port(store: SqlStore) -> Store:
    """What the type checker proves: the store is one of :class:`server.ports.Store`."""
    return store


async def test_a_fresh_file_becomes_a_store(tmp_path: Path) -> None:
    store = as_port(await open_store(sqlite_url(tmp_path), bus=RecordingBus()))
    await store.ping()
    async with store.write() as uow:
        assert await uow.users.add(me(ANNA, "anna"), "anna", "hash")
    assert isinstance(store, SqlStore)
    await store.close()


@pytest.mark.parametrize("path", ["nowhere/parley.db", "."])
async def test_a_file_that_cannot_be_is_one_sentence(tmp_path: Path, path: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        await open_store(f"sqlite:///{tmp_path / path}", bus=RecordingBus())
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_a_store_remembers(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        async with store.write() as uow:
            await uow.messages.add(message(1, nonce="n"))
    async with sqlite_store(tmp_path) as store, store.read() as reader:
        assert await reader.messages.by_nonce(GENERAL, ANNA, "n") == message(1, nonce="n")


async def test_a_closed_store_leaves_one_file(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        assert set(os.listdir(tmp_path)) == {"parley.db", "parley.db-wal", "parley.db-shm"}
    assert os.listdir(tmp_path) == ["parley.db"]


async def test_a_full_disk_is_told_and_survived(tmp_path: Path) -> None:
    bus = RecordingBus()
    async with sqlite_store(tmp_path, bus) as store:
        await settle(store)
        async with store.writer.connect() as connection:
            (await connection.exec_driver_sql("PRAGMA max_page_count = 1")).close()

        async def write(number: int, length: int) -> None:
            async with store.write() as uow:
                await uow.messages.add(message(number, sections=(Text("x" * length),)))

        with pytest.raises(Unavailable) as caught:
            await write(1, 100_000)
        assert caught.value.code == "database_unavailable"
        await write(2, 10)
        async with store.read() as reader:
            assert [one.id for one in await reader.messages.page(GENERAL, limit=9)] == [2]


async def test_a_database_that_another_process_writes_to_is_unavailable_and_then_not(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        async with store.writer.connect() as connection:
            (await connection.exec_driver_sql("PRAGMA busy_timeout = 1")).close()
        with closing(sqlite3.connect(tmp_path / "parley.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await store.write().__aenter__()
            async with store.read() as reader:
                assert await reader.users.me(ANNA) is not None
            other.execute("ROLLBACK")
        async with store.write() as uow:
            await uow.users.update(msgspec.structs.replace(me(ANNA, "anna"), display_name="Änna"))


async def test_cancelled_while_it_waits_for_another_process_it_lets_go(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        asked = asyncio.Event()
        event.listen(store.writer.sync_engine, "before_cursor_execute", lambda *_arguments: asked.set())
        with closing(sqlite3.connect(tmp_path / "parley.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.ensure_future(store.write().__aenter__())
            await asked.wait()
            waiting.cancel()
            other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with store.write() as uow:
            await uow.users.update(msgspec.structs.replace(me(ANNA, "anna"), display_name="Änna"))


async def test_readers_that_all_stay_make_the_next_one_busy(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        store.reader.sync_engine.pool._timeout = 0  # type: ignore[attr-defined]
        readers = [store.read() for _ in range(READERS)]
        for reader in readers:
            await reader.__aenter__()
        with pytest.raises(Unavailable) as caught:
            await store.read().__aenter__()
        assert caught.value.code == "busy"
        for reader in readers:
            await reader.__aexit__(None, None, None)
        await store.ping()


async def test_a_broken_file_does_not_answer(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await store.ping()
        await store.reader.dispose()
        (tmp_path / "parley.db").write_bytes(b"\xff" * 8192)
        with pytest.raises(Unavailable):
            await store.ping()
        await asyncio.to_thread((tmp_path / "parley.db").unlink)
        await asyncio.to_thread(make_file, tmp_path)


PLANS = {
    "messages.page": "SEARCH messages USING PRIMARY KEY (channel_id=?)",
    "messages.before": "SEARCH messages USING PRIMARY KEY (channel_id=? AND id<?)",
    "messages.by_nonce": "SEARCH message_nonces USING PRIMARY KEY (channel_id=? AND author_id=? AND nonce=?)",
    "cursors.unread": "SEARCH messages USING PRIMARY KEY (channel_id=? AND id>?)",
    "members.of_user": "SEARCH members USING INDEX ix_members_user_id (user_id=?)",
    "members.page": "SEARCH members USING PRIMARY KEY (group_id=? AND user_id>?)",
    "sessions.by_token": "SEARCH refresh_tokens USING PRIMARY KEY (token_hash=?)",
    "groups.delete": "SEARCH groups USING INTEGER PRIMARY KEY (rowid=?)",
    "roles.delete": "SEARCH overwrites USING COVERING INDEX ix_overwrites_target_target_id (target=? AND target_id=?)",
}


async def test_nothing_searches_a_whole_table(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        said: list[tuple[str, object]] = []

        def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
            said.append((statement, parameters))

        event.listen(store.writer.sync_engine, "before_cursor_execute", note)
        async with store.write() as uow:
            await uow.messages.page(GENERAL, limit=50)
            await uow.messages.page(GENERAL, before=9, limit=50)
            await uow.messages.page(GENERAL, after=9, limit=50)
            await uow.messages.by_nonce(GENERAL, ANNA, "n")
            await uow.cursors.unread(ANNA, [GENERAL, Snowflake(1)])  # type: ignore[list-item]
            await uow.members.of_user(ANNA)
            await uow.members.page(GROUP, None, 50)
            await uow.members.remove(GROUP, user_id(9))
            await uow.channels.of_groups([GROUP])
            await uow.roles.of_groups([GROUP])
            await uow.sessions.by_token(b"t")
            await uow.additions.of_user(ANNA)
            await uow.channels.put_overwrite(GENERAL, Overwrite(target="role", target_id=MODERATOR))
            await uow.roles.delete(GROUP, MODERATOR)
            await uow.groups.delete(GROUP)
        event.remove(store.writer.sync_engine, "before_cursor_execute", note)
        steps: set[str] = set()
        async with store.writer.connect() as connection:
            for statement, parameters in said:
                if not statement.startswith("BEGIN"):
                    explained = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
                    steps |= {row.detail for row in explained}
    assert {step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step} == set()
    assert set(PLANS.values()) <= steps, steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
