"""The people who talk while something happens to their server, where they talk, and what they know."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import aiohttp

from server.domain import codec
from server.domain.ids import ChannelId, UserId
from tests.chaos import verdict
from tests.chaos.device import Device
from tests.chaos.ledger import Ledger
from tests.chaos.lives import Lives
from tests.chaos.writer import Writer

SEED: Final = int(os.environ.get("CHAOS_SEED", str(random.SystemRandom().getrandbits(32))))
WRITERS: Final = ("anna", "boris", "chloe", "dmitri")
READERS: Final = ("emma", "farid")


class Place(NamedTuple):
    id: ChannelId
    usernames: tuple[str, ...]


class Town:
    """The people, where they talk, and what they know."""

    def __init__(self, lives: Lives, http: aiohttp.ClientSession, moves: int = 0) -> None:
        self.lives = lives
        self._moves = moves
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

    def move(self, lives: Lives) -> Town:
        """The same people and places, on a server that knows them already."""
        moved = Town(lives, self.http, self._moves + 1)
        moved.places = self.places
        return moved

    def come(self) -> None:
        """Everybody does, and keeps up."""
        for device in self.devices:
            device.stay([place.id for place in self.places_of(device)])

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[list[asyncio.Task[None]]]:
        """Those who write do so until the block ends; what they began is finished then, unless it has failed."""
        stop = asyncio.Event()
        tasks = self._open_up(stop)
        try:
            yield tasks
            stop.set()
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def leave(self) -> None:
        for device in self.devices:
            await device.leave()

    def _open_up(self, stop: asyncio.Event) -> list[asyncio.Task[None]]:
        return [
            asyncio.create_task(self._writer(name, place).work(place.id, stop))
            for place in self.places
            for name in WRITERS
        ]

    def _writer(self, name: str, place: Place) -> Writer:
        others: list[UserId] = [self.people[other].user_id for other in place.usernames if other != name]
        owns = name == WRITERS[0]
        nonces = f"{name}{place.id}{'+' * self._moves}"
        return Writer(self.people[name], self.ledger, nonces, self.random.getrandbits(32), others, owns)

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
