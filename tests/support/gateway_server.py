"""The gateway over a real aiohttp server, with the real actions on a real SQLite file; only the clock and voice are fakes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from obstore.store import MemoryStore

from db.store import SqlStore
from server.actions.context import Actions, Origin, Settings
from server.actions.intake import Intake
from server.actions.previewer import Previewer
from server.actions.profiles import Profiles
from server.actions.session_cache import SessionCache
from server.actions.sessions import open_session
from server.actions.word_books import WordBooks
from server.adapters.blobs import Blobs
from server.adapters.cache_memory import MemoryCache
from server.adapters.file_links import SignedFileLinks
from server.adapters.images import Images
from server.adapters.passkeys import WebAuthnPasskeys
from server.adapters.password_critic import ZxcvbnCritic
from server.adapters.qr_codes import SegnoQrCodes
from server.adapters.sealing import AesSealer
from server.adapters.studio.desk import Studio
from server.adapters.tokens import JwtTokens, SigningKey
from server.domain.entities import Me
from server.domain.events import Notice
from server.domain.ids import SessionId, Snowflakes, UserId
from server.domain.limits import Limits
from server.http.middleware import VISITOR, errors, guard
from server.http.visitor import DoorPolicy
from server.ports import Around, BotToken, Bus, LinkedPage, SessionRecord
from signaling.attendance import Attendance
from signaling.limits import Rate, Rates
from signaling.ws import Gateway
from tests.support.database import sqlite_store
from tests.support.fake_voice import FakeVoiceDesk
from tests.support.gateway_client import GatewayClient
from tests.support.links import FakeLinks

FAST = Rate(100_000, 100_000.0)
UNHURRIED = Rates(frame=FAST, message=FAST, typing=FAST, cursor=FAST, reaction=FAST, presence=FAST, voice=FAST)
"""For tests that ask more than people do."""


class FakeClock:
    """Implements :class:`server.ports.Clock`; moves when told to."""

    def __init__(self) -> None:
        self._now_s = 1_800_000_000.0

    def advance(self, seconds: float) -> None:
        self._now_s += seconds

    def now_ms(self) -> int:
        return int(self._now_s * 1000)

    def monotonic_s(self) -> float:
        return self._now_s


class Unlimited:
    """Implements :class:`server.ports.RateLimiter`."""

    async def hit(self, rule: str, key: str) -> None:
        pass


class PlainHasher:
    """Implements :class:`server.ports.PasswordHasher`, badly and fast."""

    async def hash(self, password: str) -> str:
        return password

    async def verify(self, password_hash: str | None, password: str) -> bool:
        return password_hash == password

    def is_stale(self, password_hash: str) -> bool:
        return False


class GatedBus:
    """A bus whose notices can be held back, as if the one who publishes were slow; what a receiver raises goes to the test."""

    def __init__(self) -> None:
        self._receivers: dict[object, Callable[[Notice], None]] = {}
        self._arounds: dict[object, Around] = {}
        self._open = asyncio.Event()
        self._open.set()

    async def publish(self, notices: Sequence[Notice]) -> None:
        await self._open.wait()
        with ExitStack() as stack:
            for around in self._arounds.values():
                stack.enter_context(around())
            for notice in notices:
                for receive in tuple(self._receivers.values()):
                    receive(notice)

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        key = object()
        self._receivers[key] = receive
        if around is not None:
            self._arounds[key] = around

        def unsubscribe() -> None:
            self._receivers.pop(key, None)
            self._arounds.pop(key, None)

        return unsubscribe

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()


def make_actions(store: SqlStore, bus: Bus, clock: FakeClock, voice: FakeVoiceDesk, attendance: Attendance) -> Actions:
    sessions = SessionCache[SessionRecord]()
    bot_tokens = SessionCache[BotToken]()
    bus.subscribe(bot_tokens.receive)
    bus.subscribe(sessions.receive)
    profiles = Profiles(store, MemoryCache(clock))
    bus.subscribe(profiles.receive)
    word_books = WordBooks()
    bus.subscribe(word_books.receive)
    blobs, images = Blobs(MemoryStore()), Images()
    previewer = Previewer(
        store=store,
        blobs=blobs,
        images=images,
        links=FakeLinks(LinkedPage(title="A page")),
        limiter=Unlimited(),
        clock=clock,
        random_bytes=os.urandom,
        limits=Limits(),
    )
    return Actions(
        store=store,
        bus=bus,
        clock=clock,
        ids=Snowflakes(),
        hasher=PlainHasher(),
        critic=ZxcvbnCritic(),
        limiter=Unlimited(),
        tokens=JwtTokens([SigningKey("test", bytes(range(64)))], issuer="parley.test", lifetime_s=900),
        voice=voice,
        attendance=attendance,
        sessions=sessions,
        bot_tokens=bot_tokens,
        blobs=blobs,
        images=images,
        previewer=previewer,
        sealer=AesSealer(b"s" * 32),
        passkeys=WebAuthnPasskeys(),
        qr_codes=SegnoQrCodes(),
        studio=Studio(Path(tempfile.gettempdir()) / "parley-tests-studio"),
        file_links=SignedFileLinks(b"k" * 32),
        intake=Intake(),
        profiles=profiles,
        word_books=word_books,
        random_bytes=os.urandom,
        pause=asyncio.sleep,
        limits=Limits(),
        settings=Settings(),
    )


@dataclass(frozen=True)
class Person:
    """An account with a log-in."""

    user_id: UserId
    login_id: SessionId
    token: str


class GatewayServer:
    def __init__(
        self, actions: Actions, bus: GatedBus, clock: FakeClock, voice: FakeVoiceDesk, gateway: Gateway, port: int
    ) -> None:
        self.actions = actions
        self.bus = bus
        self.clock = clock
        self.voice = voice
        self.gateway = gateway
        self.port = port
        self.url = f"http://127.0.0.1:{port}/gateway"
        self._numbers = itertools.count(1)
        self._clients = AsyncExitStack()

    async def person(self, name: str) -> Person:
        """A new account."""
        now_ms = self.clock.now_ms()
        me = Me(id=UserId(self.actions.ids.next(now_ms)), username=name, display_name=name.title(), operator=False)
        async with self.actions.store.write() as uow:
            assert await uow.users.add(me, name, "secret")
            grant = await open_session(self.actions, uow, me, Origin(address="127.0.0.1"), now_ms)
        return Person(me.id, grant.session_id, grant.access_token)

    async def client(self, person: Person) -> GatewayClient:
        """Not connected; closed at the end of the test."""
        http = await self._clients.enter_async_context(aiohttp.ClientSession())
        client = GatewayClient(http, self.url, person.token)
        self._clients.push_async_callback(client.close)
        return client

    async def online(self, person: Person) -> GatewayClient:
        """A client that is ready."""
        return await (await self.client(person)).open()

    async def quiet(self, *clients: GatewayClient) -> None:
        """Everything published so far has been dealt with, and is with these clients."""
        await self.gateway.hub.quiet()
        for client in clients:
            await client.beat()

    async def close_clients(self) -> None:
        await self._clients.aclose()


@asynccontextmanager
async def gateway_server(folder: Path, *, rates: Rates = UNHURRIED) -> AsyncIterator[GatewayServer]:
    """On the database in ``folder``, a new one if there is none."""
    bus, clock = GatedBus(), FakeClock()
    voice, attendance = FakeVoiceDesk(bus), Attendance()
    async with sqlite_store(folder, bus) as store:
        actions = make_actions(store, bus, clock, voice, attendance)
        gateway = Gateway(actions, voice, attendance, rates=rates, jitter=lambda: 0.5)

        async def door(request: web.Request) -> web.StreamResponse:
            return await gateway.handle(request, request[VISITOR].address)

        app = web.Application(middlewares=[errors(), guard(DoorPolicy(server_name=None, port=0, secure=False))])
        app.router.add_get("/gateway", door)
        runner = web.AppRunner(app, handler_cancellation=False, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port: int = runner.addresses[0][1]
        await gateway.start()
        server = GatewayServer(actions, bus, clock, voice, gateway, port)
        try:
            yield server
        finally:
            with contextlib.suppress(ConnectionError):
                await server.close_clients()
            await gateway.close()
            await runner.cleanup()
