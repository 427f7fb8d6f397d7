"""A server is killed again and again while people talk: nothing that was acknowledged is lost, and nothing comes twice.

``CHAOS_KILLS`` says how often (50), ``CHAOS_SEED`` begins the same work again (the moments of the kills are the machine's own).

A killed process leaves what it had given to the kernel, so this does not show what a power cut does: that is up to SQLite's
``synchronous=FULL``, to the file system, and to a disk that does not lie (docs/architecture.md).
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path
from typing import Final, NamedTuple

import aiohttp
import pytest

from server.domain import codec
from server.domain.ids import ChannelId, UserId
from tests.chaos import verdict
from tests.chaos.device import Device
from tests.chaos.ledger import Ledger
from tests.chaos.lives import Lives, lives_in
from tests.chaos.writer import Writer

pytestmark = pytest.mark.integration

KILLS: Final = int(os.environ.get("CHAOS_KILLS", "50"))
SEED: Final = int(os.environ.get("CHAOS_SEED", str(random.SystemRandom().getrandbits(32))))
WRITERS: Final = ("anna", "boris", "chloe", "dmitri")
READERS: Final = ("emma", "farid")
LIFE_S: Final = (0.05, 1.2)
"""How long a server lives after it has said that it is ready."""


class Place(NamedTuple):
    id: ChannelId
    usernames: tuple[str, ...]


class Town:
    """The people, where they talk, and what they know."""

    def __init__(self, lives: Lives, http: aiohttp.ClientSession) -> None:
        self.lives = lives
        self.http = http
        self.ledger = Ledger()
        self.random = random.Random(SEED)
        self.people = {name: Device(http, lives, name) for name in (*WRITERS, *READERS)}
        self.places: list[Place] = []
        self.second = Device(http, lives, WRITERS[0])
        """Another device of the first one, which only reads."""

    @property
    def devices(self) -> list[Device]:
        return [*self.people.values(), self.second]

    def places_of(self, device: Device) -> list[Place]:
        return [place for place in self.places if device.username in place.usernames]

    async def found(self) -> None:
        """A group with three channels, and a conversation of those who write."""
        for device in self.people.values():
            await device.sign_up()
        owner = self.people[WRITERS[0]]
        group = (await owner.rest("POST", "/api/groups", {"name": "Town"}))["group"]["id"]
        invite = (await owner.rest("POST", f"/api/groups/{group}/invites", {}))["code"]
        for device in list(self.people.values())[1:]:
            await device.rest("POST", f"/api/invites/{invite}/accept")
        for name in ("market", "harbour", "park"):
            made = await owner.rest("POST", f"/api/groups/{group}/channels", {"name": name, "kind": "text"})
            self.places.append(Place(codec.convert(made["id"], ChannelId), tuple(self.people)))
        ids = [str(int(self.people[name].user_id)) for name in WRITERS[1:]]
        talk = await owner.rest("POST", "/api/conversations", {"user_ids": ids, "name": "Council"})
        self.places.append(Place(codec.convert(talk["conversation"]["id"], ChannelId), WRITERS))

    def open_up(self, stop: asyncio.Event) -> list[asyncio.Task[None]]:
        """Everybody comes, and those who write begin to."""
        for device in self.devices:
            device.stay([place.id for place in self.places_of(device)])
        return [
            asyncio.create_task(self._writer(name, place).work(place.id, stop))
            for place in self.places
            for name in WRITERS
        ]

    def _writer(self, name: str, place: Place) -> Writer:
        others: list[UserId] = [self.people[other].user_id for other in place.usernames if other != name]
        owns = name == WRITERS[0]
        return Writer(self.people[name], self.ledger, f"{name}{place.id}", self.random.getrandbits(32), others, owns)

    async def judge(self) -> None:
        for place in self.places:
            verdict.compare_with_ledger(self.ledger, place.id, await verdict.history(self.second, place.id))
        for device in self.devices:
            await self._judge_one(device)
        for place in self.places:
            mine = [device for device in self.devices if device.username in place.usernames]
            histories = [await verdict.history(device, place.id) for device in mine]
            assert all(one == histories[0] for one in histories)
            for device in mine:
                verdict.compare_with_seen(self.ledger, device, place.id, histories[0])

    async def _judge_one(self, device: Device) -> None:
        model = await verdict.compare_with_snapshot(self.http, device)
        cursors = [state.cursor for state in model.conversations.values()]
        cursors += [cursor for group in model.groups.values() for cursor in group.cursors.values()]
        assert {place.id for place in self.places_of(device)} <= {cursor.channel_id for cursor in cursors}
        for cursor in cursors:
            verdict.compare_counts(self.ledger, device, cursor)


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
        stop = asyncio.Event()
        tasks = town.open_up(stop)
        try:
            await kill_again_and_again(town, tasks)
            stop.set()
            await asyncio.gather(*tasks)
            took_s = time.monotonic() - began
            await town.judge()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for device in town.devices:
                await device.leave()
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
