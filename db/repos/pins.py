"""What was pinned in a channel."""

from __future__ import annotations

from sqlalchemy import and_, delete, func, insert, select, update

from db.repos.base import Repository, given
from db.tables.channels import messages
from db.tables.messages import pins
from server.domain.ids import ChannelId, MessageId, UserId

_IT = and_(pins.c.channel_id == given("of_channel"), pins.c.message_id == given("of_message"))
_THERE = select(pins.c.message_id).where(_IT)
_ADD = insert(pins)
_DELETE = delete(pins).where(_IT)
_MARK = update(messages).where(messages.c.channel_id == given("of_channel"), messages.c.id == given("of_message"))
_OF_CHANNEL = (
    select(pins.c.message_id)
    .where(pins.c.channel_id == given("of_channel"))
    .order_by(pins.c.pinned_ms.desc(), pins.c.message_id.desc())
)
_COUNT = select(func.count()).where(pins.c.channel_id == given("of_channel"))


class SqlPins(Repository):
    __slots__ = ()

    async def add(self, channel_id: ChannelId, message_id: MessageId, pinner_id: UserId, pinned_ms: int) -> bool:
        if await self._first(_THERE, of_channel=channel_id, of_message=message_id) is not None:
            return False
        self._later(_ADD, channel_id=channel_id, message_id=message_id, pinner_id=pinner_id, pinned_ms=pinned_ms)
        self._later(_MARK, of_channel=channel_id, of_message=message_id, pinned=True)
        return True

    async def remove(self, channel_id: ChannelId, message_id: MessageId) -> bool:
        if await self._change(_DELETE, of_channel=channel_id, of_message=message_id) == 0:
            return False
        self._later(_MARK, of_channel=channel_id, of_message=message_id, pinned=False)
        return True

    async def of_channel(self, channel_id: ChannelId) -> list[MessageId]:
        return [row.message_id for row in await self._all(_OF_CHANNEL, of_channel=channel_id)]

    async def count(self, channel_id: ChannelId) -> int:
        row = await self._first(_COUNT, of_channel=channel_id)
        return 0 if row is None else int(row[0])
