"""The floor of delivering text: a bare TCP server on the same event loop that writes what one client sends to all clients.

Nobody is asked who they are, nothing is looked at, written down or counted. ``python -m bench.chat.floor`` prints its port; the
end of its input ends it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

from bench.process import allow_many_files


class Echo(asyncio.Protocol):
    def __init__(self, lines: list[asyncio.Transport]) -> None:
        self._lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._lines.append(cast(asyncio.Transport, transport))

    def data_received(self, data: bytes) -> None:
        for line in self._lines:
            line.write(data)


async def main() -> None:
    loop = asyncio.get_running_loop()
    lines: list[asyncio.Transport] = []
    server = await loop.create_server(lambda: Echo(lines), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    allow_many_files()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
