"""What every bus promises; each backend runs the same suite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import pytest

from server.adapters.bus_memory import MemoryBus
from server.adapters.bus_redis import HEARD_WITHIN_S, RedisBus
from server.adapters.redis_client import open_client
from server.domain.events import GroupLeave, MemberLeave, Notice, Published, SessionRevoked, ToGroup, ToUsers
from server.domain.ids import GroupId, SessionId, Snowflake, UserId
from server.ports import Bus
from tests.support.redis_server import RedisServer
from tests.support.waiting import Bell

GROUP = GroupId(Snowflake(1))
ANNA = UserId(Snowflake(2))


@asynccontextmanager
async def redis_bus(server: RedisServer) -> AsyncIterator[Bus]:
    client = open_client(server.url, within_s=HEARD_WITHIN_S)
    bus = RedisBus(client)
    await bus.open()
    try:
        yield bus
    finally:
        await bus.close()
        await client.aclose()


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    if request.param == "memory":
        yield MemoryBus()
    else:
        async with redis_bus(request.getfixturevalue("redis")) as bus:
            yield bus


class Ear:
    """A subscriber that remembers, and can be waited for."""

    def __init__(self) -> None:
        self.heard: list[Notice] = []
        self._bell = Bell()

    def receive(self, notice: Notice) -> None:
        self.heard.append(notice)
        self._bell.ring()

    async def hears(self, *expected: Notice) -> None:
        await self._bell.until(lambda: len(self.heard) >= len(expected))
        assert self.heard == list(expected)

    async def hears_last(self) -> None:
        await self._bell.until(lambda: LAST in self.heard)


def numbered(count: int, start: int = 0) -> list[Notice]:
    return [SessionRevoked(SessionId(Snowflake(start + number))) for number in range(count)]


LAST: Notice = SessionRevoked(SessionId(Snowflake(1 << 40)))


async def test_what_is_published_at_once_comes_between_a_beginning_and_an_end(bus: Bus) -> None:
    ear, around = Ear(), list[str]()

    @contextmanager
    def together() -> Iterator[None]:
        around.append(f"after {len(ear.heard)}")
        yield
        around.append(f"before {len(ear.heard) + 1}")

    end = bus.subscribe(ear.receive, together)
    await bus.publish(numbered(3))
    await ear.hears(*numbered(3))
    await bus.publish(numbered(1, 3))
    await ear.hears(*numbered(4))
    assert around == ["after 0", "before 4"]
    end()
    await bus.publish(numbered(2))
    assert around == ["after 0", "before 4"]


async def test_every_subscriber_gets_every_notice_as_it_was(bus: Bus) -> None:
    ears = [Ear(), Ear()]
    for ear in ears:
        bus.subscribe(ear.receive)
    notices: list[Notice] = [
        Published(ToUsers((ANNA,)), GroupLeave(group_id=GROUP)),
        Published(ToGroup(GROUP), MemberLeave(group_id=GROUP, user_id=ANNA, member_count=1)),
        SessionRevoked(SessionId(Snowflake(3))),
    ]
    await bus.publish(notices)
    for ear in ears:
        await ear.hears(*notices)


async def test_all_hear_one_order_however_many_publish(bus: Bus) -> None:
    ears = [Ear(), Ear(), Ear()]
    for ear in ears:
        bus.subscribe(ear.receive)
    batches = [numbered(3, 10 * number) for number in range(20)]
    await asyncio.gather(*(bus.publish(batch) for batch in batches))
    await bus.publish([LAST])
    for ear in ears:
        await ear.hears_last()
    assert ears[0].heard == ears[1].heard == ears[2].heard
    assert len(ears[0].heard) == 61
    for batch in batches:
        assert [one for one in ears[0].heard if one in batch] == batch


async def test_one_who_publishes_in_turn_is_heard_in_turn(bus: Bus) -> None:
    ear = Ear()
    bus.subscribe(ear.receive)
    notices = numbered(50)
    for notice in notices:
        await bus.publish([notice])
    await ear.hears(*notices)


async def test_nothing_is_nothing(bus: Bus) -> None:
    ear = Ear()
    bus.subscribe(ear.receive)
    await bus.publish([])
    await bus.publish([LAST])
    await ear.hears(LAST)


async def test_publishing_to_nobody_is_fine(bus: Bus) -> None:
    await bus.publish(numbered(3))


async def test_a_subscriber_hears_from_its_subscription_to_its_end(bus: Bus) -> None:
    early, late = Ear(), Ear()
    before, between, after = numbered(3)
    end = bus.subscribe(early.receive)
    await bus.publish([before])
    await early.hears(before)
    bus.subscribe(late.receive)
    await bus.publish([between])
    await early.hears(before, between)
    end()
    end()
    await bus.publish([after])
    await late.hears(between, after)
    assert early.heard == [before, between]


async def test_the_same_function_may_subscribe_twice(bus: Bus) -> None:
    ear = Ear()
    end = bus.subscribe(ear.receive)
    bus.subscribe(ear.receive)
    await bus.publish([LAST])
    await ear.hears(LAST, LAST)
    end()
    await bus.publish([LAST])
    await ear.hears(LAST, LAST, LAST)


async def test_one_that_fails_harms_nobody_else(bus: Bus) -> None:
    ear = Ear()
    failures: list[Notice] = []

    def fail(notice: Notice) -> None:
        failures.append(notice)
        raise RuntimeError("a receiver of the test's")

    bus.subscribe(fail)
    bus.subscribe(ear.receive)
    notices = numbered(2)
    await bus.publish(notices)
    await ear.hears(*notices)
    assert failures == notices


async def test_a_receiver_may_end_itself_and_others_and_begin_new_ones(bus: Bus) -> None:
    first, second, third = Ear(), Ear(), Ear()
    ends: list[Callable[[], None]] = []

    def once(notice: Notice) -> None:
        first.receive(notice)
        for end in ends:
            end()
        bus.subscribe(third.receive)

    ends.append(bus.subscribe(once))
    ends.append(bus.subscribe(second.receive))
    one, two = numbered(2)
    await bus.publish([one])
    await first.hears(one)
    await bus.publish([two])
    await third.hears(two)
    assert first.heard == [one]
    assert second.heard in ([], [one])


async def test_delivery_is_over_when_publish_returns(bus: Bus) -> None:
    ear = Ear()
    bus.subscribe(ear.receive)
    notices = numbered(3)
    await bus.publish(notices)
    assert ear.heard == notices


async def test_one_who_stops_waiting_is_heard_all_the_same(bus: Bus) -> None:
    ear = Ear()
    bus.subscribe(ear.receive)
    one, two = numbered(2)
    publishing = asyncio.create_task(bus.publish([one]))
    await asyncio.sleep(0)
    publishing.cancel()
    await bus.publish([two])
    assert ear.heard == [one, two]


async def test_publish_does_not_wait_for_readers(bus: Bus) -> None:
    """A reader that has not looked yet costs the writer nothing: its queue is its own."""
    queue: asyncio.Queue[Notice] = asyncio.Queue()
    bus.subscribe(queue.put_nowait)
    notices: Sequence[Notice] = numbered(1000)
    await asyncio.wait_for(bus.publish(notices), 10)
    assert [await queue.get() for _ in notices] == notices
