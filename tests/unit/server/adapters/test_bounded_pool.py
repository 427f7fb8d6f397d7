from __future__ import annotations

import asyncio
import threading

import pytest

from server.adapters.bounded_pool import BoundedPool
from server.domain.errors import Unavailable


async def test_work_is_done_elsewhere_and_what_it_raises_comes_back() -> None:
    pool = BoundedPool("test")
    assert await pool.run(lambda: threading.current_thread().name) == "test_0"
    with pytest.raises(ZeroDivisionError):
        await pool.run(lambda: 1 // 0)
    pool.close()


async def test_too_many_are_told_so_and_places_come_back() -> None:
    pool = BoundedPool("test", waiting_max=1)
    gate = threading.Event()
    tasks = [asyncio.create_task(pool.run(gate.wait)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await pool.run(lambda: None)
    assert refused.value.code == "busy"
    tasks[1].cancel()
    gate.set()
    assert await tasks[0]
    with pytest.raises(asyncio.CancelledError):
        await tasks[1]
    assert await pool.run(lambda: 7) == 7
    pool.close()


async def test_what_waits_at_the_end_is_told_so() -> None:
    pool = BoundedPool("test")
    gate = threading.Event()
    first, second = (asyncio.create_task(pool.run(gate.wait)) for _ in range(2))
    await asyncio.sleep(0)
    pool.close()
    gate.set()
    assert await first
    with pytest.raises(Unavailable) as refused:
        await second
    assert refused.value.code == "shutting_down"
