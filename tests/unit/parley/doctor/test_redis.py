from __future__ import annotations

from pathlib import Path

from parley.doctor.redis import about, check_redis
from tests.support.doctor import levels, patient, said
from tests.support.redis_server import RedisServer
from tests.support.server import free_port


async def test_without_one(tmp_path: Path) -> None:
    assert levels(await check_redis(patient(tmp_path))) == ["pass"]


async def test_one_that_is_there(tmp_path: Path, redis: RedisServer) -> None:
    found = await check_redis(patient(tmp_path, PARLEY_REDIS_URL=redis.url))
    assert levels(found) == ["pass"]
    assert "answers" in said(found)


async def test_one_that_is_away(tmp_path: Path) -> None:
    found = await check_redis(patient(tmp_path, PARLEY_REDIS_URL=f"redis://:secret@127.0.0.1:{free_port()}/0"))
    assert levels(found) == ["fail"]
    assert "secret" not in said(found)


async def test_an_address_that_is_none(tmp_path: Path) -> None:
    assert levels(await check_redis(patient(tmp_path, PARLEY_REDIS_URL="redis://127.0.0.1:99999/0"))) == ["fail"]


def test_its_version() -> None:
    assert levels([about("7.0.15"), about("6.2"), about("5.0.14"), about("")]) == ["pass", "pass", "warn", "warn"]
