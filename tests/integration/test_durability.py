"""Promise 1: what was acknowledged is there after the process was killed."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from server.domain.ids import MAX_ID
from tests.support.database import sqlite_store
from tests.support.rows import GENERAL, settle

pytestmark = pytest.mark.integration

WRITER = """
import asyncio, sys
from pathlib import Path
from tests.support.database import sqlite_store
from tests.support.rows import message

async def main():
    async with sqlite_store(Path(sys.argv[1])) as store:
        for number in range(int(sys.argv[2]), 1_000_000):
            async with store.write() as uow:
                await uow.messages.add(message(number, nonce=str(number)))
            print(number, flush=True)

asyncio.run(main())
"""


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path) as store:
        await settle(store)
    acknowledged = 0
    for enough in (5, 60, 200):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WRITER,
            str(tmp_path),
            str(acknowledged + 1_000),
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert process.stdout is not None
        lines = [int(await process.stdout.readline()) for _ in range(enough)]
        process.kill()
        lines += [int(line) for line in (await process.stdout.read()).split()]
        await process.wait()
        acknowledged = lines[-1]
        async with sqlite_store(tmp_path) as store, store.read() as reader:
            newest = await reader.messages.page(GENERAL, before=MAX_ID, limit=len(lines) + 1)
            general = await reader.channels.get(GENERAL)
            assert general is not None
            assert general.last_message_id == newest[-1].id >= acknowledged
            assert set(lines) <= {one.id for one in newest}
    with closing(sqlite3.connect(tmp_path / "parley.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
