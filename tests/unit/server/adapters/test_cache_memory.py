from __future__ import annotations

from server.adapters.cache_memory import MemoryCache
from tests.support.actions import FakeClock


async def keep(cache: MemoryCache, **items: bytes) -> None:
    await cache.set_many(items, 60, (await cache.get_many([])).mark)


async def there(cache: MemoryCache, keys: str) -> str:
    """Which of the keys, a letter each, are in the cache."""
    return "".join((await cache.get_many(list(keys))).values)


async def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    cache = MemoryCache(FakeClock(), max_entries=3)
    await keep(cache, a=b"1", b=b"2", c=b"3")
    await cache.get_many(["a"])
    await keep(cache, d=b"4")
    assert await there(cache, "abcd") == "acd"
    await keep(cache, e=b"5", f=b"6")
    assert await there(cache, "acdef") == "def"
    assert len(cache) == 3


async def test_bytes_are_bounded_keys_included() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=10)
    await keep(cache, a=b"123", b=b"1234")
    assert cache.held_bytes == 9
    await keep(cache, c=b"")
    assert (await there(cache, "abc"), cache.held_bytes) == ("abc", 10)
    await keep(cache, d=b"1")
    assert (await there(cache, "abcd"), cache.held_bytes) == ("bcd", 8)
    await keep(cache, **{"€": b"1234567"})
    assert (await there(cache, "bcd€"), cache.held_bytes) == ("€", 10)


async def test_what_is_larger_than_the_cache_costs_nothing_else() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=10)
    await keep(cache, a=b"1")
    await keep(cache, b=bytes(10))
    assert (await there(cache, "ab"), cache.held_bytes) == ("a", 2)
    await keep(cache, a=bytes(10))
    assert (await there(cache, "ab"), cache.held_bytes) == ("", 0)


async def test_what_goes_gives_its_bytes_back() -> None:
    clock = FakeClock()
    cache = MemoryCache(clock)
    await keep(cache, a=b"123", b=b"123", c=b"123")
    await keep(cache, a=b"1")
    assert cache.held_bytes == 10
    await cache.delete_many(["b", "b", "z"])
    assert cache.held_bytes == 6
    clock.advance(60)
    assert await there(cache, "a") == ""
    assert cache.held_bytes == 4
    await cache.clear()
    assert (len(cache), cache.held_bytes) == (0, 0)
