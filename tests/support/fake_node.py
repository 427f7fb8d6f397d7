"""A media node that carries no sound: it speaks the control stream as a real one does, in this process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Final, TypeVar, cast

from media.control import (
    Accepted,
    Candidate,
    Connect,
    ControlError,
    Disconnect,
    Failed,
    Fingerprint,
    FromNode,
    Ignore,
    NodeConfig,
    ParticipantId,
    Ping,
    Pong,
    Ready,
    Refused,
    RestartIce,
    RoomId,
    Start,
    Stats,
    StatsRequest,
    Stop,
    ToNode,
    ToNodeReader,
    Update,
    encode,
)
from tests.support.waiting import Bell

FINGERPRINT: Final = Fingerprint("sha-256", ":".join(["0F"] * 32))
CANDIDATE: Final = Candidate("192.0.2.1", 7882)
M = TypeVar("M", bound=ToNode)


class FakeNode(asyncio.Protocol):
    """What a test sees and does is public."""

    def __init__(self, failure: Failed | None = None) -> None:
        self.failure = failure
        self.received: list[ToNode] = []
        """Everything but pings."""
        self.participants: dict[ParticipantId, Connect] = {}
        self.ignored: dict[ParticipantId, tuple[ParticipantId, ...]] = {}
        self.silent = False
        """True: it hangs; it reads, and answers nothing."""
        self.refuse: Refused | None = None
        """What the next Connect or RestartIce is answered with (its number is set)."""
        self.ended = asyncio.Event()
        self._changed = Bell()
        self._config: NodeConfig | None = None
        self._reader = ToNodeReader()
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def over(cls, sock: socket.socket, failure: Failed | None = None) -> FakeNode:
        _, node = await asyncio.get_running_loop().create_unix_connection(lambda: cls(failure), sock=sock)
        return node

    # --------------------------------------------------------------------------------------------------- for the test

    def tell(self, *messages: FromNode) -> None:
        if self._transport is not None:
            self._transport.write(b"".join(map(encode, messages)))

    def tell_bytes(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)

    def crash(self) -> None:
        """Gone without a word."""
        if self._transport is not None:
            self._transport.abort()

    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self.received if isinstance(message, kind)]

    async def wait(self, kind: type[M], matches: Callable[[M], bool] = lambda _: True) -> M:
        """The first one of this kind, past or to come."""

        def found() -> M | None:
            return next((message for message in self.of(kind) if matches(message)), None)

        await self._changed.until(lambda: found() is not None)
        return cast(M, found())

    # ----------------------------------------------------------------------------------------------------- as a node

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended.set()

    def data_received(self, data: bytes) -> None:
        try:
            messages = self._reader.feed(data)
        except ControlError:
            self.crash()
            return
        for message in messages:
            if isinstance(message, Ping):
                if not self.silent:
                    self.tell(Pong(message.number))
                continue
            self.received.append(message)
            if not self.silent:
                self._handle(message)
        self._changed.ring()

    def _handle(self, message: ToNode) -> None:
        match message:
            case Start(config):
                self._config = config
                self.tell(self.failure or Ready(FINGERPRINT, (CANDIDATE,), config.slots))
                if self.failure:
                    self._hang_up()
            case Connect():
                self._connect(message)
            case RestartIce():
                self._restart(message)
            case Update():
                pass
            case Ignore():
                self.ignored[message.participant] = message.ignored
            case Disconnect():
                self.participants.pop(message.participant, None)
            case StatsRequest(request):
                rooms = {each.room for each in self.participants.values()}
                self.tell(Stats(request, len(rooms), len(self.participants), 0, 0, 0, 0.0, 0))
            case Stop():
                self._hang_up()
            case _:
                self.crash()

    def _connect(self, asked: Connect) -> None:
        assert self._config is not None
        refused = self._refusal(asked)
        if asked.participant in self.participants:
            refused = refused or Refused(asked.request, "participant_exists", "it is here already")
        if len(asked.downlinks) > self._config.slots:
            refused = refused or Refused(asked.request, "too_many_slots", "too many")
        if refused is None:
            self.participants[asked.participant] = asked
        self.tell(refused or Accepted(asked.request, self.ssrcs(asked.room, len(asked.downlinks))))

    def _restart(self, asked: RestartIce) -> None:
        refused = self._refusal(asked)
        known = self.participants.get(asked.participant)
        if known is None:
            self.tell(refused or Refused(asked.request, "participant_unknown", "it is not here"))
        else:
            self.tell(refused or Accepted(asked.request, self.ssrcs(known.room, len(known.downlinks))))

    def _refusal(self, asked: Connect | RestartIce) -> Refused | None:
        refused, self.refuse = self.refuse, None
        return refused and Refused(asked.request, refused.code, refused.message)

    def ssrcs(self, room: RoomId, count: int) -> tuple[int, ...]:
        return tuple(int(room) % 1000 * 100 + slot + 1 for slot in range(count))

    def _hang_up(self) -> None:
        assert self._transport is not None
        self._transport.close()


class FakeProcess:
    """Its process: killing it is a crash."""

    def __init__(self, node: FakeNode) -> None:
        self.node = node

    async def wait(self) -> None:
        await self.node.ended.wait()

    def kill(self) -> None:
        self.node.crash()


class FakeLauncher:
    """Starts fake nodes for :class:`parley.media_process.MediaProcess`, and keeps all of them in ``nodes``."""

    def __init__(self, *failures: Failed | OSError | None) -> None:
        self.nodes: list[FakeNode] = []
        self._failures = list(failures)
        """What becomes of each start, one after the other; then all go well."""
        self._changed = Bell()
        self.starts = 0

    async def __call__(self, theirs: socket.socket) -> FakeProcess:
        failure = self._failures.pop(0) if self._failures else None
        self.starts += 1
        self._changed.ring()
        if isinstance(failure, OSError):
            theirs.close()
            raise failure
        node = await FakeNode.over(theirs, failure)
        self.nodes.append(node)
        self._changed.ring()
        return FakeProcess(node)

    async def node(self, number: int) -> FakeNode:
        """The ``number``-th node from 0, now or once it was started."""
        await self._changed.until(lambda: len(self.nodes) > number)
        return self.nodes[number]

    async def until_starts(self, count: int) -> None:
        await self._changed.until(lambda: self.starts >= count)

    async def close(self) -> None:
        for node in self.nodes:
            node.crash()
            with contextlib.suppress(asyncio.CancelledError):
                await node.ended.wait()
