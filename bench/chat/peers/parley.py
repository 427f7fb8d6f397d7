"""Parley itself: the whole service on SQLite, with a group that a thousand people are in."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

import aiohttp

from bench.chat.furnish import Town
from bench.chat.orders import Orders, Seat
from bench.service import Service
from tests.support.server import free_port

PEOPLE: Final = 1000
SMALL_GROUP: Final = 50


class Parley:
    """With ``small_groups`` everybody is in one of so many groups of fifty as well."""

    name = "parley"
    note = "durable: SQLite, synchronous=FULL"

    def __init__(self, small_groups: int = 0, module: str = "parley", variable: str = "") -> None:
        """``module`` is run, and finds the path of :attr:`output` in the environment variable named so."""
        self._small_groups = small_groups
        self._module = module
        self._variable = variable
        self._stack = contextlib.AsyncExitStack()
        self._town: Town | None = None

    async def start(self) -> None:
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        service = Service(free_port())
        self._stack.push_async_callback(service.stop)
        town = self._town = Town(service, http)
        await service.start(http)
        await town.build(1 + self._small_groups)
        await service.halt()
        with contextlib.closing(town.database()) as database, database:
            town.people(database, PEOPLE)
            town.members(database, town.groups[0], town.accounts)
            for number, group in enumerate(town.groups[1:]):
                town.members(database, group, town.accounts[number :: self._small_groups])
        variables = {self._variable: str(self.output)} if self._variable else {}
        await service.start(http, self._module, **variables)

    @property
    def output(self) -> Path:
        assert self._town is not None
        return self._town.service.data / "output"

    @property
    def pid(self) -> int:
        assert self._town is not None
        return self._town.service.pid

    def orders(self, readers: int) -> Orders:
        """In the group of all."""
        assert self._town is not None
        return self._orders([self._town.groups[0].channels[0]] * readers)

    def orders_in_small_groups(self) -> Orders:
        """Everybody reads and writes in their small group."""
        assert self._town is not None
        small = self._town.groups[1:]
        return self._orders([small[number % len(small)].channels[0] for number in range(PEOPLE)])

    def _orders(self, channels: list[int]) -> Orders:
        assert self._town is not None
        town = self._town
        seats = [
            Seat(town.token(account), str(channel)) for account, channel in zip(town.accounts, channels, strict=False)
        ]
        return Orders(speaks="gateway", port=town.service.port, seats=seats, headers=town.service.headers())

    async def stop(self) -> None:
        await self._stack.aclose()
