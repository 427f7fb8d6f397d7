"""The one place where adapters are made and joined. Importing it makes nothing; neither aiortc, av nor numpy comes in with it."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from db.errors import DatabaseError
from db.store import SqlStore, open_store
from media.control import NodeConfig
from parley import __version__, data_folder
from parley.admin import door as admin_door
from parley.config import MetricsSettings, Settings
from parley.failures import CannotStart
from parley.files import open_files
from parley.housekeeping import Chore, keep_house
from parley.mail import open_mailer
from parley.media_process import MediaProcess
from parley.owner import owner_token, owner_token_hash
from parley.request_log import log_request
from parley.shared import open_shared, worker
from parley.signing_keys import signing_keys
from parley.tls import Certificate
from server.actions.context import Actions
from server.actions.context import Settings as ActionSettings
from server.actions.factors import do_forget_half_done
from server.actions.farewell import do_finish_deletions
from server.actions.files import do_collect_files, do_sweep_bytes
from server.actions.intake import Intake
from server.actions.portraits import do_collect_profile_pictures
from server.actions.postman import Postman
from server.actions.previewer import Previewer
from server.actions.previews import do_collect_previews
from server.actions.profiles import Profiles
from server.actions.session_cache import SessionCache
from server.actions.sessions import do_forget_expired
from server.actions.uploads import do_collect_uploads
from server.actions.warming import warm_up
from server.actions.word_books import WordBooks
from server.adapters.blobs import Blobs
from server.adapters.clock import SystemClock
from server.adapters.file_links import SignedFileLinks
from server.adapters.images import Images
from server.adapters.link_reader import WebLinkReader
from server.adapters.passkeys import WebAuthnPasskeys
from server.adapters.password_critic import ZxcvbnCritic
from server.adapters.passwords import Argon2Hasher
from server.adapters.qr_codes import SegnoQrCodes
from server.adapters.rate_limits import RateLimits
from server.adapters.safe_web import SafeWeb, SystemResolver, world
from server.adapters.sealing import KEY_BYTES, AesSealer
from server.adapters.studio import desk as studio
from server.adapters.tokens import JwtTokens, SigningKey
from server.domain.errors import ParleyError
from server.domain.ids import Snowflakes
from server.domain.limits import Limits
from server.domain.rates import RATES
from server.http.app import create_app
from server.http.door import Door
from server.http.middleware import Watcher
from server.http.static import WebClient
from server.http.visitor import DoorPolicy
from server.ports import BotToken, Bus, Cache, Clock, Mailer, SessionRecord
from signaling.attendance import Attendance
from signaling.session import HEARTBEAT_INTERVAL_S
from signaling.voice.desk import Desk
from signaling.voice.roster import Roster
from signaling.ws import Gateway

if TYPE_CHECKING:  # who wants no metrics does without the library
    from parley.metrics.instruments import Instruments
    from parley.metrics.readings import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What is read from the disk before there is an event loop that it could block."""

    signing_keys: list[SigningKey]
    """The newest first."""
    sealer: AesSealer
    owner_token: str
    web_client: WebClient


def gather_materials(settings: Settings) -> Materials:
    """Makes the secrets on the first start. Raises :class:`CannotStart`."""
    data = settings.storage.data
    keys = signing_keys(data, time.time(), lambda: secrets.token_bytes(32))
    factors = data_folder.secret(data, "factors.key", lambda: secrets.token_bytes(KEY_BYTES))
    owner = data_folder.secret(data, "owner.key", lambda: secrets.token_bytes(32))
    try:
        sealer = AesSealer(factors)
    except ValueError as error:
        raise CannotStart(f"The secret {data / 'secrets' / 'factors.key'} is damaged: {error}.") from None
    return Materials(
        signing_keys=keys,
        sealer=sealer,
        owner_token=owner_token(owner),
        web_client=WebClient(_web_client_folder(settings)),
    )


