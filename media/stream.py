"""The control stream as the node holds it: what is written leaves at once, before the packets that come after it.

asyncio's transports may wait for the end of the loop's round, uvloop's always do; so this writes to the socket itself.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final

MAX_BACKLOG_BYTES: Final = 8 << 20
"""A service that lets so much pile up is gone or stuck."""

_READ_BYTES: Final = 1 << 16


class ControlStream:
    """Owns ``sock``. ``on_data`` gets what arrives; ``on_end`` is called once, when the stream is of no more use."""

    def __init__(self, sock: socket.socket, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        sock.setblocking(False)
        self._socket = sock
        self._on_data = on_data
        self._on_end = on_end
        self._backlog = bytearray()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Start reading, in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def write(self, data: bytes) -> None:
        """Send now, or as soon as the other side reads. Nothing happens on a closed stream."""
        if self._loop is None:
            return
        if not self._backlog:
            sent = self._try(data)
            if sent == len(data):
                return
            self._loop.add_writer(self._socket.fileno(), self._writable)
            data = data[sent:]
        self._backlog += data
        if len(self._backlog) > MAX_BACKLOG_BYTES:
            self._end()

    def close(self) -> None:
        """Idempotent; what is in the backlog is lost."""
        if self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
            self._loop.remove_writer(self._socket.fileno())
            self._loop = None
        self._backlog.clear()
        self._socket.close()

    def _end(self) -> None:
        if self._loop is not None:
            self.close()
            self._on_end()

    def _try(self, data: bytes | bytearray) -> int:
        try:
            return self._socket.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            return 0  # the reader learns of the end

    def _readable(self) -> None:
        try:
            data = self._socket.recv(_READ_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self._on_data(data)
        else:
            self._end()

    def _writable(self) -> None:
        del self._backlog[: self._try(self._backlog)]
        if not self._backlog and self._loop is not None:
            self._loop.remove_writer(self._socket.fileno())
