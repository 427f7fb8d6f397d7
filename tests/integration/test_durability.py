"""Promise 1: what was acknowledged is there after the process was killed, also when many sends shared a commit.

A kill loses nothing that the operating system has been given. What a power cut does is up to ``synchronous=FULL`` and to the disk,
and no test here can show it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.database import sqlite_store
from tests.support.rows import settle

pytestmark = pytest.mark.integration

WRITERS = """
import asyncio, itertools, sys
from pathlib import Path
from tests.support.database import sqlite_store
from tests.support.rows import ANNA, GENERAL, message

numbers = itertools.count(int(sys.argv[2]))

async def write(store, nonce):
    async with store.write() as uow:
        desk = await uow.desks.of_writer(GENERAL, ANNA, nonce)
        await uow.messages.add(message((desk.last_message_id or 0) + 1, nonce=nonce))
        if nonce == "never":
            raise LookupError

async def go_on_writing(store):
    for number in numbers:
        await write(store, str(number))
        print(number, flush=True)

async def go_on_failing(store):
    while True:
        await asyncio.gather(write(store, "never"), return_exceptions=True)

async def main():
    async with sqlite_store(Path(sys.argv[1])) as store:
        await asyncio.gather(go_on_failing(store), *(go_on_writing(store) for _ in range(int(sys.argv[3]))))

asyncio.run(main())
"""


async def killed_after(enough: int, folder: Path, first: int, writers: int) -> list[int]:
    """What it had acknowledged."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        WRITERS,
        str(folder),
        str(first),
        str(writers),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    lines = [int(await process.stdout.readline()) for _ in range(enough)]
    process.kill()
    lines += [int(line) for line in (await process.stdout.read()).split()]
    await process.wait()
    return lines


@pytest.mark.parametrize("writers", [1, 50])
async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path, writers: int) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
    acknowledged: list[int] = []
    for first, enough in ((10_000, 5), (20_000, 60), (30_000, 61), (40_000, 500)):
        acknowledged += await killed_after(enough, tmp_path, first, writers)
        async with sqlite_store(tmp_path):
            pass  # as the next start does
        with closing(sqlite3.connect(tmp_path / "parley.db")) as connection:
            stored = connection.execute("SELECT id, nonce FROM messages ORDER BY id").fetchall()
            (last,) = connection.execute("SELECT max(last_message_id) FROM channels").fetchone()
            nonces = [nonce for _, nonce in stored]
            assert len(nonces) == len(set(nonces)), "something is there twice"
            assert set(map(str, acknowledged)) <= set(nonces), "something is lost"
            assert "never" not in nonces
            assert len(nonces) <= len(acknowledged) + writers * first // 10_000, "more than was under way"
            assert [id_ for id_, _ in stored] == list(range(1, last + 1)), "an id was left out, or given twice"
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
