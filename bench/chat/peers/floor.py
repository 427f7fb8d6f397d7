"""The floor (:mod:`bench.chat.floor`): no server on this event loop can write the same bytes to the same sockets for less."""

from __future__ import annotations

import contextlib

from bench.chat.orders import Orders, Seat
from bench.child import Child, child
from bench.packages import NotHereError


class Floor:
    name = "floor"
    note = ""

    def __init__(self, frame: str) -> None:
        """``frame``: one with a message in it, as Parley wrote it, in hexadecimal; empty when there was none."""
        self._frame = frame
        self._stack = contextlib.AsyncExitStack()
        self._process: Child | None = None
        self._port = 0

    async def start(self) -> None:
        if not self._frame:
            raise NotHereError("it writes the bytes that Parley wrote, so measure Parley with it")
        self._process = await self._stack.enter_async_context(child("bench.chat.floor"))
        self._port = int(await self._process.answer())

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def orders(self, readers: int) -> Orders:
        return Orders(speaks="bare", port=self._port, seats=[Seat("", "room")] * readers, frame=self._frame)

    async def stop(self) -> None:
        await self._stack.aclose()
