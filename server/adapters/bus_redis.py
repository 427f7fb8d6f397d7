"""The bus of several processes, over the publish and subscribe of Redis.

While the line to Redis is up every notice goes through it, those for this process's own subscribers too: that is what makes one
order for all. While it is down, notices reach the subscribers in the process that published them and nobody else. Whoever may
have missed some is told by a :class:`server.domain.events.Gap`: this process, once it listens again, and everybody, of what it
could not say.

There is one topic for everything. Topics for groups and users would spare a process what its own sockets do not need, but to
subscribe would become a step that every snapshot waits for, and contacts, log-ins, caches and voice concern processes that hold
none of a user's sockets.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from server.adapters.bus_memory import MemoryBus
from server.adapters.redis_client import FAILURES
from server.domain import codec
from server.domain.events import Gap, Notice
from server.ports import Around

HEARD_WITHIN_S: Final = 3.0
"""What was published has come back by then, or the line is down. So long one commit waits for a Redis that hangs."""
WATCH_S: Final = 5.0
"""How often a silent line is tried, and others are looked for."""
RETRY_FIRST_S: Final = 0.5
RETRY_LAST_S: Final = 5.0

_log = structlog.get_logger(__name__)


class _Parcel(msgspec.Struct, frozen=True):
    """What is published at once."""

    sender: str
    notices: tuple[msgspec.Raw, ...]


class _Publication(NamedTuple):
    notices: tuple[Notice, ...]
    done: asyncio.Future[None] | None = None
    """Who published it waits for this. None: the bus's own."""


_parcels: Final[msgspec.json.Decoder[_Parcel]] = codec.decoder(_Parcel)
_notices: Final[msgspec.json.Decoder[Notice]] = codec.decoder(Notice)


class LineDown(Exception):
    """Something may have been missed."""


