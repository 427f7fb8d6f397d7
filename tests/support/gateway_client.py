"""A client of the gateway for tests: types both ways, counts, and keeps the reference model of what a client knows."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar, get_args

import aiohttp
import msgspec

from server.domain import codec
from server.domain.events import Event
from signaling import frames
from signaling.frames import CloseCode
from tests.support.gateway_model import ClientModel
from tests.support.waiting import Bell

_T = TypeVar("_T")

_decoder: Final[msgspec.json.Decoder[frames.ServerFrame]] = codec.decoder(frames.ServerFrame)
_EVENTS: Final = get_args(Event)


class RequestRefused(Exception):
    """The server answered with an error."""

    def __init__(self, body: frames.ErrorBody) -> None:
        super().__init__(f"{body.code}: {body.message}")
        self.body = body
        self.code = body.code
        self.data = body.data


class GatewayClient:
    """One socket at a time; the session, the count and the model outlive it, as in a real client."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self.session: str | None = None
        self.received = 0
        """Events since ``ready``."""
        self.miscounted = False
        """A heartbeat_ack had another count than ours."""
        self.events: list[Event] = []
        self.frames: list[frames.ServerFrame] = []
        """Everything that came over the present socket."""
        self.closed_with: int | None = None
        self.bell = Bell()
        self._http = http
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._model: ClientModel | None = None
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[msgspec.Raw]] = {}

    @property
    def model(self) -> ClientModel:
        assert self._model is not None, "not ready yet"
        return self._model

    # ------------------------------------------------------------------------------------------------------------- socket

    async def connect(self, **headers: str) -> None:
        """Up to ``hello``."""
        self._ws = await self._http.ws_connect(self.url, compress=0, max_msg_size=0, headers=headers)
        self.frames = []
        self.closed_with = None
        self._reader = asyncio.create_task(self._read(self._ws))
        await self.until(lambda: bool(self.frames))
        assert isinstance(self.frames[0], frames.Hello)

    async def open(self) -> GatewayClient:
        """Up to ``ready``."""
        if self._ws is None or self._ws.closed:
            await self.connect()
        await self.send(frames.Identify(token=self.token))
        await self.until(lambda: self.got(frames.Ready) is not None)
        return self

    async def resume(self) -> bool:
        """On a new socket: True when resumed. Otherwise cached messages are dropped and the client has identified anew."""
        assert self.session is not None
        await self.connect()
        await self.send(frames.Resume(token=self.token, session=self.session, received=self.received))
        await self.until(lambda: self.got(frames.Resumed) is not None or self.got(frames.NotResumed) is not None)
        if self.got(frames.Resumed) is not None:
            return True
        self.model.drop_messages()
        await self.open()
        return False

    async def cut(self) -> None:
        """The line breaks: no close frame."""
        assert self._ws is not None
        assert self._reader is not None
        response = self._ws._response
        assert response.connection is not None
        assert response.connection.transport is not None
        response.connection.transport.abort()
        await self._reader

    async def close(self) -> None:
        if self._ws is not None:
            await self._ws.close()
        if self._reader is not None:
            await self._reader

    async def until_closed(self) -> int:
        """The server's close code."""
        await self.until(lambda: self.closed_with is not None)
        assert self.closed_with is not None
        return self.closed_with

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for frames until it holds; raises :class:`ConnectionError` when the socket goes first."""
        async with asyncio.timeout(20):
            await self.bell.until(lambda: holds() or self.closed_with is not None)
        if not holds():
            raise ConnectionError(f"the socket closed ({self.closed_with}) before that")

    async def until_gone(self) -> None:
        """However long the socket lives."""
        await self.bell.until(lambda: self.closed_with is not None)

    def got(self, kind: type[_T]) -> _T | None:
        """The last such frame on this socket."""
        return next((frame for frame in reversed(self.frames) if isinstance(frame, kind)), None)

    def all(self, kind: type[_T]) -> list[_T]:
        """Such events since the beginning, over all sockets."""
        return [event for event in self.events if isinstance(event, kind)]

    # -------------------------------------------------------------------------------------------------------------- frames

    async def send(self, frame: frames.ClientFrame) -> None:
        await self.send_text(codec.encode(frame))

    async def send_text(self, data: bytes) -> None:
        assert self._ws is not None
        await self._ws.send_frame(data, aiohttp.WSMsgType.TEXT)

    async def send_bytes(self, data: bytes) -> None:
        assert self._ws is not None
        await self._ws.send_bytes(data)

    async def request(self, kind: type[frames.Request], result: type[_T], **fields: Any) -> _T:
        """Raises :class:`RequestRefused`, and :class:`ConnectionError` when the socket goes first."""
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.send(kind(id=number, **fields))
        async with asyncio.timeout(20):
            raw = await answer
        decoded: _T = codec.decoder(result).decode(raw)
        return decoded

    async def beat(self) -> None:
        """A heartbeat and its ack; both sides must have counted alike. What the server wrote before is here then."""
        before = len([frame for frame in self.frames if isinstance(frame, frames.HeartbeatAck)])
        await self.send(frames.Heartbeat(received=self.received))
        await self.until(
            lambda: len([frame for frame in self.frames if isinstance(frame, frames.HeartbeatAck)]) > before
        )
        assert not self.miscounted

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            assert message.type is aiohttp.WSMsgType.TEXT
            self._take(_decoder.decode(message.data))
            self.bell.ring()
        self.closed_with = ws.close_code if ws.close_code is not None else 1006
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the socket closed before the answer came"))
                answer.exception()
        self._answers.clear()
        self.bell.ring()

    def _take(self, frame: frames.ServerFrame) -> None:
        self.frames.append(frame)
        if isinstance(frame, _EVENTS):
            self.received += 1
            self.events.append(frame)
            self.model.apply(frame)
        elif isinstance(frame, frames.HeartbeatAck):
            self.miscounted |= frame.sent != self.received
        elif isinstance(frame, frames.Ready):
            self.session = frame.session
            self.received = 0
            self._model = ClientModel(frame)
        elif isinstance(frame, frames.Reply):
            self._answers.pop(frame.id).set_result(frame.result)
        elif isinstance(frame, frames.ErrorFrame) and frame.id in self._answers:
            self._answers.pop(frame.id).set_exception(RequestRefused(frame.error))


@asynccontextmanager
async def gateway_client(url: str, token: str) -> AsyncIterator[GatewayClient]:
    """Not connected yet."""
    async with aiohttp.ClientSession() as http:
        client = GatewayClient(http, url, token)
        try:
            yield client
        finally:
            await client.close()


__all__ = ["CloseCode", "GatewayClient", "RequestRefused", "gateway_client"]
