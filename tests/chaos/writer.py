"""Somebody who writes, edits, deletes, reacts and reads in several channels at once, and writes down what was acknowledged."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from server.actions.messages import Written
from server.domain.entities import Cursor
from server.domain.ids import ChannelId, MessageId, UserId
from server.domain.sections import Text
from signaling import frames
from signaling.requests import Nothing
from tests.chaos.device import Device, RefusedAgain
from tests.chaos.ledger import Ledger, Note
from tests.support.gateway_client import RequestRefused

_T = TypeVar("_T")

EMOJIS: Final = ("🌻", "👍", "🎉")
RECENT: Final = 30
"""Messages back that are reacted to or marked as unread."""


class Writer:
    """What it does in one channel is done in order; its channels go beside one another."""

    def __init__(
        self, device: Device, ledger: Ledger, name: str, seed: int, others: Sequence[UserId], may_ping_all: bool
    ) -> None:
        self._device = device
        self._ledger = ledger
        self._random = random.Random(seed)
        self._others = others
        self._may_ping_all = may_ping_all
        self._nonces = (f"{name}-{number}" for number in itertools.count(1))

    @property
    def _me(self) -> UserId:
        return self._device.user_id

    async def work(self, channel_id: ChannelId, stop: asyncio.Event) -> None:
        deeds = (self._say, self._edit, self._delete, self._react, self._read, self._mark_unread)
        while not stop.is_set():
            (deed,) = self._random.choices(deeds, (10, 4, 2, 4, 2, 1))
            await deed(channel_id)

    async def _ask(self, kind: type[frames.Request], result: type[_T], **fields: Any) -> tuple[_T, bool]:
        answer, again = await self._device.ask(kind, result, **fields)
        self._ledger.took([again])
        return answer, again

    async def _say(self, channel_id: ChannelId) -> None:
        """A few at once: they come in the order in which they were sent."""
        said = await asyncio.gather(*(self._say_one(channel_id) for _ in range(self._random.randint(1, 3))))
        for note in said:
            self._ledger.written(note)

    async def _say_one(self, channel_id: ChannelId) -> Note:
        nonce = next(self._nonces)
        named = self._random.sample(self._others, self._random.choice((0, 0, 0, 1, 2)))
        everyone = self._may_ping_all and self._random.random() < 0.02
        text = f"{nonce} {_mentions(named)}{' @everyone' if everyone else ''}"
        written, _ = await self._ask(
            frames.CreateMessage, Written, channel_id=channel_id, nonce=nonce, sections=(Text(text),)
        )
        message = written.message
        assert (message.author_id, message.nonce, message.sections) == (self._me, nonce, (Text(text),))
        return Note(message.id, channel_id, self._me, nonce, text, frozenset(named), everyone)

    def _own(self, channel_id: ChannelId) -> Note | None:
        mine = self._ledger.of(self._me, channel_id)
        return self._random.choice(mine[-RECENT:]) if mine else None

    async def _edit(self, channel_id: ChannelId) -> None:
        """Names fewer people than before, if any."""
        note = self._own(channel_id)
        if note is None:
            return
        kept = frozenset(one for one in sorted(note.pinged) if self._random.random() < 0.7)
        text = f"{note.nonce} edited {self._random.getrandbits(32):08x} {_mentions(sorted(kept))}"
        about = {"channel_id": channel_id, "message_id": note.id}
        written, _ = await self._ask(frames.EditMessage, Written, sections=(Text(text),), **about)
        assert written.message.sections == (Text(text),)
        note.text, note.pinged, note.everyone, note.edited = text, kept, False, True

    async def _delete(self, channel_id: ChannelId) -> None:
        note = self._own(channel_id)
        if note is None:
            return
        try:
            await self._ask(frames.DeleteMessage, Nothing, channel_id=channel_id, message_id=note.id)
        except RefusedAgain as refused:
            if refused.code != "unknown_message":
                raise
        note.deleted = True

    async def _react(self, channel_id: ChannelId) -> None:
        message_id = self._recent(channel_id)
        if message_id is None:
            return
        emoji = self._random.choice(EMOJIS)
        users = self._ledger.reactions[channel_id, message_id, emoji]
        kind, result = (frames.RemoveReaction, users.discard) if self._me in users else (frames.AddReaction, users.add)
        try:
            await self._ask(kind, Nothing, channel_id=channel_id, message_id=message_id, emoji=emoji)
        except RequestRefused as refused:
            if refused.code != "unknown_message":  # its author may have deleted it meanwhile
                raise
            return
        result(self._me)

    async def _read(self, channel_id: ChannelId) -> None:
        last_id = self._device.last(channel_id)
        if last_id is not None:
            await self._move(channel_id, last_id, unread=False)

    async def _mark_unread(self, channel_id: ChannelId) -> None:
        message_id = self._recent(channel_id)
        if message_id is None:
            return
        try:
            await self._move(channel_id, message_id, unread=True)
        except RequestRefused as refused:
            if refused.code != "unknown_message":
                raise

    async def _move(self, channel_id: ChannelId, message_id: MessageId, *, unread: bool) -> None:
        about = {"channel_id": channel_id, "message_id": message_id}
        cursor, _ = await self._ask(frames.MoveCursor, Cursor, unread=unread, **about)
        self._ledger.cursors[self._me, channel_id] = cursor.last_read_id

    def _recent(self, channel_id: ChannelId) -> MessageId | None:
        there = self._ledger.there(channel_id)
        return self._random.choice(there[-RECENT:]).id if there else None


def _mentions(user_ids: Sequence[UserId]) -> str:
    return " ".join(f"<@{int(user_id)}>" for user_id in user_ids)