class RedisBus:
    """Implements :class:`server.ports.Bus`. Call :meth:`open` before use and :meth:`close` at the end.

    As with the memory bus, delivery here is over when :meth:`publish` returns; it raises nothing when Redis is away.
    """

    def __init__(self, redis: Redis, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """All processes of one server, and nobody else, use the same database of the same Redis. ``pause`` as
        :func:`asyncio.sleep`."""
        self._redis = redis
        self._pause = pause
        database = redis.connection_pool.connection_kwargs.get("db", 0)  # topics know of no databases
        self._topic = f"parley:{database}:notices"
        self._listening = f"parley:{database}:listening"
        """A set of senders, and the first part of a topic that each of them has: so Redis knows whose line is up."""
        self._process = secrets.token_hex(8)
        self._lives = itertools.count(1)
        self._sender = ""
        """This process in this life of its line."""
        self._up = False
        self._owes_gap = False
        """Others do not know all that this process has published."""
        self._local = MemoryBus()
        self._waiting: list[_Publication] = []
        self._under_way: list[_Publication] = []
        self._filled = asyncio.Event()
        self._heard = asyncio.Event()
        self._living: asyncio.Task[None] | None = None

    # --------------------------------------------------------------------------------------------------------------- bus

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        return self._local.subscribe(receive, around)

    async def publish(self, notices: Sequence[Notice]) -> None:
        if not notices:
            return
        if not self._up:
            self._owes_gap = True
            self._local.deliver(notices)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._enqueue(_Publication(tuple(notices), done))
        await done

    def _enqueue(self, publication: _Publication) -> None:
        self._waiting.append(publication)
        self._filled.set()

    # -------------------------------------------------------------------------------------------------------------- life

    async def open(self) -> None:
        """Raises one of :data:`server.adapters.redis_client.FAILURES` when Redis cannot be used now."""
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._living = asyncio.create_task(self._live(opened), name="bus")
        await opened

    async def close(self) -> None:
        """What is published from now on stays in this process."""
        if self._living is None:
            return
        self._living.cancel()
        await asyncio.wait((self._living,))
        self._living = None
        if not self._owes_gap:  # else it leaves without a word, and the others see to it that all are told
            with contextlib.suppress(*FAILURES):
                await self._redis.srem(self._listening, self._sender)

    async def _live(self, opened: asyncio.Future[None]) -> None:
        wait_s = RETRY_FIRST_S
        while True:
            try:
                async with self._line() as pubsub:
                    if not opened.done():
                        await self._bury(await self._gone())
                        self._up = True
                        opened.set_result(None)
                    else:
                        self._rise()
                    wait_s = RETRY_FIRST_S
                    await _until_one_fails(self._send(), self._hear(pubsub), self._watch())
            except Exception as error:
                if not opened.done():
                    opened.set_exception(error)
                    return
                if self._up:
                    _log.warning("bus.down", error=type(error).__name__)
            finally:
                self._fall()
            await self._pause(wait_s)
            wait_s = min(2 * wait_s, RETRY_LAST_S)

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[PubSub]:
        """Listens, and is seen to."""
        sender = f"{self._process}:{next(self._lives)}"
        pubsub = self._redis.pubsub()
        try:
            await pubsub.subscribe(f"{self._listening}:{sender}", self._topic)
            for _ in range(2):
                if await pubsub.get_message(timeout=HEARD_WITHIN_S) is None:
                    raise LineDown
            await self._redis.sadd(self._listening, sender)
            if self._sender:
                await self._redis.srem(self._listening, self._sender)
            self._sender = sender
            yield pubsub
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]

    def _rise(self) -> None:
        self._up = True
        _log.info("bus.up")
        if self._owes_gap:
            self._filled.set()
        else:
            self._local.deliver((Gap(),))

    def _fall(self) -> None:
        """What may not have reached the others reaches those here, in its order."""
        self._up = False
        left = [*self._under_way, *self._waiting]
        self._under_way, self._waiting = [], []
        for publication in left:
            if publication.done is not None:
                self._owes_gap = True
                self._local.deliver(publication.notices)
                _resolve(publication)

    # -------------------------------------------------------------------------------------------------- while it is up

    async def _send(self) -> None:
        """One parcel at a time, with all that has gathered since the last one."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            self._heard.clear()
            self._under_way, self._waiting = self._waiting, []
            gap = self._owes_gap
            if gap:
                self._under_way.insert(0, _Publication((Gap(),)))
            notices = (notice for publication in self._under_way for notice in publication.notices)
            parcel = _Parcel(self._sender, tuple(msgspec.Raw(codec.encode(notice)) for notice in notices))
            async with asyncio.timeout(HEARD_WITHIN_S):
                await self._redis.publish(self._topic, codec.encode(parcel))
                await self._heard.wait()
            self._owes_gap &= not gap

    async def _hear(self, pubsub: PubSub) -> None:
        async for message in pubsub.listen():
            if message["type"] != "message":
                raise LineDown  # the library has subscribed anew by itself
            self._take(_parcels.decode(message["data"]))

    def _take(self, parcel: _Parcel) -> None:
        if parcel.sender == self._sender:
            arrived, self._under_way = self._under_way, []
            for publication in arrived:
                self._local.deliver(publication.notices)
                _resolve(publication)
            self._heard.set()
        elif not parcel.sender.startswith(self._process):  # of an earlier life of the line: delivered when that ended
            self._local.deliver(_decoded(parcel.notices))

    async def _watch(self) -> None:
        """Tries a line on which nobody says anything, and looks for those who ended without a word."""
        missing: set[str] = set()
        while True:
            await self._pause(WATCH_S)
            self._enqueue(_Publication(()))
            gone = await self._gone()
            await self._bury(missing & gone)  # missing twice: not one that is just coming back
            missing = gone

    async def _gone(self) -> set[str]:
        known = {_text(sender) for sender in await self._redis.smembers(self._listening)}
        topics = [_text(topic) for topic in await self._redis.pubsub_channels(f"{self._listening}:*")]
        return known - {topic.removeprefix(f"{self._listening}:") for topic in topics}

    async def _bury(self, gone: set[str]) -> None:
        """They may have died between a commit and its notices. One of those who find them so tells everybody."""
        if gone and await self._redis.srem(self._listening, *gone):
            self._owes_gap = True
            self._filled.set()


async def _until_one_fails(*work: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _decoded(raw: Sequence[msgspec.Raw]) -> list[Notice]:
    notices: list[Notice] = []
    for each in raw:
        try:
            notices.append(_notices.decode(each))
        except msgspec.MsgspecError:
            _log.warning("bus.unknown_notice")  # of a newer Parley, and so of nothing that this one's clients know
    return notices


def _resolve(publication: _Publication) -> None:
    if publication.done is not None and not publication.done.done():
        publication.done.set_result(None)


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name
