from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from parley.failures import CannotStart
from parley.shared import open_shared, worker
from server.adapters.bus_memory import MemoryBus
from server.adapters.cache_memory import MemoryCache
from server.domain.ids import WORKERS
from tests.support.actions import FakeClock
from tests.support.server import free_port


async def test_without_a_redis_everything_is_this_processes_own() -> None:
    async with AsyncExitStack() as stack:
        bus, cache = await open_shared(None, FakeClock(), stack)
        assert isinstance(bus, MemoryBus)
        assert isinstance(cache, MemoryCache)


def test_processes_beside_each_other_draw_their_part_of_the_ids() -> None:
    assert worker(None) == 0
    drawn = {worker("redis://127.0.0.1/0") for _ in range(64)}
    assert len(drawn) > 32
    assert all(0 <= each < WORKERS for each in drawn)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://:secret@127.0.0.1:{port}/0", "Connect call failed"),
        ("redis://:secret@127.0.0.1:99999/0", "Port out of range"),
        ("redis://:secret@127.0.0.1/0?colour=blue", "colour"),
        ("unix:///nowhere/redis.sock", "No such file"),
    ],
)
async def test_a_redis_that_cannot_be_used_is_told_in_one_line_without_its_password(url: str, says: str) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(CannotStart) as caught:
            await open_shared(url.format(port=free_port()), FakeClock(), stack)
    line = str(caught.value)
    assert line.startswith("PARLEY_REDIS_URL: Redis cannot be used (")
    assert says in line
    assert line.endswith("). Start it, or mend the address.")
    assert "secret" not in line
    assert "\n" not in line
