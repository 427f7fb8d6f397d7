"""A server is killed again and again while people talk: nothing that was acknowledged is lost, and nothing comes twice.

``CHAOS_KILLS`` says how often (50), ``CHAOS_SEED`` begins the same work again (the moments of the kills are the machine's own).

A killed process leaves what it had given to the kernel, so this does not show what a power cut does: that is up to SQLite's
``synchronous=FULL``, to the file system, and to a disk that does not lie (docs/architecture.md).
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.chaos import verdict
from tests.chaos.lives import lives_in
from tests.chaos.town import SEED, Town

pytestmark = pytest.mark.integration

KILLS: Final = int(os.environ.get("CHAOS_KILLS", "50"))
LIFE_S: Final = (0.05, 1.2)
"""How long a server lives after it has said that it is ready."""


async def kill_again_and_again(town: Town, tasks: list[asyncio.Task[None]]) -> None:
    """Now and then a line breaks as well, and its client resumes."""
    for _ in range(KILLS):
        life_s = town.random.uniform(*LIFE_S)
        if town.random.random() < 0.3:
            await asyncio.sleep(life_s / 2)
            await town.random.choice(town.devices).cut()
            life_s /= 2
        await asyncio.sleep(life_s)
        await town.lives.kill()
        await town.lives.start()
        for task in tasks:
            if task.done():
                task.result()
        for device in town.devices:
            device.check()


@pytest.mark.timeout(120 + KILLS * 20)
async def test_nothing_acknowledged_is_lost_and_nothing_comes_twice(tmp_path: Path) -> None:
    print(f"CHAOS_SEED={SEED}")
    began = time.monotonic()
    async with lives_in(tmp_path) as lives, aiohttp.ClientSession() as http:
        town = Town(lives, http)
        await lives.start()
        await town.found()
        town.come()
        try:
            async with town.at_work() as tasks:
                await kill_again_and_again(town, tasks)
            took_s = time.monotonic() - began
            await town.judge()
        finally:
            await town.leave()
        await lives.kill()
    verdict.check_database(tmp_path / "data" / "parley.db")
    report(town, took_s)


def report(town: Town, took_s: float) -> None:
    ledger = town.ledger
    resumed, identified = (sum(getattr(one, what) for one in town.devices) for what in ("resumed", "identified"))
    print(
        f"{KILLS} kills in {took_s:.0f} s: {len(ledger.notes)} messages and {ledger.acknowledged} requests acknowledged, "
        f"{ledger.repeated} of them asked for again; {identified} snapshots, {resumed} sessions resumed"
    )
    assert len(ledger.notes) >= KILLS, "hardly anything was written between the kills"
