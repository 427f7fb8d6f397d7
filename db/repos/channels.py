"""Channels and their overwrites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from db.repos.base import Repository, portions
from db.tables.channels import channels, overwrites
from server.domain.entities import Channel, ChannelKind, Overwrite
from server.domain.ids import ChannelId, GroupId, MessageId, Snowflake


def _channel(row: Row[Any], its_overwrites: Sequence[Overwrite]) -> Channel:
    return Channel(
        id=row.id,
        group_id=row.group_id,
        kind=ChannelKind(row.kind),
        name=row.name,
        topic=row.topic,
        position=row.position,
        overwrites=tuple(its_overwrites),
        last_message_id=row.last_message_id,
    )


class SqlChannels(Repository):
    __slots__ = ()

    async def add(self, channel: Channel) -> None:
        await self._change(
            insert(channels).values(
                id=channel.id,
                group_id=channel.group_id,
                kind=channel.kind.value,
                name=channel.name,
                topic=channel.topic,
                position=channel.position,
                last_message_id=channel.last_message_id,
            )
        )
        rows = [
            {"channel_id": channel.id, "target": o.target, "target_id": o.target_id, "allow": o.allow, "deny": o.deny}
            for o in channel.overwrites
        ]
        await self._insert_all(insert(overwrites), rows)

    async def get(self, channel_id: ChannelId) -> Channel | None:
        found = await self._where(channels.c.id == channel_id)
        return found[0] if found else None

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Channel]:
        found: list[Channel] = []
        for some in portions(group_ids):
            found += await self._where(channels.c.group_id.in_(some))
        return sorted(found, key=lambda channel: (channel.group_id, channel.position, channel.id))

    async def update(self, channel: Channel) -> None:
        await self._change(
            update(channels)
            .where(channels.c.id == channel.id)
            .values(name=channel.name, topic=channel.topic, position=channel.position)
        )

    async def delete(self, channel_id: ChannelId) -> None:
        await self._change(delete(channels).where(channels.c.id == channel_id))  # the rest goes by its references

    async def put_overwrite(self, channel_id: ChannelId, overwrite: Overwrite) -> None:
        values = {
            "channel_id": channel_id,
            "target": overwrite.target,
            "target_id": overwrite.target_id,
            "allow": overwrite.allow,
            "deny": overwrite.deny,
        }
        await self._insert_or_update(
            overwrites, values, key=["channel_id", "target", "target_id"], update=["allow", "deny"]
        )

    async def delete_overwrite(
        self, channel_id: ChannelId, target: Literal["role", "member"], target_id: Snowflake
    ) -> bool:
        gone = await self._change(
            delete(overwrites).where(
                overwrites.c.channel_id == channel_id,
                overwrites.c.target == target,
                overwrites.c.target_id == target_id,
            )
        )
        return gone == 1

    async def lock_writer(self, channel_id: ChannelId) -> MessageId | None:
        # SQLite has one writer at a time, and its dialect leaves FOR UPDATE out.
        row = await self._first(select(channels.c.last_message_id).where(channels.c.id == channel_id).with_for_update())
        return None if row is None else row.last_message_id

    async def _where(self, condition: ColumnElement[bool]) -> list[Channel]:
        rows = await self._all(select(channels).where(condition))
        if not rows:
            return []
        of_channel: defaultdict[Snowflake, list[Overwrite]] = defaultdict(list)
        joined = (
            select(overwrites)
            .join_from(overwrites, channels)
            .where(condition)
            .order_by(overwrites.c.channel_id, overwrites.c.target, overwrites.c.target_id)
        )
        for row in await self._all(joined):
            of_channel[row.channel_id].append(
                Overwrite(target=row.target, target_id=row.target_id, allow=row.allow, deny=row.deny)
            )
        return [_channel(row, of_channel[row.id]) for row in rows]
