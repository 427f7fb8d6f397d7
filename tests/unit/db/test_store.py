"""A store on SQLite when things go wrong. What every store promises is in tests/contract/db."""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from db.engine import READERS
from db.errors import DatabaseError
from db.sqlite import SqliteDatabase
from db.store import SqlStore, open_store
from server.domain.entities import Overwrite
from server.domain.errors import Unavailable
from server.domain.events import SessionRevoked
from server.domain.ids import SessionId, Snowflake
from server.domain.sections import Text
from server.ports import Store, UnitOfWork
from tests.support.database import RecordingBus, make_file, sqlite_store, sqlite_url
from tests.support.rows import ANNA, BEN, GENERAL, GROUP, MODERATOR, RANDOM, me, message, message_id, settle, user_id
from tests.support.statements import ask, overheard


def as_port(store: SqlStore) -> Store:
    """What the type checker proves: the store is one of :class:`server.ports.Store`."""
    return store


async def rename(uow: UnitOfWork, name: str) -> None:
    await uow.users.update(msgspec.structs.replace(me(ANNA, "anna"), display_name=name))


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
        async with store.write() as uow:
            await ask(uow, "PRAGMA max_page_count = 1")

        async def write(number: int, length: int) -> None:
            async with store.write() as uow:
                await uow.messages.add(message(number, sections=(Text("x" * length),)))

        with pytest.raises(Unavailable) as caught:
            await write(1, 100_000)
        assert caught.value.code == "database_unavailable"
        await write(2, 10)
        async with store.read() as reader:
            assert [one.id for one in await reader.messages.page(GENERAL, limit=9)] == [2]


