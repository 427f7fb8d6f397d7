"""One client's connection, whatever it speaks, and what all of them saw."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, cast

from bench.chat.orders import Orders, Seat

MARK: Final = b"sent at "
MARK_DIGITS: Final = 20


def text() -> str:
    """What people write one another, with the moment (monotonic, in nanoseconds) in it."""
    return f"{MARK.decode()}{time.monotonic_ns():0{MARK_DIGITS}d}, as people write one another"


class Tally:
    """What all clients of the fleet saw together in one run."""

    def __init__(self) -> None:
        self.delivered = 0
        self.expected = 0
        self.answered = 0
        self.refused = 0
        self.refusal = ""
        self.frame = b""
        self.delays_us: list[int] = []
        self.on_answer: Callable[[], None] | None = None
        """Called when a message was acknowledged or refused."""

    def take(self, payload: bytes) -> None:
        """A message was delivered; ``payload`` has the mark in it."""
        self.delivered += 1
        at = payload.find(MARK) + len(MARK)
        self.delays_us.append((time.monotonic_ns() - int(payload[at : at + MARK_DIGITS])) // 1000)

    def answer(self) -> None:
        self.answered += 1
        if self.on_answer is not None:
            self.on_answer()

    def refuse(self, words: bytes) -> None:
        self.refused += 1
        self.refusal = self.refusal or words.decode(errors="replace")
        if self.on_answer is not None:
            self.on_answer()


class Line(asyncio.Protocol):
    """A subclass opens the conversation (:meth:`greet`), says when it is in its room, cuts what comes and writes."""

    def __init__(self, orders: Orders, seat: Seat, tally: Callable[[], Tally]) -> None:
        """``tally`` gives that of the run under way."""
        self.orders = orders
        self.seat = seat
        self.tally = tally
        self.buffer = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.greet()

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail("the server closed the line")

    def write(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)

    def in_room(self) -> None:
        if not self.ready.done():
            self.ready.set_result(None)

    def fail(self, why: str) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(why))

    def greet(self) -> None:
        raise NotImplementedError

    def say(self, number: int) -> None:
        """Writes :func:`text` into its room; ``number`` is new in each run."""
        raise NotImplementedError

    def beat(self) -> None:
        """Called every :data:`bench.chat.fleet.HEARTBEAT_S`."""
