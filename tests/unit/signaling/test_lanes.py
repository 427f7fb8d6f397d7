from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from signaling.lanes import WAITING_MAX, Lanes


def job(done: list[str], name: str, gate: asyncio.Event | None = None) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        if gate is not None:
            await gate.wait()
        done.append(name)

    return work


async def test_a_lane_keeps_its_order_and_others_pass() -> None:
    lanes, done, gate = Lanes(), list[str](), asyncio.Event()
    assert lanes.submit("slow", job(done, "slow 1", gate))
    assert lanes.submit("slow", job(done, "slow 2"))
    assert lanes.submit("fast", job(done, "fast 1"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert done == ["fast 1"]
    gate.set()
    await lanes.finish()
    assert done == ["fast 1", "slow 1", "slow 2"]


async def test_a_lane_that_ran_empty_works_again() -> None:
    lanes, done = Lanes(), list[str]()
    for number in range(3):
        assert lanes.submit("lane", job(done, str(number)))
        await lanes.finish()
    assert done == ["0", "1", "2"]
    await lanes.finish()


async def test_only_so_many_wait() -> None:
    lanes, done, gate = Lanes(), list[str](), asyncio.Event()
    for number in range(WAITING_MAX):
        assert lanes.submit(number % 3, job(done, str(number), gate))
    assert not lanes.submit("other", job(done, "too many"))
    gate.set()
    await lanes.finish()
    assert len(done) == WAITING_MAX
    assert lanes.submit("other", job(done, "again"))
    await lanes.finish()
    assert done[-1] == "again"
