"""The service's end of the control stream to one life of a media node.

A :class:`MediaLink` matches answers to requests, tells events to its listener, and watches that the node is alive. Once the
stream is of no more use, :attr:`MediaLink.closed` is done and everything that waits fails with ``voice_unavailable``.
"""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import socket
from collections.abc import Callable
from typing import Final, Protocol, TypeAlias, cast

from media.control import (
    Accepted,
    Connect,
    Connected,
    ControlError,
    Disconnect,
    Disconnected,
    Failed,
    FromNode,
    FromNodeReader,
    Ignore,
    NodeConfig,
    Ping,
    Pong,
    Ready,
    Refused,
    RequestId,
    RestartIce,
    Slots,
    Speaking,
    Start,
    Stats,
    StatsRequest,
    Stop,
    ToNode,
    Update,
    encode,
)
from server.domain.errors import Unavailable

MAX_BACKLOG_BYTES: Final = 4 << 20
"""A node that leaves so much unread is stuck."""

NodeEvent: TypeAlias = Connected | Disconnected | Speaking | Slots
Order: TypeAlias = Update | Ignore | Disconnect | Stop
_Answer: TypeAlias = Accepted | Refused | Stats


@dataclasses.dataclass(frozen=True, slots=True)
class LinkTiming:
    answer_s: float = 5.0
    """How long a request waits for its answer."""
    ping_s: float = 1.0
    dead_s: float = 3.0
    """A node that leaves a ping unanswered for so long is dead."""


class NodeRefused(Exception):
    """The node does not do what it was asked; nothing is changed there."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


class NodeFailed(Exception):
    """The node cannot start."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.message)
        self.failed = failed


class NodeListener(Protocol):
    """Who hears what a node tells. Called in the event loop; may not wait."""

    def node_said(self, event: NodeEvent) -> None: ...

    def node_lost(self) -> None:
        """The node is gone with all its rooms; what it did not answer has failed. A new one may come."""
        ...


class MediaNode(Protocol):
    """A media node, however often its process is started again."""

    def subscribe(self, listener: NodeListener) -> None: ...

    async def link(self) -> MediaLink:
        """The living link; waits for one for a short while. Raises :class:`Unavailable` (``voice_unavailable``)."""
        ...


def voice_unavailable() -> Unavailable:
    return Unavailable("voice_unavailable", "Voice is not available at the moment. Try again in a few seconds.")