def _web_client_folder(settings: Settings) -> Path | None:
    """The one that was named; else the one in the package; else the one built beside the sources."""
    named = settings.http.web
    if named is not None:
        if not (named / "index.html").is_file():
            raise CannotStart(f"PARLEY_WEB: there is no index.html in {named}. Name the folder of a built web client.")
        return named
    package = Path(__file__).parent
    for folder in (package / "web", package.parent / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The adapters that are opened and closed."""

    clock: Clock
    store: SqlStore
    bus: Bus
    cache: Cache
    mailer: Mailer
    hasher: Argon2Hasher
    critic: ZxcvbnCritic
    images: Images
    blobs: Blobs
    links: WebLinkReader | None
    """None: no previews."""
    passkeys: WebAuthnPasskeys
    qr_codes: SegnoQrCodes
    limiter: RateLimits
    studio: studio.Studio


def _instruments(settings: Settings, outside: Outside) -> Instruments | None:
    """None where nobody asked for metrics."""
    if settings.metrics is None:
        return None
    from parley.metrics.instruments import Instruments

    instruments = Instruments(__version__)
    outside.bus.subscribe(instruments.receive)
    outside.store.watch = instruments.unit
    outside.store.commits.watch = instruments.commit
    return instruments


class Service:
    """Everything joined, not started yet."""

    def __init__(
        self, settings: Settings, materials: Materials, outside: Outside, certificate: Certificate | None
    ) -> None:
        self._settings = settings
        self._materials = materials
        self._store = outside.store
        self._media = MediaProcess(NodeConfig(port=settings.media.port, public_ip=settings.media.public_ip))
        roster, attendance = Roster(), Attendance()
        self._actions = _actions(settings, materials, outside, roster, attendance)
        self._postman = Postman(outside.store, outside.mailer, outside.clock)
        outside.bus.subscribe(self._postman.receive)
        self._desk = Desk(self._actions, roster, [self._media])
        policy = DoorPolicy(
            server_name=settings.server_name,
            port=settings.http.port,
            secure=settings.scheme == "https",
            trusted_proxies=settings.http.trusted_proxies,
        )
        self._limiter = outside.limiter
        self._stopping = False
        began_s = outside.clock.monotonic_s()
        self._instruments = _instruments(settings, outside)
        self._gateway = Gateway(self._actions, self._desk, attendance, jitter=random.random)
        self.media_port = settings.media.port
        self.metrics_port: int | None = None
        door = Door(
            actions=self._actions,
            policy=policy,
            version=__version__,
            heartbeat_interval_ms=int(HEARTBEAT_INTERVAL_S * 1000),
            health=self._health,
            gateway=self._gateway.handle,
            web_client=materials.web_client,
            strict_transport=lambda: certificate is not None and certificate.is_public,
            uptime_s=lambda: outside.clock.monotonic_s() - began_s,
            stopping=lambda: self._stopping,
            watchers=self._watchers(),
        )
        self.app: web.Application = create_app(door)

    async def start(self, stack: AsyncExitStack) -> None:
        """Mail, voice and the gateway; ``stack`` undoes it. Raises :class:`CannotStart`."""
        await warm_up(self._actions)
        self._actions.previewer.start()
        stack.push_async_callback(self._actions.previewer.close)
        self._postman.start()
        stack.push_async_callback(self._postman.close)
        await self._gateway.start()
        stack.push_async_callback(self._gateway.close)
        self._desk.open()
        stack.push_async_callback(self._desk.close)
        stack.push_async_callback(self._media.stop)
        ready = await self._media.start()
        self.media_port = ready.candidates[0].port if ready.candidates else self._settings.media.port
        stack.push_async_callback(self._gateway.drain)
        await admin_door.open_door(self._settings.storage.data, self._actions, stack)
        if self._settings.metrics is not None and self._instruments is not None:
            await self._listen(self._settings.metrics, self._instruments, stack)

    def stop(self) -> None:
        """Whoever asks is told from now on that this process is on its way out."""
        self._stopping = True

    # ---------------------------------------------------------------------------------------------------------- watching

    def _watchers(self) -> list[Watcher]:
        watchers: list[Watcher] = [log_request] if self._settings.log.requests else []
        if self._instruments is not None:
            watchers.append(self._instruments.request)
        return watchers

    async def _listen(self, settings: MetricsSettings, instruments: Instruments, stack: AsyncExitStack) -> None:
        from parley.metrics.listener import listen, watching_lag
        from parley.metrics.readings import Readings

        readings = Readings()
        instruments.registry.register(readings)

        async def look() -> None:
            readings.reading = await self._reading()

        self.metrics_port = await listen(settings, instruments.registry, look, stack)
        watching_lag(instruments.lag, stack)

    async def _reading(self) -> Reading:
        from parley.metrics.readings import Reading

        hub, actions = self._gateway.hub, self._actions
        try:
            async with self._store.read() as reader:
                mails_waiting = await reader.mails.waiting()
        except ParleyError:
            mails_waiting = None
        return Reading(
            sockets=self._gateway.sockets,
            sessions=len(hub.sessions),
            people=len(hub.users),
            events=hub.delivery.events,
            units_waiting=self._store.commits.waiting,
            mails_waiting=mails_waiting,
            limited=dict(self._limiter.refused),
            caches={
                "profiles": (actions.profiles.hits, actions.profiles.misses),
                "sessions": (actions.sessions.hits, actions.sessions.misses),
            },
            media_up=self._media.ok,
            media_restarts=self._media.restarts,
            media=await self._media.stats(),
        )

    # ------------------------------------------------------------------------------------------------------------- state

    async def owner_token(self) -> str | None:
        """While there is no operator."""
        async with self._store.read() as reader:
            return None if await reader.users.any_operator() else self._materials.owner_token

    @property
    def has_web_client(self) -> bool:
        return self._materials.web_client.built

    async def _health(self) -> Mapping[str, str]:
        return {"media": "ok" if self._media.ok else "restarting", "database": await self._database_state()}

    async def _database_state(self) -> str:
        try:
            await self._store.ping()
        except ParleyError:
            return "unavailable"
        return "ok"

    def housekeeping(self) -> asyncio.Task[None]:
        """Cancel it to end it."""
        chores: dict[str, Chore] = {
            "sessions": lambda: do_forget_expired(self._actions),
            "tickets": lambda: do_forget_half_done(self._actions),
            "uploads": lambda: do_collect_uploads(self._actions),
            "deletions": lambda: do_finish_deletions(self._actions),
            "files": lambda: do_collect_files(self._actions),
            "profile pictures": lambda: do_collect_profile_pictures(self._actions),
            "previews": lambda: do_collect_previews(self._actions),
            "bytes": lambda: do_sweep_bytes(self._actions),
        }
        return asyncio.create_task(keep_house(chores, asyncio.sleep), name="housekeeping")


async def build(
    settings: Settings,
    materials: Materials,
    certificate: Certificate | None,
    stack: AsyncExitStack,
    announce: Callable[[str], None],
) -> Service:
    """Opens the database and joins everything to it; ``stack`` closes what was opened. Raises :class:`CannotStart`.

    ``announce`` shows one line to the person who started the server.
    """
    clock = SystemClock()
    bus, cache = await open_shared(settings.storage.redis_url, clock, stack)
    try:
        storage = settings.storage
        store = await open_store(
            storage.database_url, bus=bus, password=storage.database_password, ca=storage.database_ca
        )
    except DatabaseError as error:
        raise CannotStart(str(error)) from None
    stack.push_async_callback(store.close)
    hasher = await asyncio.to_thread(Argon2Hasher)
    stack.callback(hasher.close)
    critic = await asyncio.to_thread(ZxcvbnCritic)
    stack.callback(critic.close)
    client_name = (settings.server_name or "localhost").partition(":")[0]
    mailer = await open_mailer(settings.mail, client_name, clock, announce)
    images = Images()
    stack.callback(images.close)
    passkeys, qr_codes = WebAuthnPasskeys(), SegnoQrCodes()
    stack.callback(passkeys.close)
    stack.callback(qr_codes.close)
    blobs = await open_files(settings.files, settings.storage.data)
    looked_at = settings.storage.data / "studio"
    await asyncio.to_thread(studio.empty, looked_at)
    outside = Outside(
        clock=clock,
        store=store,
        bus=bus,
        cache=cache,
        mailer=mailer,
        hasher=hasher,
        critic=critic,
        images=images,
        blobs=blobs,
        links=_link_reader(settings, stack) if settings.previews.enabled else None,
        passkeys=passkeys,
        qr_codes=qr_codes,
        limiter=RateLimits(RATES, clock),
        studio=studio.Studio(looked_at),
    )
    return Service(settings, materials, outside, certificate)


def _link_reader(settings: Settings, stack: AsyncExitStack) -> WebLinkReader:
    own_names = frozenset({settings.server_name.partition(":")[0]}) if settings.server_name else frozenset()
    reach = world(frozenset(settings.previews.ports), own_names, frozenset(settings.media.public_ip))
    resolver = SystemResolver()
    stack.callback(resolver.close)
    reader = WebLinkReader(SafeWeb(reach, f"Parley/{__version__} (link previews; +{settings.address})", resolver))
    stack.callback(reader.close)
    return reader


def _actions(
    settings: Settings, materials: Materials, outside: Outside, roster: Roster, attendance: Attendance
) -> Actions:
    sessions = SessionCache[SessionRecord]()
    bot_tokens = SessionCache[BotToken]()
    profiles = Profiles(outside.store, outside.cache)
    word_books = WordBooks()
    limiter = outside.limiter
    previewer = Previewer(
        store=outside.store,
        blobs=outside.blobs,
        images=outside.images,
        links=outside.links,
        limiter=limiter,
        clock=outside.clock,
        random_bytes=secrets.token_bytes,
        limits=Limits(),
    )
    for receive in (
        sessions.receive,
        bot_tokens.receive,
        profiles.receive,
        word_books.receive,
    ):  # before the gateway, which asks them
        outside.bus.subscribe(receive)
    return Actions(
        store=outside.store,
        bus=outside.bus,
        clock=outside.clock,
        ids=Snowflakes(worker(settings.storage.redis_url)),
        hasher=outside.hasher,
        critic=outside.critic,
        blobs=outside.blobs,
        images=outside.images,
        limiter=limiter,
        sealer=materials.sealer,
        passkeys=outside.passkeys,
        qr_codes=outside.qr_codes,
        tokens=JwtTokens(materials.signing_keys, issuer=settings.server_name or "parley"),
        studio=outside.studio,
        file_links=SignedFileLinks(materials.signing_keys[0].secret),
        intake=Intake(),
        voice=roster,
        attendance=attendance,
        sessions=sessions,
        bot_tokens=bot_tokens,
        profiles=profiles,
        word_books=word_books,
        previewer=previewer,
        random_bytes=secrets.token_bytes,
        limits=Limits(file_max_bytes=settings.files.max_bytes, file_quota_bytes=settings.files.quota_bytes),
        pause=asyncio.sleep,
        settings=ActionSettings(
            address=settings.address,
            files_origin=settings.files.origin or "",
            sign_up=settings.accounts.sign_up,
            email=settings.accounts.email,
            bots=settings.accounts.bots,
            deletion_grace_s=settings.accounts.deletion_grace_days * 86_400,
            owner_token_hash=owner_token_hash(materials.owner_token),
        ),
    )
