"""A real client that always comes back: it resumes or identifies anew, and reads what it missed by pages after its last id."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Collection
from typing import Any, Final, TypeVar

import aiohttp

from server.actions.messages import MessagesPage
from server.domain import codec
from server.domain.events import MessageCreate
from server.domain.ids import ChannelId, MessageId, UserId
from signaling import frames
from tests.chaos.lives import Lives
from tests.support.gateway_client import GatewayClient, RequestRefused
from tests.support.waiting import Bell

_T = TypeVar("_T")

GONE: Final = (OSError, aiohttp.ClientError)
"""What one gets from a server that is killed, however far one had come."""

PASSWORD: Final = "a phrase that nobody else would take 7"
LOG_IN_AGAIN_S: Final = 600.0
"""Before an access token ends, after 900 s."""


class Refused(Exception):
    """By REST."""


class RefusedAgain(RequestRefused):
    """A server that was killed before it answered may have done it."""


class Device:
    """``seen`` has the ids of each channel in the order in which this client came to know them."""

    def __init__(self, http: aiohttp.ClientSession, lives: Lives, username: str) -> None:
        self.username = username
        self.seen: dict[ChannelId, list[MessageId]] = {}
        self.resumed = 0
        self.identified = 0
        self._lives = lives
        self._http = http
        self._bell = Bell()
        self._ready = False
        self._read = 0
        """Events that have been looked at."""
        self._caught_up: dict[ChannelId, MessageId] = {}
        self._logged_in_s = -LOG_IN_AGAIN_S
        self._client = GatewayClient(http, f"{lives.url}/gateway", "")
        self._user_id: UserId | None = None
        self._staying: asyncio.Task[None] | None = None

    @property
    def client(self) -> GatewayClient:
        return self._client

    @property
    def user_id(self) -> UserId:
        assert self._user_id is not None, "not logged in yet"
        return self._user_id

    # ------------------------------------------------------------------------------------------------------------- REST

    async def sign_up(self) -> None:
        await self._enter("/api/auth/signup")

    async def _enter(self, path: str) -> None:
        body = {"username": self.username, "password": PASSWORD, "tokens": "body"}
        session = await self.rest("POST", path, body)
        self._client.token = session["access_token"]
        self._user_id = codec.convert(session["me"]["id"], UserId)
        self._logged_in_s = time.monotonic()

    async def rest(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON. Raises :class:`Refused`, or one of :data:`GONE`."""
        return codec.decoder(dict[str, Any]).decode(await self.rest_bytes(method, path, body))

    async def rest_bytes(self, method: str, path: str, body: object = None) -> bytes:
        headers = {"Authorization": f"Bearer {self._client.token}"} if self._client.token else {}
        async with self._http.request(method, self._lives.url + path, json=body, headers=headers) as answer:
            read = await answer.read()
            if answer.status >= 400:
                raise Refused(f"{method} {path}: {read.decode()}")
            return read

    async def page(self, channel_id: ChannelId, after: int) -> MessagesPage:
        """The first page of what is newer."""
        path = f"/api/channels/{int(channel_id)}/messages?after={int(after)}&limit=100"
        return codec.decoder(MessagesPage).decode(await self.rest_bytes("GET", path))

    # ---------------------------------------------------------------------------------------------------------- gateway

    def stay(self, channel_ids: Collection[ChannelId]) -> None:
        """From now on it keeps up with these channels, until :meth:`leave`."""
        self.seen = {channel_id: [] for channel_id in channel_ids}
        self._staying = asyncio.create_task(self._stay())

    async def _stay(self) -> None:
        while True:
            await self._lives.up.wait()
            try:
                await self._open()
                self._ready = True
                self._bell.ring()
                await self._client.until_gone()
            except GONE:
                await asyncio.sleep(0.01)  # a server that is being killed takes connections until it is dead
            if self._ready:
                self._look()
            self._ready = False
            self._read = len(self._client.events)  # what came before the pages that lead to it is dropped

    async def _open(self) -> None:
        if time.monotonic() - self._logged_in_s >= LOG_IN_AGAIN_S:
            await self._enter("/api/auth/login")
        if self._client.session is not None and await self._client.resume():
            self.resumed += 1
            return
        if self._client.session is None:
            await self._client.open()
        self.identified += 1
        try:
            await self._catch_up()
        except GONE:
            self._client.session = None  # nothing to go on from
            raise

    async def _catch_up(self) -> None:
        """Reads by pages; what comes as an event meanwhile is known by then, or comes after."""
        for channel_id, seen in self.seen.items():
            more = True
            while more:
                page = await self.page(channel_id, seen[-1] if seen else 0)
                seen += [message.id for message in page.messages]
                more = page.has_after
            if seen:
                self._caught_up[channel_id] = seen[-1]
        self._look()

    def _look(self) -> None:
        """At the events since the last time. Raises AssertionError when a message comes twice, or behind one that is known."""
        events = self._client.events
        for event in itertools.islice(events, self._read, None):
            if isinstance(event, MessageCreate):
                self._note(event.message.channel_id, event.message.id)
        self._read = len(events)

    def _note(self, channel_id: ChannelId, message_id: MessageId) -> None:
        seen = self.seen[channel_id]
        if not seen or message_id > seen[-1]:
            seen.append(message_id)
            return
        known = message_id <= self._caught_up.get(channel_id, 0) and message_id in seen
        assert known, f"{self.username}: message {message_id} came behind {seen[-1]} of channel {channel_id}"

    def last(self, channel_id: ChannelId) -> MessageId | None:
        """The newest message that it knows of."""
        if self._ready:  # before that pages are read
            self._look()
        seen = self.seen[channel_id]
        return seen[-1] if seen else None

    async def until_ready(self) -> None:
        await self._bell.until(lambda: self._ready or self._failed)
        self.check()

    @property
    def _failed(self) -> bool:
        return self._staying is not None and self._staying.done()

    def check(self) -> None:
        """Raises what went wrong in the background."""
        if self._staying is not None and self._staying.done():
            self._staying.result()

    async def cut(self) -> None:
        """The line breaks; the server lives on, and can be resumed."""
        if self._ready:
            await self._client.cut()

    async def ask(self, kind: type[frames.Request], result: type[_T], **fields: Any) -> tuple[_T, bool]:
        """Asks until there is an answer; and whether it was asked before, and perhaps done.

        Raises :class:`RequestRefused`.
        """
        again = False
        while True:
            await self.until_ready()
            try:
                return await self._client.request(kind, result, **fields), again
            except RequestRefused as refused:
                if refused.code != "rate_limited":
                    raise (RefusedAgain if again else RequestRefused)(refused.body) from refused
                await asyncio.sleep(refused.data["retry_after_s"])
            except GONE:
                again = True
                await asyncio.sleep(0)

    async def settle(self) -> None:
        """What the server had sent is here."""
        await self.until_ready()
        await self._client.beat()
        if self._ready:
            self._look()

    async def leave(self) -> None:
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.gather(self._staying, return_exceptions=True)
        await self._client.close()
