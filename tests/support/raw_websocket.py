"""A WebSocket client by hand (RFC 6455), for what well-behaved libraries do not do: not reading, and sending rubbish."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class RawWebSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int, path: str = "/gateway", **headers: str) -> AsyncIterator[RawWebSocket]:
        """With small buffers of its own: what is not read waits at the server."""
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=line, limit=2**16)
        key = base64.b64encode(os.urandom(16)).decode()
        fields = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": key,
        } | headers
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        writer.write("\r\n".join(lines).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in answer.split(b"\r\n", 1)[0], answer
        try:
            yield cls(reader, writer)
        finally:
            writer.transport.abort()

    def send(self, payload: bytes, opcode: int = TEXT, *, final: bool = True) -> None:
        """One masked frame."""
        length = len(payload)
        head = bytes([(0x80 if final else 0) | opcode])
        if length < 126:
            head += bytes([0x80 | length])
        elif length < 1 << 16:
            head += b"\xfe" + length.to_bytes(2, "big")
        else:
            head += b"\xff" + length.to_bytes(8, "big")
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self.writer.write(head + mask + masked)

    def send_json(self, frame: dict[str, Any]) -> None:
        self.send(json.dumps(frame).encode())

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload."""
        first, second = await self.reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await self.reader.readexactly(8), "big")
        return first & 0x0F, await self.reader.readexactly(length)

    async def json(self) -> dict[str, Any]:
        opcode, payload = await self.frame()
        assert opcode == TEXT, (opcode, payload)
        decoded: dict[str, Any] = json.loads(payload)
        return decoded

    async def identify(self, token: str) -> None:
        """Reads up to ``ready`` and no further."""
        assert (await self.json())["type"] == "hello"
        self.send_json({"type": "identify", "token": token})
        assert (await self.json())["type"] == "ready"

    async def read_to_the_end(self) -> tuple[int | None, int]:
        """The close code, if one came, and how many events came before; answers the close as one should."""
        events = 0
        try:
            while True:
                opcode, payload = await self.frame()
                if opcode == CLOSE:
                    self.send(payload, CLOSE)
                    return int.from_bytes(payload[:2], "big"), events
                events += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            return None, events
