"""A client of Parley's gateway, and one of a bare server that writes the gateway's frames."""

from __future__ import annotations

import base64
import itertools
import json
import os
from typing import Final

from bench.chat.line import MARK, MARK_DIGITS, Line, text

_CREATED: Final = b'{"type":"message.create"'
_UNCOUNTED: Final = (b'{"type":"hello"', b'{"type":"heartbeat_ack"', b'{"type":"ready"')


class FrameLine(Line):
    """Cuts WebSocket frames of a server (RFC 6455 5.2: not masked)."""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.cut()

    def cut(self) -> None:
        buffer, start = self.buffer, 0
        while len(buffer) >= start + 2:
            length, head = buffer[start + 1], 2
            if length == 126:
                length, head = int.from_bytes(buffer[start + 2 : start + 4], "big"), 4
            elif length == 127:
                length, head = int.from_bytes(buffer[start + 2 : start + 10], "big"), 10
            end = start + head + length
            if len(buffer) < end:
                break
            self.take(buffer[start:end], head)
            start = end
        self.buffer = buffer[start:]

    def take(self, frame: bytes, head: int) -> None:
        """A whole frame, whose header has ``head`` bytes."""
        if frame.startswith(_CREATED, head):
            tally = self.tally()
            tally.frame = frame
            tally.take(frame)


class GatewayLine(FrameLine):
    """Identifies, counts events, and beats."""

    _numbers = itertools.count()
    """Of all in this process: nonces are used once."""
    _open = False
    _received = 0

    def greet(self) -> None:
        fields = {
            "Host": f"127.0.0.1:{self.orders.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        } | self.orders.headers
        lines = ["GET /gateway HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        self.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self._open:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head:
                self.fail(head.decode(errors="replace"))
                return
            self.buffer = rest
            self._open = True
            self._send({"type": "identify", "token": self.seat.name})
        self.cut()

    def take(self, frame: bytes, head: int) -> None:
        if frame.startswith(_CREATED, head):
            self._received += 1
            super().take(frame, head)
        elif frame.startswith(b'{"type":"reply"', head):
            self.tally().answer()
        elif frame.startswith(b'{"type":"error"', head):
            self.tally().refuse(frame[head:])
        elif frame.startswith(b'{"type":"ready"', head):
            self.in_room()
        elif not frame.startswith(_UNCOUNTED, head):
            self._received += 1

    def say(self, number: int) -> None:
        self._send(
            {
                "type": "message.create",
                "id": number,
                "channel_id": self.seat.room,
                "nonce": f"{os.getpid()}-{next(self._numbers)}",
                "sections": [{"kind": "text", "text": text()}],
            }
        )

    def beat(self) -> None:
        self._send({"type": "heartbeat", "received": self._received})

    def _send(self, frame: dict[str, object]) -> None:
        """Masked with zeros: as good as any mask for what is measured."""
        payload = json.dumps(frame).encode()
        length = len(payload)
        head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
        self.write(head + b"\0\0\0\0" + payload)


class BareLine(FrameLine):
    """To a server that gives everything to everyone; reading costs the same as reading from Parley."""

    def greet(self) -> None:
        before, _, after = bytes.fromhex(self.orders.frame).partition(MARK)
        self._before, self._after = before, after[MARK_DIGITS:].partition(b'"')[2]
        self.in_room()

    def say(self, number: int) -> None:
        self.write(self._before + text().encode() + b'"' + self._after)
