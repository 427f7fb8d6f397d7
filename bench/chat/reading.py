"""What comes out of the database: a page of history over HTTP, and the snapshot of someone who is in many groups.

The account is in fifty groups of a thousand members with ten text channels each. In each channel are fifty messages, and in every
other one the account has read half of them; the first channel of all has a long history by a hundred authors.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import random
import sqlite3
import time
from typing import Final

import aiohttp

from bench.chat import traced_service
from bench.chat.delivery import charged
from bench.chat.furnish import Account, Town
from bench.chat.options import Options
from bench.process import tree_cpu_s
from bench.report import Result
from bench.service import Service
from tests.support.server import free_port

GROUPS: Final = 50
MEMBERS: Final = 1000
TEXT_CHANNELS: Final = 10
"""Of each group."""
MESSAGES: Final = 50
"""In each channel."""
HISTORY: Final = 10_000
"""Messages in the first channel."""
AUTHORS: Final = 100
PAGE: Final = 100
HISTORY_NAMES: Final = ("chat/history", "chat/history-p99", "chat/history-cpu", "chat/history-size")
SNAPSHOT_NAMES: Final = (
    "chat/snapshot-cold",
    "chat/snapshot-warm",
    "chat/snapshot-size",
    "chat/snapshot-statements",
)


async def measure(options: Options) -> list[Result]:
    if "parley" not in options.peers or not options.wants(*HISTORY_NAMES, *SNAPSHOT_NAMES):
        return []
    results: list[Result] = []
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        service = Service(free_port())
        stack.push_async_callback(service.stop)
        town = Town(service, session)
        await service.start(session)
        await town.build(GROUPS, TEXT_CHANNELS)
        await service.halt()
        with contextlib.closing(town.database()) as database, database:
            history = _furnish(town, database)
        if options.wants(*HISTORY_NAMES):
            results += await _history(town, history, options)
        if options.wants(*SNAPSHOT_NAMES):
            results += await _snapshots(town, options.runs)
    return results


def _furnish(town: Town, database: sqlite3.Connection) -> list[int]:
    """Returns the ids of the messages in the first channel."""
    town.people(database, MEMBERS)
    authors = town.accounts[:AUTHORS]
    reader = town.accounts[0]
    history: list[int] = []
    channels = [channel for group in town.groups for channel in group.channels]
    for group in town.groups:
        town.members(database, group, town.accounts)
    for number, channel in enumerate(channels):
        ids = town.messages(database, channel, MESSAGES if number else HISTORY, authors)
        history = history or ids
        if number % 2 == 0:
            town.read(database, reader, channel, ids[-MESSAGES // 2])
    return history


# ------------------------------------------------------------------------------------------------------------- history


async def _history(town: Town, ids: list[int], options: Options) -> list[Result]:
    p50, p99, cpu, size = (
        Result(name, unit) for name, unit in zip(HISTORY_NAMES, ("ms", "ms", "us CPU a page", "KiB"), strict=True)
    )
    await town.service.start(town.http)
    pages = Pages(town, ids)
    await asyncio.to_thread(pages.read, 1.0)
    for _ in range(options.runs):
        times_ms, cpu_s = await charged(town.service.pid, lambda: asyncio.to_thread(pages.read, options.seconds))
        times_ms.sort()
        p50.add("parley", times_ms[len(times_ms) // 2])
        p99.add("parley", times_ms[len(times_ms) * 99 // 100])
        cpu.add("parley", cpu_s / len(times_ms) * 1e6)
        size.add("parley", pages.size_bytes / 1024)
    await town.service.halt()
    return [p50, p99, cpu, size]


class Pages:
    """Reads pages of the first channel's history, one after another on one connection, from anywhere in it."""

    def __init__(self, town: Town, ids: list[int]) -> None:
        self._port = town.service.port
        self._headers = town.service.headers(town.token(town.accounts[0]))
        self._path = f"/api/channels/{town.groups[0].channels[0]}/messages"
        self._ids = ids
        self._random = random.Random(1)
        self.size_bytes = 0

    def read(self, seconds: float) -> list[float]:
        """Blocks. Milliseconds of each page, from asking to having read it all. Raises RuntimeError."""
        times_ms = []
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._port)) as connection:
            give_up = time.monotonic() + seconds
            while (begin := time.monotonic()) < give_up:
                before = self._random.choice(self._ids[PAGE:])
                connection.request("GET", f"{self._path}?limit={PAGE}&before={before}", headers=self._headers)
                answer = connection.getresponse()
                body = answer.read()
                times_ms.append((time.monotonic() - begin) * 1000)
                if answer.status != 200:
                    raise RuntimeError(f"a page of history was refused: {body[:200]!r}")
                self.size_bytes = len(body)
        return times_ms


# ------------------------------------------------------------------------------------------------------------ snapshot


async def _snapshots(town: Town, runs: int) -> list[Result]:
    """Each cold one on a service that was started just now, of which nobody asked anything but whether it is well."""
    cold, warm, size, statements = (
        Result(name, unit) for name, unit in zip(SNAPSHOT_NAMES, ("ms", "ms", "KiB", "statements"), strict=True)
    )
    for _ in range(runs):
        await town.service.start(town.http)
        begin_s = tree_cpu_s(town.service.pid)
        took_ms, _ = await _snapshot(town, town.accounts[0])
        cold.notes["parley"] = f"cold snapshot: {(tree_cpu_s(town.service.pid) - begin_s) * 1000:.0f} ms of CPU"
        cold.add("parley", took_ms)
        took_ms, size_bytes = await _snapshot(town, town.accounts[0])
        warm.add("parley", took_ms)
        size.add("parley", size_bytes / 1024)
        await town.service.halt()
    log = town.service.data / "statements.txt"
    await town.service.start(town.http, traced_service.__name__, **{traced_service.VARIABLE: str(log)})
    before = traced_service.count(log)
    await _snapshot(town, town.accounts[0])
    statements.add("parley", traced_service.count(log) - before)
    await town.service.halt()
    return [cold, warm, size, statements]


async def _snapshot(town: Town, account: Account) -> tuple[float, int]:
    """Milliseconds from ``identify`` until the whole of ``ready``, and its bytes. Raises RuntimeError."""
    url = f"{town.service.address}/gateway"
    async with town.http.ws_connect(url, headers=town.service.headers(), max_msg_size=0) as socket:
        await socket.receive_str()  # hello
        begin = time.monotonic()
        await socket.send_json({"type": "identify", "token": town.token(account)})
        ready = await socket.receive_str()
        took_ms = (time.monotonic() - begin) * 1000
    if not ready.startswith('{"type":"ready"'):
        raise RuntimeError(f"no snapshot came: {ready[:200]}")
    return took_ms, len(ready.encode())
