from __future__ import annotations

import asyncio
import socket

from media.stream import MAX_BACKLOG_BYTES, ControlStream


class Ends:
    """A control stream and the other end of its socketpair."""

    def __init__(self) -> None:
        self.ours, theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.data: asyncio.Queue[bytes] = asyncio.Queue()
        self.ended = asyncio.Event()
        self.ends = 0
        self.stream = ControlStream(theirs, self.data.put_nowait, self._end)

    def _end(self) -> None:
        self.ends += 1
        self.ended.set()

    async def read(self, count: int) -> bytes:
        loop, data = asyncio.get_running_loop(), b""
        while len(data) < count:
            data += await loop.sock_recv(self.ours, 1 << 16)
        return data

    def close(self) -> None:
        self.stream.close()
        self.ours.close()


async def test_what_arrives_is_handed_on() -> None:
    ends = Ends()
    ends.stream.open()
    ends.ours.send(b"hello")
    assert await ends.data.get() == b"hello"
    ends.close()


async def test_what_is_written_is_on_the_wire_at_once() -> None:
    ends = Ends()
    ends.stream.open()
    ends.stream.write(b"hello")
    assert ends.ours.recv(100) == b"hello"  # without a turn of the loop
    ends.close()


async def test_a_slow_reader_gets_everything_in_order() -> None:
    ends = Ends()
    ends.stream.open()
    sent = b"".join(bytes((index,)) * 50_000 for index in range(40))
    for index in range(40):
        ends.stream.write(sent[index * 50_000 : (index + 1) * 50_000])
    assert await ends.read(len(sent)) == sent
    ends.stream.write(b"and after")
    assert await ends.read(9) == b"and after"
    ends.close()


async def test_a_reader_that_never_comes_ends_the_stream() -> None:
    ends = Ends()
    ends.stream.open()
    for _ in range(2 * MAX_BACKLOG_BYTES // (1 << 20)):
        ends.stream.write(bytes(1 << 20))
    assert ends.ends == 1
    ends.close()


async def test_the_other_side_hangs_up() -> None:
    ends = Ends()
    ends.stream.open()
    ends.ours.close()
    await ends.ended.wait()
    ends.stream.write(b"into the void")
    ends.stream.close()
    assert ends.ends == 1


async def test_a_broken_stream_ends_once() -> None:
    ends = Ends()
    ends.stream.open()
    ends.ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes(8))
    ends.stream.write(b"unread")
    ends.ours.close()  # with unread data: the next read is refused
    ends.stream.write(b"more")
    await ends.ended.wait()
    assert ends.ends == 1


async def test_writing_before_opening_and_after_closing_does_nothing() -> None:
    ends = Ends()
    ends.stream.write(b"early")
    ends.stream.close()
    ends.stream.write(b"late")
    assert ends.ours.recv(100) == b""
    ends.ours.close()