class MediaLink(asyncio.Protocol):
    """Made by :meth:`open`; of no more use once :attr:`closed` is done."""

    def __init__(self, said: Callable[[NodeEvent], None], timing: LinkTiming) -> None:
        self._said = said
        self._timing = timing
        self._loop = asyncio.get_running_loop()
        self._reader = FromNodeReader()
        self._transport: asyncio.Transport | None = None
        self._requests = itertools.count(1)
        self._waiting: dict[RequestId, asyncio.Future[_Answer]] = {}
        self._started: asyncio.Future[Ready] = self._loop.create_future()
        self._pings = itertools.count(1)
        self._unanswered_since: float | None = None
        self._beat_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.closed: asyncio.Future[str] = self._loop.create_future()
        """Done, with the reason, when the stream has ended or the node is dead. Shield it when you wait for it."""

    @classmethod
    async def open(
        cls, sock: socket.socket, said: Callable[[NodeEvent], None], timing: LinkTiming | None = None
    ) -> MediaLink:
        """Over one end of a socketpair (or any connected stream socket of its family), which the link then owns."""
        _, link = await asyncio.get_running_loop().create_unix_connection(
            lambda: cls(said, timing or LinkTiming()), sock=sock
        )
        return link

    async def start(self, config: NodeConfig, within_s: float) -> Ready:
        """Raises :class:`NodeFailed`, or :class:`Unavailable` when there is no answer."""
        self._write(Start(config))
        try:
            async with asyncio.timeout(within_s):
                ready = await asyncio.shield(self._started)
        except TimeoutError:
            raise voice_unavailable() from None
        self._beat_at = self._loop.time()
        self._beat()
        return ready

    @property
    def alive(self) -> bool:
        return not self.closed.done()

    @property
    def ready(self) -> Ready:
        """What the node said when it started; only to be asked after :meth:`start`."""
        return self._started.result()

    # ----------------------------------------------------------------------------------------------------------- asking

    async def connect(self, ask: Callable[[RequestId], Connect | RestartIce]) -> Accepted:
        """Raises :class:`NodeRefused`, or :class:`Unavailable` when the node is gone or silent."""
        return cast(Accepted, await self._request(ask))

    async def stats(self) -> Stats:
        """Raises :class:`Unavailable`."""
        return cast(Stats, await self._request(StatsRequest))

    def order(self, order: Order) -> None:
        """What is not answered. Nothing happens on a closed link: the node has forgotten everyone then."""
        self._write(order)

    async def _request(self, ask: Callable[[RequestId], Connect | RestartIce | StatsRequest]) -> _Answer:
        if not self.alive:
            raise voice_unavailable()
        number = RequestId(next(self._requests))
        answered: asyncio.Future[_Answer] = self._loop.create_future()
        self._waiting[number] = answered
        try:
            self._write(ask(number))
            async with asyncio.timeout(self._timing.answer_s):
                answer = await answered
        except TimeoutError:
            raise voice_unavailable() from None
        finally:
            # An answer that comes later is passed over.
            self._waiting.pop(number, None)
        if isinstance(answer, Refused):
            raise NodeRefused(answer)
        return answer

    def _write(self, message: ToNode) -> None:
        if self._transport is None or not self.alive:
            return
        self._transport.write(encode(message))
        if self._transport.get_write_buffer_size() > MAX_BACKLOG_BYTES:
            self._end("the media node does not read")

    # ---------------------------------------------------------------------------------------------------------- hearing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._reader.feed(data):
                self._hear(message)
        except ControlError as error:
            self._end(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end("the control stream ended" if exc is None else f"the control stream broke: {exc}")

    def _hear(self, message: FromNode) -> None:
        if not self.alive:
            return
        if isinstance(message, Pong):
            self._unanswered_since = None
        elif isinstance(message, Accepted | Refused | Stats):
            waiting = self._waiting.get(message.request)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
        elif isinstance(message, Ready | Failed):
            self._hear_start(message)
        else:
            self._said(message)

    def _hear_start(self, message: Ready | Failed) -> None:
        if self._started.done():
            raise ControlError("the media node said twice that it started")
        if isinstance(message, Ready):
            self._started.set_result(message)
        else:
            self._started.set_exception(NodeFailed(message))

    # --------------------------------------------------------------------------------------------------------- liveness

    def _beat(self) -> None:
        now = self._loop.time()
        late_s = now - self._beat_at
        if self._unanswered_since is not None and late_s > self._timing.ping_s:
            # It is this loop that stood still: what the node answered meanwhile has not been read yet.
            self._unanswered_since = now
        if self._unanswered_since is not None and now - self._unanswered_since >= self._timing.dead_s:
            self._end("the media node does not answer")
            return
        if self._unanswered_since is None:
            self._unanswered_since = now
        self._write(Ping(next(self._pings)))
        self._beat_at = now + self._timing.ping_s
        self._timer = self._loop.call_at(self._beat_at, self._beat)

    def close(self) -> None:
        """Idempotent."""
        self._end("closed by the service")

    def _end(self, reason: str) -> None:
        if self.closed.done():
            return
        self.closed.set_result(reason)
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()
        waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            if not each.done():
                each.set_exception(voice_unavailable())
        if not self._started.done():
            self._started.set_exception(voice_unavailable())
        # Nobody may be there to fetch it, and that is no fault.
        self._started.exception()
