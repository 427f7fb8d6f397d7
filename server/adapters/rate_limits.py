"""Rate limits kept in this process."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Mapping

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter

from server.domain.errors import TooMany
from server.domain.rates import Rate
from server.ports import Clock


class BoundedMemoryStorage(Storage):
    """Counters for :mod:`limits`, at most ``capacity`` of them, by a clock that never runs backwards.

    Each step costs the logarithm of their number. (The library's own storage looks through all of them at every hit, which a
    stranger with many addresses can make slow.) When it is full, the counter that would end first is forgotten.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock, *, capacity: int = 100_000) -> None:
        super().__init__()
        self._clock = clock
        self._capacity = capacity
        self._windows: dict[str, tuple[float, int]] = {}
        """When the window ends, and the count in it."""
        self._ends: list[tuple[float, str]] = []
        """A heap of the same."""

    def __len__(self) -> int:
        return len(self._windows)

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now_s = self._clock.monotonic_s()
        self._forget(now_s)
        if key in self._windows:
            end_s, count = self._windows[key]
            self._windows[key] = end_s, count + amount
            return count + amount
        if len(self._windows) >= self._capacity:
            del self._windows[heapq.heappop(self._ends)[1]]
        self._windows[key] = now_s + expiry, amount
        heapq.heappush(self._ends, (now_s + expiry, key))
        return amount

    def _forget(self, now_s: float) -> None:
        while self._ends and self._ends[0][0] <= now_s:
            del self._windows[heapq.heappop(self._ends)[1]]

    async def get(self, key: str) -> int:
        self._forget(self._clock.monotonic_s())
        return self._windows[key][1] if key in self._windows else 0

    async def get_expiry(self, key: str) -> float:
        """In the clock's own seconds."""
        return self._windows[key][0] if key in self._windows else self._clock.monotonic_s()

    async def check(self) -> bool:
        return True

    async def reset(self) -> int:
        forgotten = len(self._windows)
        self._windows.clear()
        self._ends.clear()
        return forgotten

    async def clear(self, key: str) -> None:
        if self._windows.pop(key, None) is not None:
            self._ends = [one for one in self._ends if one[1] != key]
            heapq.heapify(self._ends)


class RateLimits:
    """Implements :class:`server.ports.RateLimiter`: fixed windows, by rule and key."""

    def __init__(self, rates: Mapping[str, Rate], clock: Clock, *, capacity: int = 100_000) -> None:
        self._clock = clock
        self.refused: Counter[str] = Counter()
        """Rule -> how often somebody was told to wait."""
        self._limiter = FixedWindowRateLimiter(BoundedMemoryStorage(clock, capacity=capacity))
        self._items: dict[str, RateLimitItem] = {
            str(rule): RateLimitItemPerSecond(rate.count, rate.per_s, namespace=str(rule))
            for rule, rate in rates.items()
        }

    async def hit(self, rule: str, key: str) -> None:
        item = self._items[str(rule)]
        if await self._limiter.hit(item, key):
            return
        self.refused[str(rule)] += 1
        stats = await self._limiter.get_window_stats(item, key)
        wait_s = max(1, math.ceil(stats.reset_time - self._clock.monotonic_s()))
        raise TooMany("rate_limited", f"Too often. Try again in {wait_s} s.", retry_after_s=wait_s, rule=str(rule))
