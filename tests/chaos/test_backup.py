"""A backup that is taken while people talk becomes a server that knows all that had been acknowledged before it began, once."""

from __future__ import annotations

import asyncio
import copy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from server.domain.entities import Cursor, Message
from server.domain.ids import UserId
from tests.chaos import verdict
from tests.chaos.ledger import Ledger
from tests.chaos.lives import Lives, lives_in
from tests.chaos.town import SEED, Town
from tests.support.server import ROOT, clean_environment

pytestmark = pytest.mark.integration

BEFORE: Final = 300
"""Messages that have been acknowledged when the backup begins."""
MORE: Final = 100
"""Those that come after it has ended, and on the restored server."""
WITHIN_S: Final = 60.0


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not there():  # noqa: ASYNC110 - the ledger rings no bell
            await asyncio.sleep(0.005)


async def parley(*arguments: str, data: Path) -> str:
    """What the command says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "parley", *arguments),
        env=clean_environment(PARLEY_DATA=str(data)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return out.decode()


async def talk_and_take(lives: Lives, http: aiohttp.ClientSession, folder: Path) -> tuple[Town, Ledger]:
    """The town in the end, and what had been acknowledged when the backup began."""
    town = Town(lives, http)
    await lives.start()
    await town.found()
    town.come()
    try:
        async with town.at_work():
            notes = town.ledger.notes
            await until(lambda: len(notes) >= BEFORE)
            before = copy.deepcopy(town.ledger)
            said = await parley("backup", str(folder / "backup.tar"), data=folder / "data")
            meanwhile = len(notes) - len(before.notes)
            print(f"CHAOS_SEED={SEED}: {len(before.notes)} messages before the backup, {meanwhile} while it was taken")
            print(said, end="")
            assert meanwhile > 0, "nobody wrote while the backup was taken"
            await until(lambda: len(notes) >= len(before.notes) + meanwhile + MORE)
        await town.judge()
    finally:
        await town.leave()
    await lives.kill()
    return town, before


async def histories(town: Town) -> list[Message]:
    """Of all places, as one of those who are in all of them gets them."""
    return [message for place in town.places for message in await verdict.history(town.second, place.id)]


def cursors(town: Town) -> Iterator[tuple[UserId, Cursor]]:
    for device in town.people.values():
        model = device.client.model
        found = [state.cursor for state in model.conversations.values()]
        found += [cursor for group in model.groups.values() for cursor in group.cursors.values()]
        yield from ((device.user_id, cursor) for cursor in found)


async def judge_restored(town: Town, before: Ledger, after: Ledger, database: Path) -> None:
    """By what was acknowledged on the other server, by itself, and by what is written here afterwards."""
    for device in town.devices:
        await device.until_ready()
    messages = await histories(town)
    for place in town.places:
        here = [message for message in messages if message.channel_id == place.id]
        verdict.compare_with_backup(before, after, place.id, here)
    town.ledger = verdict.ledger_of(messages, verdict.reactions_in(database), cursors(town))
    await town.judge()
    async with town.at_work():
        restored = len(town.ledger.notes)
        await until(lambda: len(town.ledger.notes) >= restored + MORE)
    await town.judge()


@pytest.mark.timeout(300)
async def test_a_backup_taken_under_load_has_all_that_was_acknowledged_before_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    async with aiohttp.ClientSession() as http:
        async with lives_in(first) as lives:
            old, before = await talk_and_take(lives, http, first)
        await parley("restore", str(first / "backup.tar"), data=second / "data")
        verdict.check_database(second / "data" / "parley.db")
        async with lives_in(second) as lives:
            town = old.move(lives)
            await lives.start()
            town.come()
            try:
                await judge_restored(town, before, old.ledger, second / "data" / "parley.db")
            finally:
                await town.leave()
            await lives.kill()
    verdict.check_database(second / "data" / "parley.db")
