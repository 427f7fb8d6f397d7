"""One WebSocket: aiohttp's reader, our own writing.

Frames of the server are finished bytes (:func:`signaling.frames.encode`) and go straight to the transport; aiohttp itself
writes only the close frame that answers a breach of RFC 6455, in one call, so frames never mix. What a client has not read
waits in the transport's buffer, and that is the bounded queue: a socket over its limit is closed with 4010, and nobody's send
waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec
from aiohttp import WSMsgType, web

from server.actions.context import Actions
from server.domain import codec
from server.domain.errors import ParleyError, TooMany
from server.domain.scopes import check_scope
from signaling import frames
from signaling.faults import log_unexpected
from signaling.frames import CloseCode
from signaling.hub import Hub
from signaling.lanes import Lanes
from signaling.limits import Kind, Rates
from signaling.opening import Admission, Opener, Refused
from signaling.requests import Desks, answer, kind_of, lane_of, scope_of
from signaling.session import (
    HEARTBEAT_INTERVAL_S,
    IDENTIFY_WITHIN_S,
    Connection,
    IllegalStep,
    Overdue,
    Phase,
    Step,
)
from signaling.subscriber import Subscriber
from signaling.voice_port import Caller

WRITE_BUFFER_MAX_BYTES: Final = 1 << 20
GOODBYE_S: Final = 5.0
"""So long a client has to answer a close; then the line is cut."""
NORMAL_CLOSURE: Final = 1000
OPEN_WITHIN_S: Final = 30.0
"""For the snapshot, the wait for one's turn included."""

_NOT_RESUMED: Final = frames.encode(frames.NotResumed())
_HELLO: Final = frames.encode(
    frames.Hello(
        heartbeat_interval_ms=int(HEARTBEAT_INTERVAL_S * 1000), identify_within_ms=int(IDENTIFY_WITHIN_S * 1000)
    )
)


@dataclass(frozen=True, slots=True)
class Behind:
    """What all sockets share."""

    actions: Actions
    desks: Desks
    hub: Hub
    opener: Opener
    rates: Rates

    def now_s(self) -> float:
        return self.actions.clock.monotonic_s()


