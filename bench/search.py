"""Searching a million messages on SQLite: time and CPU of one question, as an action asks it of the store.

The messages lie in two groups of ten channels; the reader is in one of them, so half of what fits is not theirs to see. Words are
drawn as in natural text (Zipf's law): ``common`` stands in every second message, ``seldom`` in one of ten thousand.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench.report import Result
from db.tables.search import ADD
from server.actions.search import SearchQuery, get_search
from server.domain.entities import Message
from server.domain.ids import ChannelId, GroupId, MessageId, Snowflake, UserId
from server.domain.search import index
from server.domain.sections import Text
from tests.support.actions import House, open_house

MESSAGES: Final = 1_000_000
VOCABULARY: Final = 50_000
_MS: Final = 1 << 22
_AT_ONCE: Final = 20_000

QUESTIONS: Final = {
    "common": "common ",
    "seldom": "seldom ",
    "two": "common w12 ",
    "three": "w3 w17 w170 ",
    "phrase": '"common w1"',
    "prefix": "seld",
    "short-prefix": "co",
    "from": "from:anna w40",
    "link": "has:link w5 ",
    "nothing": "nowhere ",
    "of-others": "theirs ",
    "filter": "has:link",
}


async def run(arguments: argparse.Namespace) -> list[Result]:
    wanted = {name: question for name, question in QUESTIONS.items() if arguments.only in f"search/{name}"}
    if not wanted:
        return []
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        async with open_house(Path(folder)) as house:
            reader = await _furnish(house, Path(folder) / "parley.db")
            return [result for name in wanted for result in await _measured(house, reader, name, arguments.runs)]


async def _measured(house: House, reader: UserId, name: str, runs: int) -> list[Result]:
    wall = Result(f"search/{name}", "ms (median of 5)")
    cpu = Result(f"search/{name}-cpu", "ms CPU")
    found = 0
    for _ in range(runs):
        walls, cpus = [], []
        for _ in range(5):
            house.clock.advance(60)  # the rate limit is not what is measured
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            page = await get_search(house.actions, reader, SearchQuery(q=QUESTIONS[name]))
            cpus.append((time.process_time() - began_cpu_s) * 1000)
            walls.append((time.perf_counter() - began_s) * 1000)
            found = len(page.results)
        wall.add("parley", statistics.median(walls))
        cpu.add("parley", statistics.median(cpus))
    wall.notes["parley"] = f"{QUESTIONS[name]!r}: {found} on the first page, of {MESSAGES:,} messages"
    return [wall, cpu]


async def _furnish(house: House, database: Path) -> UserId:
    anna, ben = await house.user("anna"), await house.user("ben")
    places: list[tuple[GroupId, ChannelId]] = []
    for owner in (anna, ben):
        view = await house.group(owner)
        for number in range(10):
            channel = await house.channel(owner, view.group.id, f"channel {number}")
            places.append((view.group.id, channel.id))
    began_s = time.perf_counter()
    size_mib = await asyncio.to_thread(_write, database, places, anna, ben)
    print(f"{MESSAGES:,} messages in {time.perf_counter() - began_s:.0f} s, {size_mib} MiB", flush=True)
    return anna


def _write(database: Path, places: list[tuple[GroupId, ChannelId]], anna: UserId, ben: UserId) -> int:
    """Returns MiB on the disk."""
    connection = sqlite3.connect(database, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        made = _made(places, anna, ben)
        while some := [entry for entry, _ in zip(made, range(_AT_ONCE), strict=False)]:
            connection.execute("BEGIN")
            connection.executemany(
                "INSERT INTO messages (channel_id, id, author_id, sections, pinned) VALUES (?, ?, ?, ?, 0)",
                [row for row, _ in some],
            )
            connection.executemany(ADD["sqlite"], [terms for _, terms in some])
            connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return database.stat().st_size >> 20


def _made(
    places: list[tuple[GroupId, ChannelId]], anna: UserId, ben: UserId
) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    source = random.Random(1)
    weights = [1 / rank for rank in range(1, VOCABULARY + 1)]
    names = [f"w{rank}" for rank in range(1, VOCABULARY + 1)]
    first = int(Snowflake.at(1_750_000_000_000))
    pool = source.choices(names, weights, k=2_000_000)
    for number in range(MESSAGES):
        group_id, channel_id = places[number % len(places)]
        start = source.randrange(len(pool) - 12)
        words = pool[start : start + source.randrange(3, 12)]
        if number % 2:
            words.insert(1, "common")
        if number % 10_000 in (0, 1):
            words.append("seldom")
        if number % 20 >= 10:
            words.append("theirs")
        if number % 50 == 0:
            words.append("https://example.org/page")
        message = Message(
            id=MessageId(Snowflake(first + number * _MS)),
            channel_id=channel_id,
            author_id=anna if number % 3 else ben,
            sections=(Text(" ".join(words)),),
        )
        entry = index(message, group_id)
        row = (
            int(channel_id),
            int(message.id),
            int(message.author_id),
            f'[{{"kind":"text","text":"{" ".join(words)}"}}]',
        )
        yield (
            row,
            {
                "message_id": int(message.id),
                "channel_id": int(channel_id),
                "words": entry.words,
                "scope": entry.scope,
            },
        )
