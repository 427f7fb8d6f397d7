"""A media node behind its control stream, in this process or in a child: one interface, so one suite runs over both."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Literal, TypeVar

from media.control import FromNode, FromNodeReader, NodeConfig, Ready, Start, ToNode, encode
from media.node import Node

Kind = Literal["in_process", "child"]
M = TypeVar("M", bound=FromNode)


class NodeDriver:
    """The service's side of a control stream."""

    def __init__(self, sock: socket.socket) -> None:
        self.messages: list[FromNode] = []
        self.ended = asyncio.Event()
        self._socket = sock
        self._reader = FromNodeReader()
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        self._socket.setblocking(False)
        while data := await loop.sock_recv(self._socket, 65536):
            async with self._changed:
                self.messages += self._reader.feed(data)
                self._changed.notify_all()
        self.ended.set()
        async with self._changed:
            self._changed.notify_all()

    def send(self, *messages: ToNode) -> None:
        self._socket.setblocking(True)
        self._socket.sendall(b"".join(map(encode, messages)))
        self._socket.setblocking(False)

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    async def wait(self, kind: type[M], matches: Callable[[M], bool] = lambda _: True) -> M:
        """The first message of this kind, past or to come."""
        async with self._changed:
            while True:
                for message in self.messages:
                    if isinstance(message, kind) and matches(message):
                        return message
                if self.ended.is_set():
                    raise AssertionError(f"the node ended without {kind.__name__}; it said {self.messages}")
                await self._changed.wait()

    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self.messages if isinstance(message, kind)]

    async def close(self) -> None:
        """Hang up, as a service that dies does."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._socket.close()


class RunningNode:
    """A node that may or may not have been started."""

    def __init__(self, driver: NodeDriver, finished: Callable[[], asyncio.Future[int]]) -> None:
        self.driver = driver
        self._finished = finished

    async def exit_code(self) -> int:
        """Wait for its end."""
        return await self._finished()

    async def start(self, config: NodeConfig | None = None) -> Ready:
        self.driver.send(Start(config or NodeConfig(port=0, bind=("127.0.0.1",))))
        return await self.driver.wait(Ready)


@contextlib.asynccontextmanager
async def running_node(kind: Kind) -> AsyncIterator[RunningNode]:
    """A node and its control stream; whatever the test did, it is gone afterwards."""
    ours, theirs = socket.socketpair()
    driver = NodeDriver(ours)
    if kind == "in_process":
        task = asyncio.create_task(_run(theirs))
        try:
            yield RunningNode(driver, lambda: asyncio.ensure_future(asyncio.shield(task)))
        finally:
            await driver.close()
            await task
        return
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "media",
        "--control-fd",
        str(theirs.fileno()),
        pass_fds=(theirs.fileno(),),
        stderr=subprocess.DEVNULL,
    )
    theirs.close()
    try:
        yield RunningNode(driver, lambda: asyncio.ensure_future(process.wait()))
    finally:
        await driver.close()
        await process.wait()


async def _run(stream: socket.socket) -> int:
    await Node(stream).run()
    return 0
