"""Somebody else's web server, on the loopback interface, and a reach that leads exactly there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from server.adapters.safe_web import Reach, SafeWeb

HOST: Final = "page.example.org"
LOOPBACK: Final = "127.0.0.1"

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def http(body: bytes = b"", *, status: str = "200 OK", kind: str = "text/html", **headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class FakeWeb:
    """Says what it is told to; ``requests`` has the heads of what it was asked."""

    port: int
    answers: dict[str, bytes | Answer] = field(default_factory=dict)
    """By path."""
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/", host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def reach(self) -> Reach:
        """To this server and nowhere else."""
        return Reach(allows=lambda address: address == LOOPBACK, ports=frozenset({self.port}))

    def web(self, reach: Reach | None = None, addresses: Callable[[str], list[str]] = lambda _: [LOOPBACK]) -> SafeWeb:
        async def resolve(host: str) -> list[str]:
            return addresses(host)

        return SafeWeb(reach or self.reach, "Parley/test (+https://talk.example.org)", resolve)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(head)
            answer = self.answers.get(head.split(" ")[1], http(status="404 Not Found"))
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        writer.close()


@asynccontextmanager
async def fake_web() -> AsyncIterator[FakeWeb]:
    web = FakeWeb(0)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(web.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, LOOPBACK, 0)
    web.port = server.sockets[0].getsockname()[1]
    yield web
    server.close()
    for task in tuple(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
