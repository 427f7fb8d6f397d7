"""What the processes of one server share: the bus and the cache. A single process has its own."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack
from typing import Final

from parley.failures import CannotStart
from server.adapters.bus_memory import MemoryBus
from server.adapters.cache_memory import MemoryCache
from server.domain.ids import WORKERS
from server.ports import Bus, Cache, Clock

CACHE_WITHIN_S: Final = 0.5
"""A request that waits longer for the cache had better ask the database."""


async def open_shared(redis_url: str | None, clock: Clock, stack: AsyncExitStack) -> tuple[Bus, Cache]:
    """In memory without an address; ``stack`` closes what was opened. Raises :class:`CannotStart`."""
    if redis_url is None:
        return MemoryBus(), MemoryCache(clock)
    return await _open_redis(redis_url, clock, stack)


async def _open_redis(url: str, clock: Clock, stack: AsyncExitStack) -> tuple[Bus, Cache]:
    # A service that has no Redis does without the library, too: it is 10 MiB.
    from server.adapters.bus_redis import HEARD_WITHIN_S, RedisBus
    from server.adapters.cache_redis import RedisCache
    from server.adapters.redis_client import FAILURES, open_client

    try:
        for_bus, for_cache = (open_client(url, within_s=each) for each in (HEARD_WITHIN_S, CACHE_WITHIN_S))
        for client in (for_bus, for_cache):
            stack.push_async_callback(client.aclose)
        bus = RedisBus(for_bus)
        await bus.open()
    except (*FAILURES, ValueError, TypeError) as error:
        raise CannotStart(
            f"PARLEY_REDIS_URL: Redis cannot be used ({_reason(error)}). Start it, or mend the address."
        ) from None
    stack.push_async_callback(bus.close)
    return bus, RedisCache(for_cache, "profiles", clock)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def worker(redis_url: str | None) -> int:
    """The part of the ids that this process gives out.

    Where there may be several processes, each draws its own. Two that drew the same one would have to make an id in the same
    millisecond, too, and then the database refuses the second.
    """
    return secrets.randbelow(WORKERS) if redis_url else 0
