"""The WebSocket door: who may come in, and the life of all sockets together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

from aiohttp import web

from server.actions.context import Actions
from server.domain.errors import Invalid, Unavailable
from server.domain.events import Gap, Notice
from signaling import frames
from signaling.attendance import Attendance
from signaling.frames import CloseCode
from signaling.hub import Hub
from signaling.limits import Rates
from signaling.opening import Opener
from signaling.requests import Desks
from signaling.socket import GOODBYE_S, Behind, Socket
from signaling.voice_port import VoiceDesk

DRAIN_SPREAD_MS: Final = 5_000
"""Clients come back spread over so long after a planned stop, or a gap in what they were told."""
DRAIN_FINISH_S: Final = 5.0
"""For the requests under way."""
GREETED_MAX: Final = 2_000
"""Sockets that have not identified yet; with more, newcomers are asked to try again."""
GREETED_MAX_OF_ONE: Final = 100
"""The same for one address, so that nobody alone can keep the others out; a whole house behind one router still comes in."""
TICK_S: Final = 1.0


class Gateway:
    """All sockets. ``actions.bus`` feeds it from :meth:`start` on; the door's route calls :meth:`handle`."""

    def __init__(
        self,
        actions: Actions,
        voice: VoiceDesk,
        attendance: Attendance,
        *,
        rates: Rates | None = None,
        jitter: Callable[[], float],
    ) -> None:
        """``attendance`` is that of ``actions``; ``jitter`` as :func:`random.random`."""
        self.hub = Hub(actions, attendance)
        desks = Desks(actions, voice, self.hub.presence)
        self._behind = Behind(actions, desks, self.hub, Opener(actions, self.hub), rates or Rates())
        self._jitter = jitter
        self._sockets: set[Socket] = set()
        self._deserted = asyncio.Event()
        self._draining = False
        self._unsubscribe: Callable[[], None] | None = None
        self._ticking: asyncio.Task[None] | None = None

    @property
    def sockets(self) -> int:
        """That are open."""
        return len(self._sockets)

    # --------------------------------------------------------------------------------------------------------------- life

    async def start(self) -> None:
        self._unsubscribe = self._behind.actions.bus.subscribe(self._receive, self.hub.delivery.gathering)
        self._ticking = asyncio.create_task(self._tick_forever())

    async def drain(self) -> None:
        """Before a planned stop: nobody new, everyone is told when to come back, requests under way end, sockets close.

        Takes at most about :data:`DRAIN_FINISH_S` + 2 * :data:`GOODBYE_S`.
        """
        self._draining = True
        for socket in [one for one in self._sockets if one.greeted]:
            socket.abort()  # nothing of theirs is under way
        sockets = list(self._sockets)
        for socket in sockets:
            self._name_a_time(socket)
        await _all_within(DRAIN_FINISH_S, [socket.finish() for socket in sockets])
        for socket in list(self._sockets):
            socket.close(CloseCode.DRAINED)
        if not self._sockets:
            return
        await _all_within(GOODBYE_S * 2, [self.empty()])

    def _name_a_time(self, socket: Socket) -> None:
        """When to come back: not all at once."""
        socket.write(frames.encode(frames.Drain(reconnect_after_ms=int(self._jitter() * DRAIN_SPREAD_MS))))

    def _receive(self, notice: Notice) -> None:
        if isinstance(notice, Gap):
            for socket in self._sockets:
                if not socket.greeted:
                    self._name_a_time(socket)
        self.hub.receive(notice)
        self.hub.presence.receive(notice)

    async def close(self) -> None:
        """Ends what :meth:`start` began; sockets that are still open are cut."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.wait((self._ticking,))
        for socket in list(self._sockets):
            socket.abort()
        await self.hub.close()

    async def empty(self) -> None:
        """Waits until nobody is connected."""
        await self._deserted.wait()

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self.tick()

    def tick(self) -> None:
        """What only time brings: silent clients, sessions nobody came back for."""
        now_s = self._behind.now_s()
        for socket in list(self._sockets):
            socket.overdue(now_s)
        self.hub.expire()
        self.hub.presence.tick()
        self._behind.opener.forget_rested()

    # --------------------------------------------------------------------------------------------------------------- door

    async def handle(self, request: web.Request, address: str) -> web.StreamResponse:
        """``GET /gateway`` from the client at ``address``; the door has checked its Origin. Raises :class:`ParleyError` before
        the handshake."""
        self._check(address)
        ws = web.WebSocketResponse(
            compress=False,
            max_msg_size=frames.MAX_FRAME_BYTES,
            autoping=False,
            autoclose=False,
            decode_text=False,
            timeout=GOODBYE_S,
        )
        if not ws.can_prepare(request).ok:
            raise Invalid("bad_request", "This address is for WebSockets.", where="Upgrade")
        await ws.prepare(request)
        if request.transport is None:
            return ws
        socket = Socket(self._behind, ws, request.transport, address)
        self._sockets.add(socket)
        self._deserted.clear()
        try:
            await socket.run()
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self._deserted.set()
        return ws

    def _check(self, address: str) -> None:
        if self._draining:
            raise Unavailable("shutting_down", "The server is stopping. Try again in a minute.")
        greeted = Counter(socket.address for socket in self._sockets if socket.greeted)
        if greeted.total() >= GREETED_MAX or greeted[address] >= GREETED_MAX_OF_ONE:
            raise Unavailable("busy", "Too many are coming in at the moment. Try again in a few seconds.")


async def _all_within(seconds: float, waits: Sequence[Coroutine[None, None, None]]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
