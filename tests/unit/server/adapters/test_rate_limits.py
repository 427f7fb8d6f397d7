from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.rate_limits import BoundedMemoryStorage, RateLimits
from server.domain.errors import TooMany
from server.domain.rates import RATES, Rate, Rule
from tests.support.actions import FakeClock

RULES = {"knock": Rate(3, 60), "ring": Rate(1, 10)}


async def allowed(limits: RateLimits, rule: str, key: str) -> bool:
    try:
        await limits.hit(rule, key)
    except TooMany:
        return False
    return True


async def test_so_often_and_no_more_until_the_window_ends() -> None:
    clock = FakeClock()
    limits = RateLimits(RULES, clock)
    assert [await allowed(limits, "knock", "anna") for _ in range(5)] == [True, True, True, False, False]
    clock.advance(59.9)
    assert not await allowed(limits, "knock", "anna")
    clock.advance(0.1)
    assert await allowed(limits, "knock", "anna")


async def test_keys_and_rules_are_counted_apart() -> None:
    limits = RateLimits(RULES, FakeClock())
    assert await allowed(limits, "ring", "anna")
    assert not await allowed(limits, "ring", "anna")
    assert await allowed(limits, "ring", "ben")
    assert await allowed(limits, "knock", "anna")


async def test_one_is_told_when_to_come_back() -> None:
    clock = FakeClock()
    limits = RateLimits(RULES, clock)
    await limits.hit("ring", "anna")
    for passed_s, wait_s in ((0, 10), (3.2, 7), (6.7, 1)):
        clock.advance(passed_s)
        with pytest.raises(TooMany) as refused:
            await limits.hit("ring", "anna")
        assert refused.value.retry_after_s == wait_s
        assert refused.value.code == "rate_limited"
        assert refused.value.data == {"retry_after_s": wait_s, "rule": "ring"}


async def test_a_step_of_the_wall_clock_changes_nothing() -> None:
    class Stepping(FakeClock):
        def now_ms(self) -> int:
            raise AssertionError("rate limits go by the other clock")

    limits = RateLimits(RULES, Stepping())
    assert await allowed(limits, "ring", "anna")
    assert not await allowed(limits, "ring", "anna")


async def test_all_rules_of_the_server_are_known() -> None:
    limits = RateLimits(RATES, FakeClock())
    for rule in Rule:
        await limits.hit(rule, "anna")
    with pytest.raises(KeyError):
        await limits.hit("no such rule", "anna")


# ------------------------------------------------------------------------------------------------------------ storage


async def test_counters_are_forgotten_when_their_window_ends() -> None:
    clock = FakeClock()
    storage = BoundedMemoryStorage(clock)
    for number in range(100):
        await storage.incr(f"{number}", 10 if number % 2 else 20)
    clock.advance(10)
    assert await storage.get("1") == 0
    assert len(storage) == 50
    assert await storage.get("2") == 1
    clock.advance(10)
    await storage.incr("new", 5)
    assert len(storage) == 1
    assert await storage.get_expiry("new") == clock.monotonic_s() + 5
    assert await storage.get_expiry("nothing") == clock.monotonic_s()
    assert await storage.check()
    assert storage.base_exceptions is ValueError


async def test_strangers_with_many_keys_fill_no_memory() -> None:
    storage = BoundedMemoryStorage(FakeClock(), capacity=100)
    await storage.incr("long", 1000)
    for number in range(10_000):
        await storage.incr(f"{number}", 10)
    assert len(storage) == 100
    assert len(storage._ends) == 100
    assert await storage.get("long") == 1


async def test_counters_can_be_cleared() -> None:
    storage = BoundedMemoryStorage(FakeClock())
    for key in ("a", "b", "a"):
        await storage.incr(key, 10)
    await storage.clear("a")
    await storage.clear("nothing")
    assert (await storage.get("a"), await storage.get("b")) == (0, 1)
    assert await storage.reset() == 1
    assert len(storage) == 0


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 15)), max_size=60))
async def test_no_window_ever_has_more_than_its_rule_allows(hits: list[tuple[str, int]]) -> None:
    clock = FakeClock()
    limits = RateLimits(RULES, clock)
    granted: dict[str, list[float]] = {}
    for key, passed_s in hits:
        clock.advance(passed_s)
        if await allowed(limits, "knock", key):
            granted.setdefault(key, []).append(clock.monotonic_s())
    for times in granted.values():
        for first, fourth in zip(times, times[6:], strict=False):
            assert fourth - first >= 60
