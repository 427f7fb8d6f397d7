from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import argon2
import pytest

from server.adapters.passwords import Argon2Hasher
from server.domain.errors import Unavailable

CHEAP_KIB = 8


@pytest.fixture
def hasher() -> Iterator[Argon2Hasher]:
    """With parameters of a test's own: weak, and quick."""
    hasher = Argon2Hasher(time_cost=1, memory_cost_kib=CHEAP_KIB, workers=2, waiting_max=3)
    yield hasher
    hasher.close()


async def test_a_password_matches_its_hash_and_no_other(hasher: Argon2Hasher) -> None:
    first, second = await hasher.hash("correct horse"), await hasher.hash("correct horse")
    assert first != second
    assert "correct horse" not in first
    assert await hasher.verify(first, "correct horse")
    assert await hasher.verify(second, "correct horse")
    assert not await hasher.verify(first, "correct horsf")
    assert not await hasher.verify(first, "")


async def test_nobody_has_no_password(hasher: Argon2Hasher) -> None:
    assert not await hasher.verify(None, "nobody has this password")
    assert not await hasher.verify(None, "")


@pytest.mark.parametrize("broken", ["", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$AAAA$BBBB", "$2b$12$abc"])
async def test_a_hash_that_cannot_be_read_matches_nothing(hasher: Argon2Hasher, broken: str) -> None:
    assert not await hasher.verify(broken, "anything")


async def test_the_parameters_are_at_least_those_of_asvs() -> None:
    hasher = Argon2Hasher()
    try:
        parameters = argon2.extract_parameters(await hasher.hash("correct horse"))
    finally:
        hasher.close()
    assert parameters.type is argon2.Type.ID
    assert parameters.time_cost >= 2
    assert parameters.memory_cost >= 19 * 1024
    assert parameters.parallelism >= 1


async def test_a_hash_of_other_parameters_is_stale(hasher: Argon2Hasher) -> None:
    stronger = Argon2Hasher(time_cost=2, memory_cost_kib=CHEAP_KIB)
    try:
        weak = await hasher.hash("correct horse")
        assert not hasher.is_stale(weak)
        assert stronger.is_stale(weak)
        assert await stronger.verify(weak, "correct horse")
        assert not stronger.is_stale(await stronger.hash("correct horse"))
    finally:
        stronger.close()


async def test_too_many_at_once_are_told_to_come_back_and_can(hasher: Argon2Hasher) -> None:
    results = await asyncio.gather(*(hasher.hash(f"password {n}") for n in range(20)), return_exceptions=True)
    refused = [one for one in results if isinstance(one, Unavailable)]
    assert len(refused) == 15
    assert {one.code for one in refused} == {"busy"}
    assert all(isinstance(one, str) for one in results if one not in refused)
    assert await hasher.hash("now there is room")


async def test_those_who_go_away_keep_their_place_until_the_work_is_done(hasher: Argon2Hasher) -> None:
    tasks = [asyncio.create_task(hasher.hash(f"password {n}")) for n in range(5)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    with pytest.raises(Unavailable):
        await hasher.hash("one more")
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)


async def test_those_who_wait_when_the_server_stops_are_told(hasher: Argon2Hasher) -> None:
    gate = threading.Event()
    for _ in range(2):
        hasher._pool._pool.submit(gate.wait)
    waiting = asyncio.create_task(hasher.hash("correct horse"))
    await asyncio.sleep(0)
    hasher.close()
    gate.set()
    with pytest.raises(Unavailable) as refused:
        await waiting
    assert refused.value.code == "shutting_down"
