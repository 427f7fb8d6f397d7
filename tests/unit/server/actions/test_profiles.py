from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from server.actions.accounts import UpdateMe, do_update_me
from server.actions.messages import PageQuery, get_messages
from server.actions.profiles import DOUBTS_MAX, KEPT_S, Profiles
from server.adapters.cache_memory import MemoryCache
from server.domain.entities import User
from server.domain.events import Gap, Notice, Published, SessionRevoked, ToContacts, UserUpdate
from server.domain.ids import SessionId, Snowflake, UserId
from server.ports import Cache, Found, Store
from tests.support.actions import FakeClock, House, text_channel
from tests.support.statements import counted


@dataclass
class CountingCache:
    """A cache that can be out of reach, and counts what it is asked."""

    inner: Cache = field(default_factory=lambda: MemoryCache(FakeClock()))
    asked: list[str] = field(default_factory=list)
    away: bool = False
    deletes: bool = True
    after_deletion: Callable[[], Awaitable[None]] | None = None
    """Done before the one who deletes hears of it."""

    async def get_many(self, keys: Collection[str], *, prolong_s: float | None = None) -> Found:
        self.asked.append("get_many")
        return Found({}, b"") if self.away else await self.inner.get_many(keys, prolong_s=prolong_s)

    async def set_many(self, items: Mapping[str, bytes], ttl_s: float, mark: bytes) -> None:
        self.asked.append("set_many")
        if not self.away:
            await self.inner.set_many(items, ttl_s, mark)

    async def delete_many(self, keys: Collection[str]) -> bool:
        self.asked.append("delete_many")
        done = self.deletes and not self.away and await self.inner.delete_many(keys)
        after, self.after_deletion = self.after_deletion, None
        if after is not None:
            await after()
        return done

    async def clear(self) -> bool:
        self.asked.append("clear")
        return not self.away and await self.inner.clear()


def changed(user: User, name: str) -> Notice:
    return Published(ToContacts(user.id), UserUpdate(user=User(id=user.id, username=user.username, display_name=name)))


@pytest.fixture
def cache() -> CountingCache:
    return CountingCache()


@pytest.fixture
def profiles(house: House, cache: CountingCache) -> Profiles:
    found = Profiles(house.store, cache)
    house.bus.subscribe(found.receive)
    return found


async def rename(house: House, user_id: UserId, name: str) -> None:
    await do_update_me(house.actions, user_id, UpdateMe(display_name=name))


async def name_of(profiles: Profiles, user_id: UserId) -> str:
    return (await profiles.by_ids([user_id]))[user_id].display_name


# -------------------------------------------------------------------------------------------------------------- what it costs


async def test_a_hundred_profiles_cost_one_look_and_at_most_one_statement(
    house: House, profiles: Profiles, cache: CountingCache
) -> None:
    ids = [await house.user(f"user{number}") for number in range(100)]
    unknown = UserId(Snowflake(7))
    async with house.store.read() as reader:
        expected = await reader.users.by_ids(ids)
    await profiles.by_ids(ids[:50])
    cache.asked.clear()
    with counted(house.store) as statements:
        assert await profiles.by_ids([*ids, *ids]) == expected
        assert (len(statements), cache.asked) == (1, ["get_many", "set_many"])
        assert await profiles.by_ids(ids) == expected
        assert (len(statements), cache.asked) == (1, ["get_many", "set_many", "get_many"])
        assert await profiles.by_ids([]) == {}
        assert len(cache.asked) == 3
        assert await profiles.by_ids([unknown]) == {}
        assert len(statements) == 2


async def test_who_is_asked_for_stays_and_who_is_not_goes(house: House, cache: CountingCache) -> None:
    clock = FakeClock()
    cache.inner = MemoryCache(clock)
    profiles = Profiles(house.store, cache)
    anna, ben = await house.user("anna"), await house.user("ben")
    await profiles.by_ids([anna, ben])
    with counted(house.store) as statements:
        clock.advance(KEPT_S - 1)
        await profiles.by_ids([anna])
        clock.advance(KEPT_S - 1)
        await profiles.by_ids([anna])
        assert statements == []
        await profiles.by_ids([ben])
        assert len(statements) == 1


