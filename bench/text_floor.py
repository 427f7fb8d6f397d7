"""The floor of delivering text: a bare TCP server on the same event loop that writes the same bytes to the same number of sockets.

``python -m bench.text_floor``: prints its port; a line ``<count> <per second> <hex>`` makes it write that often to everyone
and print when it is done; the end of its input ends it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop


class Line(asyncio.Protocol):
    def __init__(self, lines: set[asyncio.Transport]) -> None:
        self._lines = lines
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._lines.add(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._lines.discard(self._transport)


async def main() -> None:
    loop = asyncio.get_running_loop()
    lines: set[asyncio.Transport] = set()
    server = await loop.create_server(lambda: Line(lines), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    while order := (await loop.run_in_executor(None, sys.stdin.readline)).split():
        count, per_s, data = int(order[0]), float(order[1]), bytes.fromhex(order[2])
        begin = loop.time()
        for number in range(count):
            await asyncio.sleep(begin + number / per_s - loop.time())
            for line in lines:
                line.write(data)
        print("done", flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
