"""Who reacted to what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TypeAlias

from sqlalchemy import delete, func, select

from db.repos.base import Repository, among, given, portions
from db.tables.messages import reactions
from server.domain.entities import Reaction
from server.domain.ids import ChannelId, MessageId, UserId

_MESSAGE = (reactions.c.channel_id == given("of_channel"), reactions.c.message_id == given("of_message"))
_ONE = (*_MESSAGE, reactions.c.emoji == given("of_emoji"))
_FIRST = func.min(reactions.c.created_ms)

_SINCE = select(reactions.c.emoji, _FIRST.label("since_ms")).where(*_MESSAGE).group_by(reactions.c.emoji)
_REMOVE = delete(reactions).where(*_ONE, reactions.c.user_id == given("of_user"))
_COUNTS = (
    select(reactions.c.message_id, reactions.c.emoji, func.count().label("number"))
    .where(reactions.c.channel_id == given("of_channel"), among(reactions.c.message_id, "message_ids"))
    .group_by(reactions.c.message_id, reactions.c.emoji)
    .order_by(reactions.c.message_id, _FIRST, reactions.c.emoji)
)
_COUNTS_OF_KEYS = (
    select(reactions.c.channel_id, reactions.c.message_id, reactions.c.emoji, func.count().label("number"))
    .where(among(reactions.c.channel_id, "channel_ids"), among(reactions.c.message_id, "message_ids"))
    .group_by(reactions.c.channel_id, reactions.c.message_id, reactions.c.emoji)
    .order_by(reactions.c.channel_id, _FIRST, reactions.c.emoji)
)
_OF_USER = (
    select(reactions.c.message_id, reactions.c.emoji)
    .where(
        reactions.c.channel_id == given("of_channel"),
        among(reactions.c.message_id, "message_ids"),
        reactions.c.user_id == given("of_user"),
    )
    .order_by(reactions.c.message_id, reactions.c.created_ms, reactions.c.emoji)
)
_USERS = (
    select(reactions.c.user_id)
    .where(*_ONE, reactions.c.user_id > given("after"))
    .order_by(reactions.c.user_id)
    .limit(given("at_most"))
)


Key: TypeAlias = tuple[ChannelId, MessageId]


class SqlReactions(Repository):
    __slots__ = ()

    async def add(
        self, channel_id: ChannelId, message_id: MessageId, emoji: str, user_id: UserId, created_ms: int
    ) -> bool:
        since_ms = {
            row.emoji: row.since_ms for row in await self._all(_SINCE, of_channel=channel_id, of_message=message_id)
        }
        # All who react with one emoji carry the time at which it came, so the order stays when the first one goes.
        came_ms = since_ms.get(emoji, max(created_ms, 1 + max(since_ms.values(), default=-1)))
        return await self._insert_unless_there(
            reactions,
            ("channel_id", "message_id", "emoji", "user_id"),
            channel_id=channel_id,
            message_id=message_id,
            emoji=emoji,
            user_id=user_id,
            created_ms=came_ms,
        )

    async def remove(self, channel_id: ChannelId, message_id: MessageId, emoji: str, user_id: UserId) -> bool:
        gone = await self._change(
            _REMOVE, of_channel=channel_id, of_message=message_id, of_emoji=emoji, of_user=user_id
        )
        return gone == 1

    async def of_messages(
        self, channel_id: ChannelId, message_ids: Collection[MessageId]
    ) -> dict[MessageId, tuple[Reaction, ...]]:
        found: defaultdict[MessageId, list[Reaction]] = defaultdict(list)
        for some in portions(message_ids):
            for row in await self._all(_COUNTS, of_channel=channel_id, message_ids=some):
                found[row.message_id].append(Reaction(emoji=row.emoji, count=row.number))
        return {message_id: tuple(some) for message_id, some in found.items()}

    async def of_keys(self, keys: Collection[Key]) -> dict[Key, tuple[Reaction, ...]]:
        """Of messages of many channels."""
        found: defaultdict[Key, list[Reaction]] = defaultdict(list)
        for some in portions(keys):
            channel_ids, message_ids = ({key[part] for key in some} for part in (0, 1))
            rows = await self._all(_COUNTS_OF_KEYS, channel_ids=list(channel_ids), message_ids=list(message_ids))
            for row in rows:
                found[row.channel_id, row.message_id].append(Reaction(emoji=row.emoji, count=row.number))
        return {
            key: tuple(found[key]) for key in keys if key in found
        }  # the same id may stand in another of the channels

    async def of_user(
        self, channel_id: ChannelId, message_ids: Collection[MessageId], user_id: UserId
    ) -> dict[MessageId, tuple[str, ...]]:
        found: defaultdict[MessageId, list[str]] = defaultdict(list)
        for some in portions(message_ids):
            for row in await self._all(_OF_USER, of_channel=channel_id, message_ids=some, of_user=user_id):
                found[row.message_id].append(row.emoji)
        return {message_id: tuple(some) for message_id, some in found.items()}

    async def users(
        self, channel_id: ChannelId, message_id: MessageId, emoji: str, after: UserId | None, limit: int
    ) -> list[UserId]:
        rows = await self._all(
            _USERS, of_channel=channel_id, of_message=message_id, of_emoji=emoji, after=after or 0, at_most=limit
        )
        return [row.user_id for row in rows]
