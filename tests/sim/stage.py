"""The real application without sockets: actions on SQLite, and the gateway's hub, whose clients are lists of what they hear."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import msgspec

from server.actions.context import Actions, Origin
from server.actions.conversations import get_conversation
from server.actions.sessions import open_session
from server.actions.snapshot import snapshot
from server.domain import codec
from server.domain.entities import Me
from server.domain.errors import ParleyError
from server.domain.events import Event
from server.domain.ids import SessionId, UserId
from signaling import frames
from signaling.attendance import Attendance
from signaling.frames import CloseCode
from signaling.hub import Hub
from signaling.opening import Opener
from signaling.subscriber import Subscriber
from tests.support.database import RecordingBus, sqlite_store
from tests.support.fake_voice import FakeVoiceDesk
from tests.support.gateway_model import ClientModel
from tests.support.gateway_server import FakeClock, make_actions

_T = TypeVar("_T")

_decoder: Final[msgspec.json.Decoder[frames.ServerFrame]] = codec.decoder(frames.ServerFrame)
_EVENTS: Final = get_args(Event)
HOME: Final = Origin(address="192.0.2.1")


class Device:
    """Implements :class:`signaling.subscriber.Sink`; the model of what it knows outlives its line."""

    def __init__(self, user_id: UserId, login_id: SessionId) -> None:
        self.user_id = user_id
        self.login_id = login_id
        self.subscriber: Subscriber | None = None
        self.received = 0
        self.heard: list[Event] = []
        """Since the last time one looked."""
        self.online = False
        self.closed_with: CloseCode | None = None
        """By the server, which has no reason to."""
        self.model: ClientModel | None = None

    def write(self, frame: bytes) -> None:
        assert self.online, "a frame came over a line that is cut"
        self.take(frame)

    def write_at_once(self, frames: list[bytes]) -> None:
        for frame in frames:
            self.write(frame)

    def close(self, code: CloseCode) -> None:
        self.closed_with = code

    def abort(self) -> None:
        self.closed_with = CloseCode.INTERNAL

    def take(self, frame: bytes) -> None:
        found = _decoder.decode(frame[{126: 4, 127: 10}.get(frame[1], 2) :])
        if isinstance(found, frames.Ready):
            self.model, self.received = ClientModel(found), 0
        elif isinstance(found, _EVENTS):
            assert self.model is not None
            self.received += 1
            self.heard.append(found)
            self.model.apply(found)


class Stage:
    def __init__(self, actions: Actions, hub: Hub, clock: FakeClock) -> None:
        self.actions = actions
        self.clock = clock
        self._hub = hub
        self._opener = Opener(actions, hub)

    async def person(self, name: str) -> Device:
        """A new account, whose device is not connected."""
        now_ms = self.clock.now_ms()
        me = Me(id=UserId(self.actions.ids.next(now_ms)), username=name, display_name=name, operator=False)
        async with self.actions.store.write() as uow:
            assert await uow.users.add(me, name, "secret")
            grant = await open_session(self.actions, uow, me, HOME, now_ms)
        return Device(me.id, grant.session_id)

    async def come(self, device: Device) -> bool:
        """Whether the session was resumed; a client that was never there identifies."""
        token = self.actions.tokens.issue(device.user_id, device.login_id, self.clock.now_ms())
        device.online = True
        if device.subscriber is not None:
            ask = frames.Resume(token=token, session=device.subscriber.session.key, received=device.received)
            back = await self._opener.resume(ask, device)
            if back is not None:
                for frame in back.frames:
                    device.take(frame)
                return True
        admission = await self._opener.identify(token, device)
        device.subscriber = admission.subscriber
        for frame in admission.frames:
            device.take(frame)
        return False

    def cut(self, device: Device) -> None:
        """The line breaks; the session waits."""
        assert device.subscriber is not None
        device.online = False
        self._hub.detach(device.subscriber, device)

    async def ask(self, work: Callable[[], Awaitable[_T]]) -> tuple[int, _T | None]:
        """The status, and what came; everybody has heard of it afterwards."""
        try:
            status, answer = 200, await work()
        except ParleyError as error:
            status, answer = error.status, None
        await self._hub.quiet()
        return status, answer

    async def fresh(self, device: Device) -> ClientModel:
        """What a client is told that comes now."""
        taken = await snapshot(self.actions, device.user_id)
        ready = {name: getattr(taken, name) for name in taken.__struct_fields__}
        return ClientModel(frames.Ready(session="", resume_within_ms=0, **ready))

    async def shown(self, device: Device) -> dict[str, Any]:
        """What the client has made of its events; it asks for the message before a deleted one by itself."""
        assert device.model is not None
        for channel_id in device.model.without_last_message():
            view = await get_conversation(self.actions, device.user_id, channel_id)
            device.model.conversations[channel_id].last_message = view.last_message
        return device.model.seen()


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncIterator[Stage]:
    bus, clock, attendance = RecordingBus(), FakeClock(), Attendance()
    async with sqlite_store(folder, bus) as store:
        actions = make_actions(store, bus, clock, FakeVoiceDesk(bus), attendance)
        hub = Hub(actions, attendance)
        stop = bus.subscribe(hub.receive)
        try:
            yield Stage(actions, hub, clock)
        finally:
            stop()
            await hub.close()
