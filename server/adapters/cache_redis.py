"""The cache that several processes share."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

import structlog
from redis.asyncio import Redis

from server.adapters.redis_client import FAILURES
from server.ports import Clock, Found

REST_S: Final = 2.0
"""After a failure Redis is left alone for so long, so that requests do not wait for it one after the other."""
PORTION: Final = 1000
"""Keys in one call."""

_T = TypeVar("_T")

_log = structlog.get_logger(__name__)

# The first key of each script is the mark. Every deletion makes a new one at random, as does whoever finds none: a mark that
# was lost with a restart, or thrown out for want of memory, can never come back.

_GET: Final = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
local found = redis.call('MGET', unpack(KEYS))
if ARGV[2] then
  for i = 2, #KEYS do
    if found[i] then redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
  end
end
return found
"""

_SET: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
for i = 2, #KEYS do redis.call('SET', KEYS[i], ARGV[i + 1], 'PX', ARGV[2]) end
return 1
"""

_DELETE: Final = """
redis.call('SET', KEYS[1], ARGV[1])
if #KEYS > 1 then redis.call('UNLINK', unpack(KEYS, 2)) end
return 1
"""


class RedisCache:
    """Implements :class:`server.ports.Cache`. How much it holds is for ``maxmemory`` of that Redis to say.

    While Redis is away it holds nothing; that is logged once, and once that Redis is back.
    """

    def __init__(self, redis: Redis, name: str, clock: Clock) -> None:
        """Caches of the same ``name`` on the same database of the same Redis are one."""
        self._redis = redis
        self._clock = clock
        self._prefix = f"parley:cache:{name}:"
        self._mark_key = f"parley:cache-mark:{name}"
        self._get = redis.register_script(_GET)
        self._set = redis.register_script(_SET)
        self._delete = redis.register_script(_DELETE)
        self._away = False
        self._rests_until_s = 0.0

    async def get_many(self, keys: Collection[str], *, prolong_s: float | None = None) -> Found:
        return await self._ask(lambda: self._found(list(keys), prolong_s), Found({}, b""))

    async def _found(self, keys: list[str], prolong_s: float | None) -> Found:
        prolong = () if prolong_s is None else (_ms(prolong_s),)
        values: dict[str, bytes] = {}
        mark = b""
        for some in _portions(keys) or [[]]:
            now, *found = await self._get(self._names(some), [_new_mark(), *prolong])
            mark = mark or now  # the oldest: what was deleted since the first look counts
            values.update((key, value) for key, value in zip(some, found, strict=True) if value is not None)
        return Found(values, mark)

    async def set_many(self, items: Mapping[str, bytes], ttl_s: float, mark: bytes) -> None:
        if mark:
            await self._ask(lambda: self._keep(items, ttl_s, mark), None)

    async def _keep(self, items: Mapping[str, bytes], ttl_s: float, mark: bytes) -> None:
        for some in _portions(list(items)):
            await self._set(self._names(some), [mark, _ms(ttl_s), *(items[key] for key in some)])

    async def delete_many(self, keys: Collection[str]) -> bool:
        return await self._ask(lambda: self._forget(list(keys)), False)

    async def _forget(self, keys: list[str]) -> bool:
        for some in _portions(keys):
            await self._delete(self._names(some), [_new_mark()])
        return True

    async def clear(self) -> bool:
        return await self._ask(self._forget_all, False)

    async def _forget_all(self) -> bool:
        await self._delete([self._mark_key], [_new_mark()])
        # What was there at the mark is found, whatever comes and goes meanwhile.
        cursor = 0
        while True:
            cursor, found = await self._redis.scan(cursor, match=f"{self._prefix}*", count=PORTION)
            if found:
                await self._redis.unlink(*found)
            if cursor == 0:
                return True

    def _names(self, keys: Sequence[str]) -> list[str]:
        return [self._mark_key, *(self._prefix + key for key in keys)]

    async def _ask(self, call: Callable[[], Awaitable[_T]], otherwise: _T) -> _T:
        if self._clock.monotonic_s() < self._rests_until_s:
            return otherwise
        try:
            answer = await call()
        except FAILURES as error:
            self._rests_until_s = self._clock.monotonic_s() + REST_S
            if not self._away:
                self._away = True
                _log.warning("cache.away", error=type(error).__name__)
            return otherwise
        if self._away:
            self._away = False
            _log.info("cache.back")
        return answer


def _new_mark() -> bytes:
    return secrets.token_bytes(16)


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _portions(keys: list[Any]) -> list[list[Any]]:
    return [keys[start : start + PORTION] for start in range(0, len(keys), PORTION)]