async def test_the_authors_of_a_page_of_history_cost_one_statement_once(house: House) -> None:
    people = [await house.user(f"user{number}") for number in range(30)]
    channel_id = text_channel(await house.group(*people))
    for user_id in people:
        await house.say(user_id, channel_id)
    costs: list[int] = []
    for _ in range(3):
        with counted(house.store) as statements:
            page = await get_messages(house.actions, people[0], channel_id, PageQuery(limit=100))
        assert {user.id for user in page.users} == set(people)
        costs.append(len(statements))
    assert costs == [costs[0], costs[0] - 1, costs[0] - 1]


# ------------------------------------------------------------------------------------------------------- nothing that is stale


async def test_a_change_is_seen_at_once_and_costs_the_others_nothing(house: House, profiles: Profiles) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await profiles.by_ids([anna, ben])
    await rename(house, anna, "Annabel")
    with counted(house.store) as statements:
        assert await name_of(profiles, ben) == "Ben"
        assert statements == []
        assert await name_of(profiles, anna) == "Annabel"
        assert await name_of(profiles, anna) == "Annabel"
        assert len(statements) == 1


async def test_one_who_read_before_a_change_keeps_nothing_after_it(
    house: House, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has read from the database; then the change commits, and drops what is not there yet; then it fills the cache."""
    anna = await house.user("anna")
    await profiles.by_ids([])
    read, reading, go_on = house.store.read, asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[Any]:
        async with read() as reader:
            yield reader
        reading.set()
        await go_on.wait()

    monkeypatch.setattr(house.store, "read", slow)
    early = asyncio.create_task(profiles.by_ids([anna]))
    await reading.wait()
    monkeypatch.setattr(house.store, "read", read)
    await rename(house, anna, "Annabel")
    assert await name_of(profiles, anna) == "Annabel"
    go_on.set()
    assert (await early)[anna].display_name == "Anna"
    assert await name_of(profiles, anna) == "Annabel"


async def test_while_the_cache_is_away_a_change_is_remembered(
    house: House, profiles: Profiles, cache: CountingCache
) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    await profiles.by_ids([anna, ben])
    cache.away = True
    await rename(house, anna, "Annabel")
    assert await name_of(profiles, anna) == "Annabel"
    cache.away = False
    cache.asked.clear()
    assert await name_of(profiles, anna) == "Annabel"
    assert cache.asked == ["delete_many", "get_many", "set_many"]
    assert await name_of(profiles, ben) == "Ben"
    assert cache.asked[3:] == ["get_many"]


async def test_what_could_not_be_deleted_is_not_taken_from_the_cache(
    house: House, profiles: Profiles, cache: CountingCache
) -> None:
    anna = await house.user("anna")
    await profiles.by_ids([anna])
    cache.deletes = False
    await rename(house, anna, "Annabel")
    assert await name_of(profiles, anna) == "Annabel"
    cache.deletes = True
    assert await name_of(profiles, anna) == "Annabel"


async def test_a_change_that_comes_while_an_earlier_one_is_dropped_is_not_dropped_with_it(
    house: House, profiles: Profiles, cache: CountingCache
) -> None:
    """Another process, which is told of the second change later, fills the cache in between."""
    anna = await house.user("anna")
    other = Profiles(house.store, cache)
    await other.by_ids([])
    await profiles.by_ids([anna])
    await rename(house, anna, "Annabel")

    async def meanwhile() -> None:
        assert await name_of(other, anna) == "Annabel"
        await rename(house, anna, "Annabella")

    cache.after_deletion = meanwhile
    await profiles.by_ids([await house.user("ben")])
    assert await name_of(profiles, anna) == "Annabella"


@pytest.mark.parametrize("why", ["the process is new", "there was a gap", "too much changed at once"])
async def test_what_a_cache_holds_is_not_believed_when(house: House, cache: CountingCache, why: str) -> None:
    anna = await house.user("anna")
    profiles = Profiles(house.store, cache)
    await profiles.by_ids([anna])
    await rename(house, anna, "Annabel")
    assert await name_of(profiles, anna) == "Anna", "this one was not told"
    match why:
        case "the process is new":
            profiles = Profiles(house.store, cache)
        case "there was a gap":
            profiles.receive(Gap())
        case _:
            for number in range(DOUBTS_MAX + 1):
                user_id = UserId(Snowflake(number))
                profiles.receive(changed(User(id=user_id, username="u", display_name="U"), "V"))
            assert len(profiles._doubts) <= DOUBTS_MAX
    cache.away = True
    assert await name_of(profiles, anna) == "Annabel"
    cache.away = False
    assert await name_of(profiles, anna) == "Annabel"
    with counted(house.store) as statements:
        assert await name_of(profiles, anna) == "Annabel"
    assert statements == []


async def test_other_notices_are_nothing_to_it(house: House, profiles: Profiles, cache: CountingCache) -> None:
    anna = await house.user("anna")
    await profiles.by_ids([anna])
    cache.asked.clear()
    profiles.receive(SessionRevoked(SessionId(Snowflake(1))))
    await profiles.by_ids([anna])
    assert cache.asked == ["get_many"]


async def test_what_another_parley_wrote_is_as_good_as_nothing(
    house: House, profiles: Profiles, cache: CountingCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await house.user("anna")
    await profiles.by_ids([])
    monkeypatch.setattr("server.actions.profiles.codec.encode", lambda _: b'{"id":"1","name":"?"}')
    await profiles.by_ids([anna])
    monkeypatch.undo()
    assert await name_of(profiles, anna) == "Anna"


# --------------------------------------------------------------------------------------------------- several processes at once


class Sometimes:
    """Lets others go first, now and then."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    async def __call__(self) -> None:
        for _ in range(self._chance.choice((0, 0, 1, 1, 2, 5))):
            await asyncio.sleep(0)


class SlowCache:
    """A cache somewhere else: it takes time to get there, and to come back."""

    def __init__(self, inner: Cache, wait: Sometimes) -> None:
        self._inner = inner
        self._wait = wait

    async def get_many(self, keys: Collection[str], *, prolong_s: float | None = None) -> Found:
        await self._wait()
        found = await self._inner.get_many(keys, prolong_s=prolong_s)
        await self._wait()
        return found

    async def set_many(self, items: Mapping[str, bytes], ttl_s: float, mark: bytes) -> None:
        await self._wait()
        await self._inner.set_many(items, ttl_s, mark)
        await self._wait()

    async def delete_many(self, keys: Collection[str]) -> bool:
        await self._wait()
        done = await self._inner.delete_many(keys)
        await self._wait()
        return done

    async def clear(self) -> bool:
        await self._wait()
        return await self._inner.clear()


class Versions:
    """A store with one account, whose name is the number of its version."""

    def __init__(self, wait: Sometimes) -> None:
        self.user = User(id=UserId(Snowflake(1)), username="anna", display_name="0")
        self._wait = wait
        self.users = self

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Versions]:
        await self._wait()
        yield self
        await self._wait()

    async def by_ids(self, user_ids: Collection[UserId]) -> dict[UserId, User]:
        found = {self.user.id: self.user}
        await self._wait()
        return found

    def change(self) -> Notice:
        notice = changed(self.user, str(int(self.user.display_name) + 1))
        assert isinstance(notice, Published)
        assert isinstance(notice.event, UserUpdate)
        self.user = notice.event.user
        return notice


