"""What every cache promises; each backend runs the same suite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Protocol

import pytest
from structlog.testing import capture_logs

from server.adapters.cache_memory import MemoryCache
from server.adapters.cache_redis import REST_S, RedisCache
from server.adapters.redis_client import open_client
from server.ports import Cache
from tests.support.actions import FakeClock
from tests.support.redis_server import RedisServer

MINUTE_S = 60.0


class Scene(Protocol):
    cache: Cache

    async def pass_time(self, seconds: float) -> None: ...


class Memory:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.cache: Cache = MemoryCache(self.clock)

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)


class Shared:
    def __init__(self, server: RedisServer) -> None:
        self.clock = FakeClock()
        self.server = server
        self.client = open_client(server.url, within_s=1.0)
        self.cache: Cache = RedisCache(self.client, "tests", self.clock)
        self.other: Cache = RedisCache(self.client, "other tests", self.clock)

    async def pass_time(self, seconds: float) -> None:
        """That server has a clock of its own: what every entry has left to live is cut by so much."""
        self.clock.advance(seconds)
        for key in await self.client.keys("*"):
            left_ms = await self.client.pttl(key)
            if left_ms >= 0:
                await self.client.pexpire(key, max(0, left_ms - round(seconds * 1000)))


@asynccontextmanager
async def shared(server: RedisServer) -> AsyncIterator[Shared]:
    scene = Shared(server)
    try:
        yield scene
    finally:
        await scene.client.aclose()


@pytest.fixture(params=["memory", "redis"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    if request.param == "memory":
        yield Memory()
    else:
        async with shared(request.getfixturevalue("redis")) as found:
            yield found


@pytest.fixture
def cache(scene: Scene) -> Cache:
    return scene.cache


async def put(cache: Cache, items: Mapping[str, bytes], ttl_s: float = MINUTE_S) -> None:
    await cache.set_many(items, ttl_s, (await cache.get_many([])).mark)


async def values(cache: Cache, *keys: str) -> dict[str, bytes]:
    return (await cache.get_many(keys)).values


# ----------------------------------------------------------------------------------------------------------- what is kept


async def test_what_was_set_is_found_and_nothing_else(cache: Cache) -> None:
    assert await values(cache, "a", "b") == {}
    await put(cache, {"a": b"1", "b": b"\x00\xff\r\n", "c": b""})
    assert await values(cache, "a", "b", "c", "d") == {"a": b"1", "b": b"\x00\xff\r\n", "c": b""}
    assert await values(cache) == {}


async def test_setting_again_replaces(cache: Cache) -> None:
    await put(cache, {"a": b"1", "b": b"2"})
    await put(cache, {"a": b"3"})
    assert await values(cache, "a", "b") == {"a": b"3", "b": b"2"}


async def test_many_keys_are_as_good_as_one(cache: Cache) -> None:
    many = {f"key {number}": b"%d" % number for number in range(2500)}
    await put(cache, many)
    assert await values(cache, *many) == many
    assert await cache.delete_many(list(many))
    assert await values(cache, *many) == {}


async def test_an_entry_ends_when_its_time_is_over(scene: Scene) -> None:
    await put(scene.cache, {"short": b"1"}, ttl_s=10)
    await put(scene.cache, {"long": b"2"}, ttl_s=60)
    await scene.pass_time(9)
    assert await values(scene.cache, "short", "long") == {"short": b"1", "long": b"2"}
    await scene.pass_time(1)
    assert await values(scene.cache, "short", "long") == {"long": b"2"}


async def test_a_look_prolongs_only_when_it_says_so(scene: Scene) -> None:
    await put(scene.cache, {"a": b"1", "b": b"2"}, ttl_s=10)
    await scene.pass_time(6)
    assert (await scene.cache.get_many(["a"], prolong_s=10)).values == {"a": b"1"}
    assert (await scene.cache.get_many(["b"])).values == {"b": b"2"}
    await scene.pass_time(6)
    assert await values(scene.cache, "a", "b") == {"a": b"1"}
    await scene.pass_time(4)
    assert await values(scene.cache, "a") == {}


# ------------------------------------------------------------------------------------------------------- what is forgotten


async def test_what_was_deleted_is_gone(cache: Cache) -> None:
    await put(cache, {"a": b"1", "b": b"2", "c": b"3"})
    assert await cache.delete_many(["a", "c", "never there"])
    assert await values(cache, "a", "b", "c") == {"b": b"2"}
    assert await cache.delete_many([])


async def test_clearing_takes_everything(cache: Cache) -> None:
    await put(cache, {f"key {number}": b"1" for number in range(1500)})
    assert await cache.clear()
    assert await values(cache, *(f"key {number}" for number in range(1500))) == {}
    await put(cache, {"a": b"1"})
    assert await values(cache, "a") == {"a": b"1"}


@pytest.mark.parametrize("how", ["the same key", "another key", "everything"])
async def test_what_was_read_before_a_deletion_is_not_kept_after_it(cache: Cache, how: str) -> None:
    """A reader looks, misses, and asks the source; meanwhile the source changes, and the change deletes."""
    look = await cache.get_many(["a"])
    match how:
        case "the same key":
            await cache.delete_many(["a"])
        case "another key":
            await cache.delete_many(["b"])
        case _:
            await cache.clear()
    await cache.set_many({"a": b"stale"}, MINUTE_S, look.mark)
    assert await values(cache, "a") == {}
    look = await cache.get_many(["a"])
    await cache.set_many({"a": b"fresh"}, MINUTE_S, look.mark)
    assert await values(cache, "a") == {"a": b"fresh"}


async def test_setting_does_not_spoil_what_another_is_about_to_set(cache: Cache) -> None:
    one, two = await cache.get_many(["a"]), await cache.get_many(["b"])
    await cache.set_many({"a": b"1"}, MINUTE_S, one.mark)
    await cache.set_many({"b": b"2"}, MINUTE_S, two.mark)
    assert await values(cache, "a", "b") == {"a": b"1", "b": b"2"}


# ----------------------------------------------------------------------------------------------------- of one Redis alone


async def test_two_processes_share_what_they_keep_and_what_they_delete(redis: RedisServer) -> None:
    async with shared(redis) as here, shared(redis) as there:
        await put(here.cache, {"a": b"1"})
        assert await values(there.cache, "a") == {"a": b"1"}
        look = await here.cache.get_many(["b"])
        await there.cache.delete_many(["a", "b"])
        await here.cache.set_many({"b": b"stale"}, MINUTE_S, look.mark)
        assert await values(here.cache, "a", "b") == {}


async def test_caches_of_other_names_are_other_caches(redis: RedisServer) -> None:
    async with shared(redis) as scene:
        look = await scene.cache.get_many(["a"])
        await put(scene.other, {"a": b"other"})
        await scene.other.delete_many(["b"])
        await scene.cache.set_many({"a": b"1"}, MINUTE_S, look.mark)
        assert await values(scene.cache, "a") == {"a": b"1"}
        await scene.cache.clear()
        assert await values(scene.other, "a") == {"a": b"other"}


async def test_a_redis_that_is_away_holds_nothing_and_is_reported_once(redis: RedisServer) -> None:
    async with shared(redis) as scene:
        await put(scene.cache, {"a": b"1"})
        look = await scene.cache.get_many(["a"])
        redis.stop()
        with capture_logs() as logs:
            for _ in range(3):
                assert await values(scene.cache, "a") == {}
                await scene.cache.set_many({"a": b"2"}, MINUTE_S, look.mark)
                assert not await scene.cache.delete_many(["a"])
                assert not await scene.cache.clear()
                scene.clock.advance(REST_S)
            redis.start()
            await put(scene.cache, {"b": b"3"})
            assert await values(scene.cache, "a", "b") == {"b": b"3"}
            # That mark is of a life that this Redis has forgotten.
            await scene.cache.set_many({"a": b"stale"}, MINUTE_S, look.mark)
            assert await values(scene.cache, "a") == {}
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [
        ("cache.away", "warning"),
        ("cache.back", "info"),
    ]


async def test_one_request_at_most_waits_for_a_redis_that_hangs(redis: RedisServer) -> None:
    async with shared(redis) as scene:
        await put(scene.cache, {"a": b"1"})
        redis.hang()
        try:
            async with asyncio.timeout(5):
                assert await values(scene.cache, "a") == {}
            async with asyncio.timeout(0.5):
                for _ in range(100):
                    assert await values(scene.cache, "a") == {}
        finally:
            redis.wake()
        scene.clock.advance(REST_S)
        assert await values(scene.cache, "a") == {"a": b"1"}


async def test_a_call_that_is_cancelled_leaves_no_answer_for_the_next_one(redis: RedisServer) -> None:
    async with shared(redis) as scene:
        await put(scene.cache, {"a": b"1", "b": b"2"})
        for _ in range(20):
            asking = asyncio.create_task(values(scene.cache, "a"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            asking.cancel()
            assert await values(scene.cache, "b") == {"b": b"2"}
            await asyncio.gather(asking, return_exceptions=True)
