"""A :class:`MediaClient` on a real socket, driven by the test's event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tests.support.media_client import MediaClient


class UdpClient(asyncio.DatagramProtocol):
    """Polls the client every 10 ms and hands it what arrives."""

    def __init__(self, client: MediaClient, node: tuple[str, int]) -> None:
        self.client = client
        self.node = node
        self._transport: asyncio.DatagramTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._waiters: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, remote_addr=self.node)
        self._poll()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.close()

    async def move(self) -> None:
        """Go on from another port, as after a change of network."""
        self.close()
        await self.open()

    def send(self, datagram: bytes) -> None:
        assert self._transport is not None
        self._transport.sendto(datagram)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something that arrives makes ``condition`` true."""
        if condition():
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append((condition, waiter))
        await waiter

    def datagram_received(self, data: bytes, addr: object) -> None:
        for answer in self.client.receive(data, time.monotonic()):
            self.send(answer)
        for condition, waiter in self._waiters[:]:
            if not waiter.done() and condition():
                waiter.set_result(None)
                self._waiters.remove((condition, waiter))

    def error_received(self, exc: Exception) -> None:
        """The node is gone; tests see it by other signs."""

    def _poll(self) -> None:
        for datagram in self.client.poll(time.monotonic()):
            self.send(datagram)
        self._timer = asyncio.get_running_loop().call_later(0.01, self._poll)
