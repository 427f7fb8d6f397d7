"""How far people have read."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, func, select

from db.repos.base import Repository, among, given, portions
from db.tables.accounts import users
from db.tables.channels import channels, cursors, messages
from server.domain.entities import Cursor
from server.domain.ids import ChannelId, MessageId, UserId

_OF_USER = select(cursors.c.channel_id, cursors.c.message_id).where(
    cursors.c.user_id == given("of_user"), among(cursors.c.channel_id, "channel_ids")
)
_AFTER_CURSOR = (
    # For each channel one range of the messages' key, from the cursor on; nothing is grouped or sorted.
    select(func.count())
    .where(
        messages.c.channel_id == channels.c.id,
        messages.c.id > func.coalesce(cursors.c.message_id, 0),
        messages.c.author_id != given("of_user"),
    )
    .correlate(channels, cursors)
    .scalar_subquery()
)
_UNREAD = (
    select(channels.c.id, _AFTER_CURSOR.label("number"))
    .join_from(
        channels,
        cursors,
        and_(cursors.c.channel_id == channels.c.id, cursors.c.user_id == given("of_user")),
        isouter=True,
    )
    .where(among(channels.c.id, "channel_ids"))
)
_AFTER_CURSOR_OF_READER = (
    select(func.count())
    .where(
        messages.c.channel_id == given("in_channel"),
        messages.c.id > func.coalesce(cursors.c.message_id, 0),
        messages.c.author_id != users.c.id,
    )
    .correlate(users, cursors)
    .scalar_subquery()
)
_OF_READERS = (
    select(users.c.id, cursors.c.message_id, _AFTER_CURSOR_OF_READER.label("number"))
    .join_from(
        users,
        cursors,
        and_(cursors.c.user_id == users.c.id, cursors.c.channel_id == given("in_channel")),
        isouter=True,
    )
    .where(among(users.c.id, "user_ids"))
)


class SqlCursors(Repository):
    __slots__ = ()

    async def of_user(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, MessageId]:
        found: dict[ChannelId, MessageId] = {}
        for some in portions(channel_ids):
            rows = await self._all(_OF_USER, of_user=user_id, channel_ids=some)
            found.update((row.channel_id, row.message_id) for row in rows)
        return found

    async def set(self, user_id: UserId, channel_id: ChannelId, message_id: MessageId) -> None:
        await self._insert_or_update(
            cursors,
            ("user_id", "channel_id"),
            ("message_id",),
            user_id=user_id,
            channel_id=channel_id,
            message_id=message_id,
        )

    async def unread(self, user_id: UserId, channel_ids: Collection[ChannelId]) -> dict[ChannelId, int]:
        found = dict.fromkeys(channel_ids, 0)
        for some in portions(channel_ids):
            rows = await self._all(_UNREAD, of_user=user_id, channel_ids=some)
            found.update((row.id, row.number) for row in rows)
        return found

    async def of_readers(self, channel_id: ChannelId, user_ids: Collection[UserId]) -> dict[UserId, Cursor]:
        found: dict[UserId, Cursor] = {}
        for some in portions(user_ids):
            for row in await self._all(_OF_READERS, in_channel=channel_id, user_ids=some):
                found[row.id] = Cursor(channel_id=channel_id, last_read_id=row.message_id, unread=row.number)
        return found
