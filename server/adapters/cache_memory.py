"""The cache of a single process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from server.ports import Clock, Found


class _Entry(NamedTuple):
    value: bytes
    ends_s: float


class MemoryCache:
    """Implements :class:`server.ports.Cache`: at most ``max_entries`` and ``max_bytes`` of keys and values.

    When it is full, what was not asked for the longest is forgotten. Times are those of ``Clock.monotonic_s``.
    """

    def __init__(self, clock: Clock, *, max_entries: int = 20_000, max_bytes: int = 8 << 20) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0
        self._deletions = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def held_bytes(self) -> int:
        return self._bytes

    async def get_many(self, keys: Collection[str], *, prolong_s: float | None = None) -> Found:
        now_s = self._clock.monotonic_s()
        values: dict[str, bytes] = {}
        for key in keys:
            entry = self._entries.get(key)
            if entry is None:
                continue
            if entry.ends_s <= now_s:
                self._drop(key)
                continue
            values[key] = entry.value
            self._entries.move_to_end(key)
            if prolong_s is not None:
                self._entries[key] = _Entry(entry.value, now_s + prolong_s)
        return Found(values, self._mark)

    async def set_many(self, items: Mapping[str, bytes], ttl_s: float, mark: bytes) -> None:
        if mark != self._mark:
            return
        ends_s = self._clock.monotonic_s() + ttl_s
        for key, value in items.items():
            self._drop(key)
            size_bytes = _size_bytes(key, value)
            if size_bytes > self._max_bytes:
                continue
            self._entries[key] = _Entry(value, ends_s)
            self._bytes += size_bytes
            while self._bytes > self._max_bytes or len(self._entries) > self._max_entries:
                self._drop(next(iter(self._entries)))

    async def delete_many(self, keys: Collection[str]) -> bool:
        self._deletions += 1
        for key in keys:
            self._drop(key)
        return True

    async def clear(self) -> bool:
        self._deletions += 1
        self._entries.clear()
        self._bytes = 0
        return True

    @property
    def _mark(self) -> bytes:
        return b"%d" % self._deletions

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= _size_bytes(key, entry.value)


def _size_bytes(key: str, value: bytes) -> int:
    return len(key.encode()) + len(value)
