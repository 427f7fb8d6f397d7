"""Text: CPU for each delivered event, delay from send to delivery, memory of connections and of the idle server.

The clients are in a process of their own (:mod:`bench.text_fleet`); what is charged to Parley is the CPU time of the whole
service, the durable writes included. The floor (:mod:`bench.text_floor`) writes the same bytes and does nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import statistics
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec
import psutil

from bench.process import cpu_s, rss_kib
from bench.report import Result
from bench.service import PASSWORD, Service
from bench.text_fleet import Orders, Report
from tests.support.server import free_port

ACCOUNTS: Final = 50
"""Twenty sockets each make a thousand."""
MESSAGES_PER_S: Final = {100: 50.0, 1000: 20.0}
"""By readers. At a thousand, more would measure how fast the clients' process reads."""
_ROOT: Final = Path(__file__).parent.parent


class Child:
    """A helper process that is talked to in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(self, line: str) -> str:
        """Raises RuntimeError when it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        return await self.answer()

    async def answer(self) -> str:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process of the bench ended")
        return line.decode().strip()


@contextlib.asynccontextmanager
async def child(module: str) -> AsyncIterator[Child]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
        cwd=_ROOT,
    )
    try:
        yield Child(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


class Room:
    """A running service with one group that all accounts are in."""

    def __init__(self, service: Service, port: int, tokens: list[str], channel_id: str) -> None:
        self.service = service
        self._port = port
        self.tokens = tokens
        self.channel_id = channel_id

    @classmethod
    async def furnish(cls, service: Service, port: int, http: aiohttp.ClientSession) -> Room:
        tokens = []
        for number in range(ACCOUNTS):
            body = {"username": f"bench{number}", "password": PASSWORD, "tokens": "body"}
            tokens.append((await service.post(http, "/api/auth/signup", body))["access_token"])
        view: dict[str, Any] = await service.post(http, "/api/groups", {"name": "Bench"}, tokens[0])
        path = f"/api/groups/{view['group']['id']}/invites"
        invite = await service.post(http, path, {}, tokens[0])
        for token in tokens[1:]:
            await service.post(http, f"/api/invites/{invite['code']}/accept", {}, token)
        channel = next(channel for channel in view["channels"] if channel["kind"] == "text")
        return cls(service, port, tokens, channel["id"])

    def orders(self, readers: int, seconds: float) -> str:
        orders = Orders(
            port=self._port,
            sockets=readers,
            tokens=self.tokens,
            headers=self.service.headers(),
            channel_id=self.channel_id,
            messages_per_s=MESSAGES_PER_S[readers],
            seconds=seconds,
        )
        return msgspec.json.encode(orders).decode()


async def run(arguments: argparse.Namespace) -> list[Result]:
    results: list[Result] = []
    port = free_port()
    service = Service(port)
    async with aiohttp.ClientSession() as http:
        try:
            await service.start(http)
            results.append(_idle(service.pid))
            room = await Room.furnish(service, port, http)
            for readers in MESSAGES_PER_S:
                if arguments.only in f"text/deliver-{readers}":
                    results += await _delivered(room, readers, arguments)
        finally:
            await service.stop()
    return results


def _idle(pid: int) -> Result:
    """Right after the start, before anybody comes."""
    result = Result("text/memory-idle", "MiB")
    service = rss_kib(pid) / 1024
    children = sum(rss_kib(child.pid) for child in psutil.Process(pid).children(recursive=True)) / 1024
    result.add("parley", service + children)
    result.notes["parley"] = f"idle server: service {service:.0f} MiB, media node {children:.0f} MiB"
    return result


async def _delivered(room: Room, readers: int, arguments: argparse.Namespace) -> list[Result]:
    cpu = Result(f"text/deliver-{readers}", "us CPU per event")
    memory = Result(f"text/memory-connection-{readers}", "KiB")
    p50, p99 = Result(f"text/delay-p50-{readers}", "ms"), Result(f"text/delay-p99-{readers}", "ms")
    pid = room.service.pid
    before_kib = rss_kib(pid)
    report = Report(sent=0, refused=0, delivered=0, frame_bytes=0, delays_us=[])
    async with child("bench.text_fleet") as fleet:
        await fleet.ask(room.orders(readers, arguments.seconds))
        memory.add("parley", (rss_kib(pid) - before_kib) / readers)
        for _ in range(arguments.runs):
            before_s = cpu_s(pid)
            report = msgspec.json.decode(await fleet.ask("go"), type=Report)
            spent_s = cpu_s(pid) - before_s
            if report.delivered != report.sent * readers or report.refused:
                raise RuntimeError(f"{report.delivered} of {report.sent} * {readers} came, {report.refused} refused")
            cpu.add("parley", spent_s / report.delivered * 1e6)
            delays_ms = statistics.quantiles([delay / 1000 for delay in report.delays_us], n=100)
            p50.add("parley", delays_ms[49])
            p99.add("parley", delays_ms[98])
    for value in await _floor(readers, report, arguments.runs):
        cpu.add("floor", value)
    return [cpu, p50, p99] + ([memory] if readers == max(MESSAGES_PER_S) else [])


async def _floor(readers: int, like: Report, runs: int) -> list[float]:
    """Microseconds of CPU for each write."""
    values = []
    async with child("bench.text_floor") as floor:
        port = int(await floor.answer())
        async with child("bench.text_fleet") as fleet:
            orders = Orders(port=port, sockets=readers, size_bytes=like.frame_bytes)
            await fleet.ask(msgspec.json.encode(orders).decode())
            for _ in range(runs):
                before_s = cpu_s(floor.pid)
                await floor.ask(f"{like.sent} {MESSAGES_PER_S[readers]} {bytes(like.frame_bytes).hex()}")
                values.append((cpu_s(floor.pid) - before_s) / (like.sent * readers) * 1e6)
    return values