@pytest.mark.parametrize("seed", range(100))
async def test_no_process_reads_what_was_before_a_change_that_it_was_told_of(seed: int) -> None:
    """Three processes share a cache; each hears of every change in its own time; everything interleaves by chance."""
    chance = random.Random(seed)
    wait = Sometimes(chance)
    store, shared = Versions(wait), MemoryCache(FakeClock())
    processes = [Profiles(cast(Store, store), SlowCache(shared, wait)) for _ in range(3)]
    on_their_way: list[deque[Notice]] = [deque() for _ in processes]
    told = [0 for _ in processes]

    async def change() -> None:
        for _ in range(20):
            notice = store.change()
            for queue in on_their_way:
                queue.append(notice)
            await wait()

    async def tell(number: int) -> None:
        while told[number] < 20:
            await asyncio.sleep(0)
            await wait()
            if on_their_way[number]:
                processes[number].receive(on_their_way[number].popleft())
                told[number] += 1

    async def read(number: int) -> None:
        for _ in range(40):
            at_least = told[number]
            found = await name_of(processes[number], store.user.id)
            assert int(found) >= at_least
            await wait()

    await asyncio.gather(
        change(), *(tell(number) for number in range(3)), *(read(number) for number in (0, 0, 1, 1, 2))
    )


async def test_the_cache_is_of_use_in_all_this() -> None:
    """The test above would pass without any cache: this one says that there is one."""
    wait = Sometimes(random.Random(1))
    store, shared = Versions(wait), MemoryCache(FakeClock())
    processes = [Profiles(cast(Store, store), SlowCache(shared, wait)) for _ in range(2)]
    for each in processes:
        await each.by_ids([])
        await name_of(each, store.user.id)
    store.change()
    assert [await name_of(each, store.user.id) for each in processes] == ["0", "0"]
