from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Gauge

from parley.config import MetricsSettings
from parley.failures import CannotStart
from parley.metrics.listener import LOOK_EVERY_S, listen, watch_lag


async def ask(port: int, path: str = "/metrics", method: str = "GET", **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, f"http://127.0.0.1:{port}{path}", headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_it_looks_before_it_answers() -> None:
    registry = CollectorRegistry()
    gauge = Gauge("looked", "How often.", registry=registry)

    async def look() -> None:
        gauge.inc()

    async with AsyncExitStack() as stack:
        port = await listen(MetricsSettings("127.0.0.1", 0, None), registry, look, stack)
        assert await ask(port) == (200, "# HELP looked How often.\n# TYPE looked gauge\nlooked 1.0\n")
        assert (await ask(port, "/"))[0] == 404
        assert (await ask(port, method="POST"))[0] == 405
    with pytest.raises(aiohttp.ClientError):
        await ask(port)


@pytest.mark.parametrize("shown", [None, "Bearer wrong", "Bearer \u00e9", "sesame"])
async def test_without_the_token_there_is_nothing_to_see(shown: str | None) -> None:
    headers = {} if shown is None else {"Authorization": shown}

    async def never() -> None:
        raise AssertionError("looked for a stranger")

    async with AsyncExitStack() as stack:
        port = await listen(MetricsSettings("127.0.0.1", 0, "sesame"), CollectorRegistry(), never, stack)
        assert await ask(port, **headers) == (401, "")


async def test_with_the_token() -> None:
    async def look() -> None:
        pass

    async with AsyncExitStack() as stack:
        port = await listen(MetricsSettings("127.0.0.1", 0, "sesame"), CollectorRegistry(), look, stack)
        assert (await ask(port, Authorization="Bearer sesame"))[0] == 200


async def test_a_port_that_is_taken_is_told() -> None:
    async def look() -> None:
        pass

    with socket.create_server(("127.0.0.1", 0)) as taken:
        async with AsyncExitStack() as stack:
            with pytest.raises(CannotStart, match="PARLEY_METRICS: cannot listen on"):
                await listen(
                    MetricsSettings("127.0.0.1", taken.getsockname()[1], None), CollectorRegistry(), look, stack
                )


async def test_how_late_the_loop_is(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    now_s = [100.0]
    told: list[float] = []

    async def pause(seconds: float) -> None:
        if told:
            raise asyncio.CancelledError
        now_s[0] += seconds + 0.25

    monkeypatch.setattr(loop, "time", lambda: now_s[0])
    task = watch_lag(told.append, pause)
    with pytest.raises(asyncio.CancelledError):
        await task
    monkeypatch.undo()
    assert told == [pytest.approx(0.25)]
    assert now_s[0] == 100.0 + LOOK_EVERY_S + 0.25
