"""Many chat clients in one process: they connect, read everything, and write when they are told to.

``python -m bench.chat.fleet``: a line with :class:`Orders` in, a line ``connected`` out; then a line with :class:`Go` in and one
with :class:`Report` out, again and again.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections import Counter
from collections.abc import Callable
from typing import Final

import msgspec
import uvloop

from bench.chat.gateway_line import BareLine, GatewayLine
from bench.chat.line import Line, Tally
from bench.chat.orders import Go, Orders, Report
from bench.chat.xmpp_line import XmppLine
from bench.process import allow_many_files

CONNECT_AT_ONCE: Final = 50
CONNECT_WITHIN_S: Final = 60.0
"""Those that connect at once."""
HEARTBEAT_S: Final = 25.0
STALLED_S: Final = 3.0
"""When nothing has been delivered for so long, nothing more is waited for."""
_LINES: Final[dict[str, type[Line]]] = {"gateway": GatewayLine, "xmpp": XmppLine, "bare": BareLine}


class Fleet:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._readers = Counter(seat.room for seat in orders.seats)
        self._tally = Tally()
        self._next = 0
        self._sent = 0
        self._lines: list[Line] = []

    async def connect(self) -> None:
        """Raises ConnectionError and TimeoutError."""
        loop = asyncio.get_running_loop()
        make, seats = _LINES[self._orders.speaks], self._orders.seats
        for first in range(0, len(seats), CONNECT_AT_ONCE):
            some = [make(self._orders, seat, lambda: self._tally) for seat in seats[first : first + CONNECT_AT_ONCE]]
            async with asyncio.timeout(CONNECT_WITHIN_S):
                for line in some:
                    await loop.create_connection(_same(line), "127.0.0.1", self._orders.port)
                await asyncio.gather(*(line.ready for line in some))
            self._lines += some

    async def beat_forever(self) -> None:
        """Evenly spread, as clients that came at different times."""
        while True:
            for line in self._lines:
                await asyncio.sleep(HEARTBEAT_S / len(self._lines))
                line.beat()

    async def run(self, go: Go) -> Report:
        loop = asyncio.get_running_loop()
        self._tally, self._sent, begin = Tally(), 0, loop.time()
        answered = await (self._at_pace(go) if go.per_s else self._as_answered(go))
        await self._settle()
        tally = self._tally
        delays_us = sorted(tally.delays_us) or [0]
        return Report(
            sent=self._sent,
            answered=answered,
            refused=tally.refused,
            refusal=tally.refusal,
            expected=tally.expected,
            delivered=tally.delivered,
            took_s=loop.time() - begin,
            p50_ms=delays_us[len(delays_us) // 2] / 1000,
            p99_ms=delays_us[len(delays_us) * 99 // 100] / 1000,
            frame=tally.frame.hex(),
        )

    def _say(self) -> None:
        """By the next client, so that each writes as seldom as can be."""
        line = self._lines[self._next % len(self._lines)]
        self._next += 1
        self._sent += 1
        self._tally.expected += self._readers[line.seat.room]
        line.say(self._next)

    async def _at_pace(self, go: Go) -> int:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for number in range(int(go.per_s * go.seconds)):
            await asyncio.sleep(begin + number / go.per_s - loop.time())
            self._say()
        return self._tally.answered

    async def _as_answered(self, go: Go) -> int:
        """Each answer is followed by the next message."""
        self._tally.on_answer = self._say
        for _ in range(go.in_flight):
            self._say()
        await asyncio.sleep(go.seconds)
        self._tally.on_answer = None
        return self._tally.answered

    async def _settle(self) -> None:
        """Until everything has come, or nothing more does."""
        loop = asyncio.get_running_loop()
        tally, last, since = self._tally, -1, loop.time()
        while tally.delivered < tally.expected and loop.time() - since < STALLED_S:
            if tally.delivered != last:
                last, since = tally.delivered, loop.time()
            await asyncio.sleep(0.02)


def _same(line: Line) -> Callable[[], Line]:
    return lambda: line


async def main() -> None:
    loop = asyncio.get_running_loop()
    fleet = Fleet(msgspec.json.decode(await loop.run_in_executor(None, sys.stdin.readline), type=Orders))
    await fleet.connect()
    gc.collect()
    gc.disable()  # its pauses would be taken for the server's
    beating = asyncio.create_task(fleet.beat_forever())
    print("connected", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        report = await fleet.run(msgspec.json.decode(line, type=Go))
        print(msgspec.json.encode(report).decode(), flush=True)
    beating.cancel()


if __name__ == "__main__":
    allow_many_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
