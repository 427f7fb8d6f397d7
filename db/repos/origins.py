"""Where forwards were copied from."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from db.repos.base import Repository, given
from db.tables.messages import message_origins
from server.domain.ids import ChannelId, MessageId
from server.ports import CopiedFrom

_IT = (message_origins.c.channel_id == given("of_channel"), message_origins.c.message_id == given("of_message"))
_ADD = insert(message_origins)
_GET = select(message_origins.c.origin_channel_id, message_origins.c.origin_message_id).where(*_IT)
_DELETE = delete(message_origins).where(*_IT)


class SqlOrigins(Repository):
    __slots__ = ()

    async def add(self, channel_id: ChannelId, message_id: MessageId, origin: CopiedFrom) -> None:
        self._later(
            _ADD,
            channel_id=channel_id,
            message_id=message_id,
            origin_channel_id=origin.channel_id,
            origin_message_id=origin.message_id,
        )

    async def get(self, channel_id: ChannelId, message_id: MessageId) -> CopiedFrom | None:
        row = await self._first(_GET, of_channel=channel_id, of_message=message_id)
        return None if row is None else CopiedFrom(row.origin_channel_id, row.origin_message_id)

    async def delete(self, channel_id: ChannelId, message_id: MessageId) -> None:
        self._later(_DELETE, of_channel=channel_id, of_message=message_id)