async def test_units_that_come_together_share_one_commit(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        commits: list[str] = []

        async def write(number: int) -> None:
            async with store.write() as uow:
                await uow.messages.add(message(number, nonce=str(number)))

        with overheard(store, lambda sql, _parameters: commits.append(sql) if sql == "COMMIT" else None):
            await asyncio.gather(*(write(number) for number in range(1, 11)))
        async with store.read() as reader:
            assert [one.id for one in await reader.messages.page(GENERAL, limit=20)] == list(range(1, 11))
        assert len(commits) < 10


async def test_what_changes_nothing_writes_nothing(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        log = tmp_path / "parley.db-wal"
        before = log.stat()

        async def look(number: int) -> None:
            async with store.write() as uow:
                await uow.users.me(ANNA)
                if number == 1:
                    await rename(uow, "Nobody")
                    raise LookupError

        await asyncio.gather(*(look(number) for number in range(3)), return_exceptions=True)
        assert (log.stat().st_size, log.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
        async with store.write() as uow:
            await rename(uow, "Anna Two")
        assert log.stat().st_size > before.st_size


class Told(RecordingBus):
    @property
    def numbers(self) -> list[int]:
        return [int(one.session_id) for one in self.notices if isinstance(one, SessionRevoked)]


@pytest.mark.parametrize("seed", range(6))
async def test_in_any_crowd_what_was_said_to_be_done_is_stored_and_told_and_nothing_else(
    tmp_path: Path, seed: int
) -> None:
    """Some fail after they have written, some are cancelled at any moment, some find the disk full."""
    chance, bus = random.Random(seed), Told()
    async with sqlite_store(tmp_path, bus) as store:
        await settle(store)
        async with store.write() as uow:
            (row,) = await ask(uow, "PRAGMA page_count")
            await ask(uow, f"PRAGMA max_page_count = {row[0] + 40}")

        async def write(number: int) -> int:
            async with store.write() as uow:
                length = 200_000 if number % 30 == 0 else 10
                await uow.messages.add(message(number, sections=(Text("x" * length),)))
                uow.notify(SessionRevoked(SessionId(Snowflake(number))))
                if number % 5 == 0:
                    raise LookupError
            return number

        order = chance.sample([number for number in range(1, 61) if number % 30], 58)
        order[15:15], order[35:35] = [30], [60]  # a full disk takes the whole batch along; the last ones find room
        tasks = [asyncio.ensure_future(write(number)) for number in order]
        for task in chance.sample(tasks, 15):
            for _ in range(chance.randrange(20)):
                await asyncio.sleep(0)
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        async with store.read() as reader:
            stored = {int(one.id) for one in await reader.messages.page(GENERAL, limit=100)}
        done = {outcome for outcome in outcomes if isinstance(outcome, int)}
        assert len(bus.numbers) == len(stored)
        assert set(bus.numbers) == stored
        assert done <= stored
        assert len(stored - done) <= sum(task.cancelled() for task in tasks)
        assert done
        assert any(isinstance(outcome, LookupError) for outcome in outcomes)


async def test_a_database_that_another_process_writes_to_is_unavailable_and_then_not(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        async with store.write() as uow:
            await ask(uow, "PRAGMA busy_timeout = 1")

        async def change() -> None:
            async with store.write() as uow:
                await rename(uow, "Anna Two")
                await rename(uow, "Anna Three")

        with closing(sqlite3.connect(tmp_path / "parley.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await change()
            async with store.read() as reader:
                assert await reader.users.me(ANNA) is not None
            other.execute("ROLLBACK")
        async with store.write() as uow:
            await rename(uow, "Änna")


async def test_cancelled_while_it_waits_for_another_process_it_lets_go(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        asked = asyncio.Event()

        async def change() -> None:
            async with store.write() as uow:
                await rename(uow, "Anna Two")

        with (
            overheard(store, lambda *_said: asked.set()),
            closing(sqlite3.connect(tmp_path / "parley.db", isolation_level=None)) as other,
        ):
            other.execute("BEGIN IMMEDIATE")
            waiting = asyncio.ensure_future(change())
            await asked.wait()
            waiting.cancel()
            other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with store.write() as uow:
            await rename(uow, "Änna")


async def test_readers_that_all_stay_make_the_next_one_busy(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        assert isinstance(store.reader, SqliteDatabase)
        store.reader.wait_s = 0
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
    "cursors.counted": "SEARCH messages USING PRIMARY KEY (channel_id=? AND id>?)",
    "members.of_user": "SEARCH members USING INDEX ix_members_user_id (user_id=?)",
    "members.page": "SEARCH members USING PRIMARY KEY (group_id=? AND user_id>?)",
    "sessions.by_token": "SEARCH refresh_tokens USING PRIMARY KEY (token_hash=?)",
    "groups.delete": "SEARCH groups USING INTEGER PRIMARY KEY (rowid=?)",
    "roles.delete": "SEARCH overwrites USING COVERING INDEX ix_overwrites_target_target_id (target=? AND target_id=?)",
}


async def use_every_index(store: SqlStore) -> None:
    async with store.write() as uow:
        await uow.messages.page(GENERAL, limit=50)
        await uow.messages.page(GENERAL, before=9, limit=50)
        await uow.messages.page(GENERAL, after=9, limit=50)
        await uow.messages.by_nonce(GENERAL, ANNA, "n")
        await uow.cursors.counted(ANNA, [GENERAL, RANDOM])
        await uow.pings.keep(GENERAL, message_id(1), [])
        await uow.members.by_roles(GROUP, [MODERATOR])
        await uow.relations.blockers(ANNA, [BEN])
        await uow.members.of_user(ANNA)
        await uow.members.page(GROUP, None, 50)
        await uow.members.remove(GROUP, user_id(9))
        await uow.channels.of_groups([GROUP])
        await uow.desks.of_writer(GENERAL, ANNA, "n")
        await uow.roles.of_groups([GROUP])
        await uow.sessions.by_token(b"t")
        await uow.additions.of_user(ANNA)
        await uow.channels.put_overwrite(GENERAL, Overwrite(target="role", target_id=MODERATOR))
        await uow.roles.delete(GROUP, MODERATOR)
        await uow.groups.delete(GROUP)


async def test_nothing_searches_a_whole_table(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
        said: list[tuple[str, Any]] = []

        with overheard(store, lambda sql, parameters: said.append((sql, parameters))):
            await use_every_index(store)
        steps: set[str] = set()
        with closing(sqlite3.connect(tmp_path / "parley.db")) as connection:
            for statement, parameters in said:
                if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                    explained = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                    steps |= {detail for *_, detail in explained}
    # A look-up by row number in a virtual table is called a scan; what follows the colon says by what.
    by_number = re.compile(r"VIRTUAL TABLE INDEX \d+:.")
    scans = {step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step}
    assert {step for step in scans if by_number.search(step) is None} == set()
    assert set(PLANS.values()) <= steps, steps
    sorts = {step for step in steps if "TEMP B-TREE" in step}
    assert sorts <= {"USE TEMP B-TREE FOR count(DISTINCT)"}, steps  # of the few messages that ping somebody


async def test_the_inbox_goes_by_indexes(tmp_path: Path) -> None:
    """One's own pings in the order of the page, those to everyone by channel."""
    async with sqlite_store(tmp_path) as store:
        said: list[tuple[str, Any]] = []
        async with store.read() as reader:
            with overheard(store, lambda sql, parameters: said.append((sql, parameters))):
                await reader.messages.pinging(ANNA, [GENERAL, RANDOM], None, 50)
        statement, parameters = said[-1]
        with closing(sqlite3.connect(tmp_path / "parley.db")) as connection:
            steps = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert [step for step in steps if step.startswith("SEARCH mentions")] == [
        "SEARCH mentions USING COVERING INDEX ix_mentions_user_id_message_id (user_id=? AND message_id<?)",
        "SEARCH mentions USING PRIMARY KEY (user_id=? AND channel_id=? AND message_id<?)",
    ]
    scanned = [step for step in steps if step.startswith("SCAN") and "anon" not in step]
    assert scanned == ["SCAN pings"]  # what the two have found