class Socket:
    """One connection: reads frames, lets the connection's state decide, and does what they ask."""

    __slots__ = (
        "_behind",
        "_connection",
        "_ended",
        "_lanes",
        "_limit_bytes",
        "_opening",
        "_silent",
        "_subscriber",
        "_transport",
        "_ws",
        "address",
    )

    def __init__(
        self, behind: Behind, ws: web.WebSocketResponse[bool], transport: asyncio.WriteTransport, address: str
    ) -> None:
        """``address`` is the client's."""
        self.address = address
        self._behind = behind
        self._ws = ws
        self._transport = transport
        self._connection = Connection(behind.rates, behind.now_s())
        self._lanes = Lanes()
        self._subscriber: Subscriber | None = None
        self._limit_bytes = WRITE_BUFFER_MAX_BYTES
        self._ended = False
        self._silent = False
        """Nothing was heard of the client any more."""
        self._opening: asyncio.Task[None] | None = None

    # --------------------------------------------------------------------------------------------------------------- sink

    def write(self, data: bytes) -> None:
        transport = self._transport
        if self._ended or transport.is_closing():
            return
        transport.write(data)
        if transport.get_write_buffer_size() > self._limit_bytes:
            self.close(CloseCode.TOO_SLOW)

    def write_at_once(self, many: list[bytes]) -> None:
        if self._ended or self._transport.is_closing():
            return
        data = b"".join(many)
        self._limit_bytes = WRITE_BUFFER_MAX_BYTES + len(data)
        self._transport.write(data)

    def close(self, code: CloseCode) -> None:
        self._say_goodbye(code)

    def abort(self) -> None:
        self._leave()
        self._transport.abort()

    def _say_goodbye(self, code: int) -> None:
        """The close frame waits behind what the client has not read; the line is cut when the answer does not come in time."""
        if self._ended:
            return
        self._leave()
        if not self._transport.is_closing():
            self._transport.write(frames.close_frame(code))
            asyncio.get_running_loop().call_later(GOODBYE_S, self._transport.abort)

    def _leave(self) -> None:
        """From here on nothing is written; the session waits for its client."""
        if self._ended:
            return
        self._ended = True
        self._connection.take(Step.CLOSE, self._behind.now_s())
        if self._opening is not None:
            self._opening.cancel()
        if self._subscriber is not None:
            self._behind.hub.detach(self._subscriber, self, silent=self._silent)

    # ------------------------------------------------------------------------------------------------------------ reading

    async def run(self) -> None:
        """Until the line is closed."""
        self.write(_HELLO)
        try:
            while await self._receive():
                pass
        finally:
            self._leave()
            self._transport.close()

    async def _receive(self) -> bool:
        """False at the end."""
        message = await self._ws.receive()
        match message.type:
            case WSMsgType.TEXT | WSMsgType.BINARY | WSMsgType.PING if self._ended:
                pass
            case WSMsgType.TEXT:
                self._take(message.data)
            case WSMsgType.PING:
                self._pong(message.data)
            case WSMsgType.BINARY:
                self.close(CloseCode.UNREADABLE)
            case WSMsgType.CLOSE:
                self._say_goodbye(NORMAL_CLOSURE)
                return False
            case WSMsgType.PONG:
                pass
            case _:
                return False
        return True

    def overdue(self, now_s: float) -> None:
        """Called about once a second."""
        match self._connection.overdue(now_s):
            case Overdue.IDENTIFY:
                self.close(CloseCode.NOT_IDENTIFIED)
            case Overdue.HEARTBEAT:
                self._silent = True
                self.close(CloseCode.NO_HEARTBEAT)

    @property
    def greeted(self) -> bool:
        """Not identified yet."""
        return self._connection.phase is not Phase.LIVE

    def _pong(self, data: bytes) -> None:
        if self._within_limits():
            self.write(frames.pong_frame(data))

    def _within_limits(self) -> bool:
        if self._connection.spend(Kind.FRAME, self._behind.now_s()) > 0:
            self.close(CloseCode.TOO_MANY_FRAMES)
            return False
        return True

    def _take(self, data: bytes) -> None:
        if not self._within_limits():
            return
        try:
            self._act(frames.decode(data))
        except frames.BadRequest as bad:
            self._send_error(bad.id, bad.error)
        except frames.Unreadable:
            self.close(CloseCode.UNREADABLE)
        except IllegalStep:
            self.close(CloseCode.NOT_IDENTIFIED)

    def _act(self, frame: frames.ClientFrame) -> None:
        now_s = self._behind.now_s()
        match frame:
            case frames.Identify():
                self._connection.take(Step.IDENTIFY, now_s)
                self._opening = asyncio.create_task(self._open(self._identify(frame)))
            case frames.Resume():
                self._connection.take(Step.RESUME, now_s)
                self._opening = asyncio.create_task(self._open(self._resume(frame)))
            case frames.Heartbeat():
                self._connection.take(Step.HEARTBEAT, now_s)
                self._beat(frame)
            case _:
                self._connection.take(Step.REQUEST, now_s)
                self._request(frame, now_s)

    # ------------------------------------------------------------------------------------------------------------ opening

    async def _open(self, opening: Coroutine[None, None, None]) -> None:
        try:
            await opening
        except Refused as refused:
            self.close(refused.code)
        except Exception as error:
            if not isinstance(error, ParleyError):
                log_unexpected("gateway.opening_failed", error)
            self.close(CloseCode.INTERNAL)
        finally:
            self._opening = None

    async def _identify(self, frame: frames.Identify) -> None:
        async with asyncio.timeout(OPEN_WITHIN_S):
            admission = await self._behind.opener.identify(frame.token, self)
        self._admit(admission)

    async def _resume(self, frame: frames.Resume) -> None:
        async with asyncio.timeout(OPEN_WITHIN_S):
            admission = await self._behind.opener.resume(frame, self)
        if admission is None:
            self._connection.take(Step.NOT_RESUMED, self._behind.now_s())
            self.write(_NOT_RESUMED)
        else:
            self._admit(admission)

    def _admit(self, admission: Admission) -> None:
        self._subscriber = admission.subscriber
        self._connection.take(Step.OPENED, self._behind.now_s())
        self.write_at_once(admission.frames)

    # ----------------------------------------------------------------------------------------------------------- requests

    def _beat(self, frame: frames.Heartbeat) -> None:
        if self._subscriber is None:
            return
        session = self._subscriber.session
        if session.acknowledge(frame.received):
            self.write(frames.encode(frames.HeartbeatAck(sent=session.sent)))
        else:
            self.close(CloseCode.UNREADABLE)

    def _request(self, request: frames.Request, now_s: float) -> None:
        wait_s = self._connection.spend(kind_of(request), now_s)
        if wait_s > 0:
            self._send_error(request.id, _slow_down(wait_s))
        elif not self._lanes.submit(lane_of(request), partial(self._answer, request)):
            self._send_error(request.id, _slow_down(1.0))

    async def _answer(self, request: frames.Request) -> None:
        if self._subscriber is None:
            return
        session = self._subscriber.session
        caller = Caller(session.user_id, session.login_id, session.key)
        try:
            check_scope(session.scopes, scope_of(request))
            result = await answer(self._behind.desks, caller, request)
        except ParleyError as error:
            self._send_error(request.id, error)
        except Exception as error:
            request_id = self._behind.actions.random_bytes(8).hex()
            log_unexpected("gateway.request_failed", error, request=type(request).__name__, request_id=request_id)
            self._send_error(request.id, _internal(request_id))
        else:
            self.write(frames.encode(frames.Reply(id=request.id, result=msgspec.Raw(codec.encode(result)))))

    def _send_error(self, number: int | None, error: ParleyError) -> None:
        body = frames.ErrorBody(code=error.code, message=error.message, data=dict(error.data))
        self.write(frames.encode(frames.ErrorFrame(id=number, error=body)))

    async def finish(self) -> None:
        """Waits for the requests that are being done."""
        await self._lanes.finish()


def _slow_down(wait_s: float) -> TooMany:
    return TooMany("rate_limited", "You are doing this too often. Wait a moment.", retry_after_s=round(wait_s, 3))


def _internal(request_id: str) -> ParleyError:
    message = "Something went wrong on the server. Try again; if it stays, tell the operator this number."
    return ParleyError("internal", message, request_id=request_id)
