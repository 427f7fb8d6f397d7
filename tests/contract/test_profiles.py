"""Profiles that several processes read and change, through one Redis."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from db.store import SqlStore
from server.actions.accounts import UpdateMe, do_update_me
from server.actions.profiles import Profiles
from server.adapters.bus_redis import HEARD_WITHIN_S, RedisBus
from server.adapters.cache_redis import REST_S, RedisCache
from server.adapters.redis_client import open_client
from server.domain.events import Gap, Notice
from server.domain.ids import UserId
from server.ports import Reader
from tests.support.actions import FakeClock, House, open_house
from tests.support.cut_line import cut_line
from tests.support.database import sqlite_store
from tests.support.redis_server import RedisServer
from tests.support.statements import counted
from tests.support.waiting import Bell


class Process:
    """With a database connection, a bus and a cache of its own; it publishes its changes."""

    def __init__(self, house: House, store: SqlStore, profiles: Profiles, clock: FakeClock) -> None:
        self.store = store
        self.profiles = profiles
        self.clock = clock
        self._actions = dataclasses.replace(house.actions, store=store)
        self._heard: list[Notice] = []
        self._bell = Bell()

    def receive(self, notice: Notice) -> None:
        self.profiles.receive(notice)
        self._heard.append(notice)
        self._bell.ring()

    async def hears(self, count: int) -> None:
        await self._bell.until(lambda: len(self._heard) >= count)

    async def hears_of_a_gap(self) -> None:
        await self._bell.until(lambda: Gap() in self._heard)

    async def name(self, user_id: UserId) -> str:
        return (await self.profiles.by_ids([user_id]))[user_id].display_name

    async def rename(self, user_id: UserId, name: str) -> None:
        await do_update_me(self._actions, user_id, UpdateMe(display_name=name))


@asynccontextmanager
async def process(house: House, folder: Path, port: int) -> AsyncIterator[Process]:
    client, clock = open_client(f"redis://127.0.0.1:{port}/0", within_s=HEARD_WITHIN_S), FakeClock()
    bus = RedisBus(client)
    await bus.open()
    try:
        async with sqlite_store(folder, bus) as store:
            one = Process(house, store, Profiles(store, RedisCache(client, "profiles", clock)), clock)
            bus.subscribe(one.receive)
            yield one
    finally:
        await bus.close()
        await client.aclose()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def one(house: House, tmp_path: Path, redis: RedisServer) -> AsyncIterator[Process]:
    async with process(house, tmp_path, redis.port) as found:
        yield found


@pytest.fixture
async def two(house: House, tmp_path: Path, redis: RedisServer) -> AsyncIterator[Process]:
    async with process(house, tmp_path, redis.port) as found:
        yield found


async def test_what_one_process_has_read_costs_the_other_nothing(house: House, one: Process, two: Process) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await one.profiles.by_ids([])
    await two.profiles.by_ids([ben])
    await one.profiles.by_ids([anna])
    with counted(two.store) as statements:
        assert await two.name(anna) == "Anna"
    assert statements == []


async def test_a_change_is_seen_in_every_process_that_was_told(house: House, one: Process, two: Process) -> None:
    anna = await house.user("anna")
    assert (await one.name(anna), await two.name(anna)) == ("Anna", "Anna")
    await two.rename(anna, "Annabel")
    assert await two.name(anna) == "Annabel"
    await one.hears(1)
    assert await one.name(anna) == "Annabel"


async def test_one_process_reads_while_another_changes(
    house: House, one: Process, two: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one has read before the change, and fills the cache after the other process was told of it and read anew."""
    anna = await house.user("anna")
    for each in (one, two):
        await each.profiles.by_ids([])
    read, reading, go_on = one.store.read, asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[Reader]:
        async with read() as reader:
            yield reader
        reading.set()
        await go_on.wait()

    monkeypatch.setattr(one.store, "read", slow)
    early = asyncio.create_task(one.name(anna))
    await reading.wait()
    monkeypatch.undo()
    await two.rename(anna, "Annabel")
    assert await two.name(anna) == "Annabel"
    go_on.set()
    assert await early == "Anna"
    assert await two.name(anna) == "Annabel"
    await one.hears(1)
    assert await one.name(anna) == "Annabel"


async def test_a_process_that_was_cut_off_and_changed_something_leaves_nothing_stale(
    house: House, tmp_path: Path, redis: RedisServer, one: Process
) -> None:
    """That Redis keeps the old profile all the while."""
    anna = await house.user("anna")
    async with cut_line(redis.port) as line, process(house, tmp_path, line.port) as far:
        await far.profiles.by_ids([])
        assert (await one.name(anna), await far.name(anna)) == ("Anna", "Anna")
        line.cut()
        await far.rename(anna, "Annabel")
        assert await far.name(anna) == "Annabel"
        line.mend()
        await far.hears_of_a_gap()
        await one.hears_of_a_gap()
        far.clock.advance(REST_S)
        assert (await one.name(anna), await far.name(anna)) == ("Annabel", "Annabel")
