"""A transport that is only a list."""

from __future__ import annotations

import asyncio


class FakeTransport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview[int]) -> None:
        self.written.append(bytes(data))

    def take(self) -> bytes:
        """What was written since the last call."""
        written, self.written = self.written, []
        return b"".join(written)
