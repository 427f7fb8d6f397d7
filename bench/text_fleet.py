"""Many text clients in one process: they connect, read everything, and some of them write.

``python -m bench.text_fleet``: one line of JSON in (:class:`Orders`), then lines ``go`` and ``stop``; lines of JSON out.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from typing import Final, cast

import msgspec
import uvloop

CONNECT_AT_ONCE: Final = 50
HEARTBEAT_S: Final = 25.0
_MARK: Final = b"sent at "
_MARK_DIGITS: Final = 20


class Orders(msgspec.Struct, kw_only=True):
    port: int
    sockets: int
    tokens: list[str] = []
    """Of the accounts, used in turn; none: a bare server, that is only listened to."""
    headers: dict[str, str] = {}
    channel_id: str = ""
    messages_per_s: float = 0.0
    seconds: float = 0.0
    size_bytes: int = 0
    """Of each frame; needed where there is no WebSocket."""


class Report(msgspec.Struct, kw_only=True):
    sent: int
    refused: int
    delivered: int
    frame_bytes: int
    """Of the last event, header included."""
    delays_us: list[int]


class Tally:
    """What all clients of the fleet saw together."""

    def __init__(self) -> None:
        self.delivered = 0
        self.refused = 0
        self.frame_bytes = 0
        self.delays_us: list[int] = []


class Client(asyncio.Protocol):
    """Cuts frames (RFC 6455, or of a fixed size), counts events, and notes how old each is."""

    def __init__(self, orders: Orders, token: str, tally: Tally) -> None:
        self._orders = orders
        self._token = token
        self._tally = tally
        self._buffer = b""
        self._open = not token
        self.received = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = line = cast(asyncio.Transport, transport)
        if not self._token:
            self.ready.set_result(None)
            return
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {
            "Host": f"127.0.0.1:{self._orders.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
        } | self._orders.headers
        lines = ["GET /gateway HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        line.write("\r\n".join(lines).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the server closed the line"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._token:
            self._cut_fixed()
            return
        if not self._open:
            head, end, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if b" 101 " not in head:
                self.ready.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self._open = True
            self.send({"type": "identify", "token": self._token})
        self._cut_frames()

    def _cut_fixed(self) -> None:
        size = self._orders.size_bytes
        whole = len(self._buffer) // size
        self._tally.delivered += whole
        self._buffer = self._buffer[whole * size :]

    def _cut_frames(self) -> None:
        buffer, start = self._buffer, 0
        while len(buffer) >= start + 2:
            length, head = buffer[start + 1], 2
            if length == 126:
                length, head = int.from_bytes(buffer[start + 2 : start + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(buffer[start + 2 : start + 10], "big"), 10
            end = start + head + length
            if len(buffer) < end:
                break
            self._take(buffer[start + head : end], head + length)
            start = end
        self._buffer = buffer[start:]

    def _take(self, payload: bytes, size: int) -> None:
        if payload.startswith(b'{"type":"message.create"'):
            self.received += 1
            tally = self._tally
            tally.delivered += 1
            tally.frame_bytes = size
            at = payload.find(_MARK) + len(_MARK)
            tally.delays_us.append((time.monotonic_ns() - int(payload[at : at + _MARK_DIGITS])) // 1000)
        elif payload.startswith(b'{"type":"ready"'):
            self.ready.set_result(None)
        elif payload.startswith(b'{"type":"error"'):
            self._tally.refused += 1
        elif not payload.startswith((b'{"type":"hello"', b'{"type":"heartbeat_ack"', b'{"type":"reply"')):
            self.received += 1

    def send(self, frame: dict[str, object]) -> None:
        """Masked with zeros: as good as any mask for what is measured."""
        assert self.transport is not None
        payload = json.dumps(frame).encode()
        length = len(payload)
        head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
        self.transport.write(head + b"\0\0\0\0" + payload)


class Fleet:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self.tally = Tally()
        self.clients: list[Client] = []

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        tokens = self._orders.tokens or [""]
        for first in range(0, self._orders.sockets, CONNECT_AT_ONCE):
            some = []
            for number in range(first, min(first + CONNECT_AT_ONCE, self._orders.sockets)):
                client = Client(self._orders, tokens[number % len(tokens)], self.tally)
                await loop.create_connection(lambda made=client: made, "127.0.0.1", self._orders.port)  # type: ignore[misc]
                some.append(client)
            await asyncio.gather(*(client.ready for client in some))
            self.clients += some

    async def beat_forever(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            for client in self.clients:
                client.send({"type": "heartbeat", "received": client.received})

    async def write(self) -> int:
        """At the ordered pace, each message by the next client; returns how many."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        total = int(self._orders.messages_per_s * self._orders.seconds)
        for number in range(total):
            await asyncio.sleep(begin + number / self._orders.messages_per_s - loop.time())
            text = f"sent at {time.monotonic_ns():0{_MARK_DIGITS}d}, as people write one another"
            self.clients[number % len(self.clients)].send(
                {
                    "type": "message.create",
                    "id": number,
                    "channel_id": self._orders.channel_id,
                    "nonce": f"{os.getpid()}-{begin}-{number}",
                    "sections": [{"kind": "text", "text": text}],
                }
            )
        return total

    async def settle(self, expected: int) -> None:
        """Until everything has come, or nothing more does."""
        last = -1
        while self.tally.delivered < expected and self.tally.delivered != last:
            last = self.tally.delivered
            await asyncio.sleep(0.5)


async def main() -> None:
    loop = asyncio.get_running_loop()
    orders = msgspec.json.decode(await loop.run_in_executor(None, sys.stdin.readline), type=Orders)
    fleet = Fleet(orders)
    await fleet.connect()
    beating = asyncio.create_task(fleet.beat_forever()) if orders.tokens else None
    print(json.dumps({"connected": len(fleet.clients)}), flush=True)
    while (await loop.run_in_executor(None, sys.stdin.readline)).strip() == "go":
        fleet.tally.__init__()  # type: ignore[misc]
        sent = 0
        if orders.messages_per_s and orders.tokens:
            sent = await fleet.write()
            await fleet.settle(sent * len(fleet.clients))
        report = Report(
            sent=sent,
            refused=fleet.tally.refused,
            delivered=fleet.tally.delivered,
            frame_bytes=fleet.tally.frame_bytes,
            delays_us=fleet.tally.delays_us,
        )
        print(msgspec.json.encode(report).decode(), flush=True)
    if beating is not None:
        beating.cancel()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
