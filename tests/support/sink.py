"""A socket that is only a list."""

from __future__ import annotations

from typing import Any

import msgspec

from signaling.frames import CloseCode


class FakeSink:
    """Implements :class:`signaling.subscriber.Sink`."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed: list[CloseCode] = []
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def write_at_once(self, frames: list[bytes]) -> None:
        self.written += frames

    def close(self, code: CloseCode) -> None:
        self.closed.append(code)

    def abort(self) -> None:
        self.aborted = True

    def take(self) -> list[dict[str, Any]]:
        """What was written since the last call, decoded."""
        written, self.written = self.written, []
        return [msgspec.json.decode(frame[frame.index(b"{") :]) for frame in written]
