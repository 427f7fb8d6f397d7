"""Whom messages ping."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, select

from db.repos.base import Repository, among, given, portions
from db.tables.messages import mentions
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.ports import Ping

_IT = (mentions.c.channel_id == given("of_channel"), mentions.c.message_id == given("of_message"))
_ADD = insert(mentions)
_ALL = select(mentions.c.user_id, mentions.c.by_id).where(*_IT)
_TAKE_BACK = delete(mentions).where(*_IT, among(mentions.c.by_id, "by_ids"))


class SqlPings(Repository):
    __slots__ = ()

    async def add(self, channel_id: ChannelId, message_id: MessageId, pings: Collection[Ping]) -> None:
        rows = [
            {"user_id": ping.user_id, "channel_id": channel_id, "message_id": message_id, "by_id": ping.by_id}
            for ping in dict.fromkeys(pings)
        ]
        await self._insert_all(_ADD, rows)

    async def keep(self, channel_id: ChannelId, message_id: MessageId, by_ids: Collection[Snowflake]) -> set[UserId]:
        rows = await self._all(_ALL, of_channel=channel_id, of_message=message_id)
        gone = [row for row in rows if row.by_id not in by_ids]
        for some in portions([row.by_id for row in gone]):
            await self._change(_TAKE_BACK, of_channel=channel_id, of_message=message_id, by_ids=some)
        return {row.user_id for row in gone}
