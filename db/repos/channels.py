"""Channels and their overwrites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Literal

from sqlalchemy import Executable, Row, delete, insert, select, update

from db.connection import Step
from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions, step
from db.repos.levels import FORGET_OF_CHANNEL
from db.repos.search import forgetting_channel
from db.tables.channels import channels, overwrites, slow_mode_marks
from server.domain.entities import Channel, ChannelKind, Overwrite
from server.domain.ids import ChannelId, GroupId, MessageId, Snowflake, UserId

_ADD = insert(channels)
_ADD_OVERWRITES = insert(overwrites)
_GET = select(channels).where(channels.c.id == given("channel_id"), channels.c.group_id.is_not(None))
_OVERWRITES = select(overwrites).where(overwrites.c.channel_id == given("channel_id"))
_OF_GROUPS = select(channels).where(among(channels.c.group_id, "group_ids"))
_OVERWRITES_OF_GROUPS = (
    select(overwrites).join_from(overwrites, channels).where(among(channels.c.group_id, "group_ids"))
)
_SET = update(channels).where(channels.c.id == given("of_channel"))
_DELETE = delete(channels).where(channels.c.id == given("channel_id"))
_DELETE_OVERWRITE = delete(overwrites).where(
    overwrites.c.channel_id == given("channel_id"),
    overwrites.c.target == given("target"),
    overwrites.c.target_id == given("target_id"),
)
_WRITTEN = select(slow_mode_marks.c.last_ms).where(
    slow_mode_marks.c.channel_id == given("channel_id"), slow_mode_marks.c.user_id == given("user_id")
)
LOCK_WRITER = (
    # SQLite has one writer at a time, and its dialect leaves FOR UPDATE out.
    select(channels.c.last_message_id).where(channels.c.id == given("channel_id")).with_for_update()
)


def _channel(row: Row[Any], its_overwrites: Sequence[Overwrite]) -> Channel:
    try:
        kind = ChannelKind(row.kind)
    except ValueError as error:
        raise CorruptRow(f"channel {row.id} is of no kind that is known here") from error
    return Channel(
        id=row.id,
        group_id=row.group_id,
        kind=kind,
        name=row.name,
        topic=row.topic,
        position=row.position,
        category_id=row.category_id,
        slow_mode_s=row.slow_mode_s,
        overwrites=tuple(its_overwrites),
        last_message_id=row.last_message_id,
    )


def _overwrite(row: Row[Any]) -> Overwrite:
    return Overwrite(target=row.target, target_id=row.target_id, allow=row.allow, deny=row.deny)


def read_channels(rows: Sequence[Row[Any]], of_rows: Sequence[Row[Any]]) -> list[Channel]:
    """Rows of ``channels`` with those of their ``overwrites``. Raises :class:`CorruptRow`."""
    of_channel: defaultdict[Snowflake, list[Overwrite]] = defaultdict(list)
    for row in of_rows:
        of_channel[row.channel_id].append(_overwrite(row))
    for some in of_channel.values():
        some.sort(key=lambda overwrite: (overwrite.target, overwrite.target_id))
    return [_channel(row, of_channel[row.id]) for row in rows]


class SqlChannels(Repository):
    __slots__ = ()

    async def add(self, channel: Channel) -> None:
        add = step(
            _ADD,
            id=channel.id,
            group_id=channel.group_id,
            kind=channel.kind.value,
            name=channel.name,
            topic=channel.topic,
            position=channel.position,
            category_id=channel.category_id,
            slow_mode_s=channel.slow_mode_s,
            last_message_id=channel.last_message_id,
        )
        rows = [
            {"channel_id": channel.id, "target": o.target, "target_id": o.target_id, "allow": o.allow, "deny": o.deny}
            for o in channel.overwrites
        ]
        self._put_off(add, *([Step(_ADD_OVERWRITES, rows)] if rows else []))

    async def get(self, channel_id: ChannelId) -> Channel | None:
        found = await self._with_overwrites(_GET, _OVERWRITES, channel_id=channel_id)
        return found[0] if found else None

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Channel]:
        found: list[Channel] = []
        for some in portions(group_ids):
            found += await self._with_overwrites(_OF_GROUPS, _OVERWRITES_OF_GROUPS, group_ids=some)
        return sorted(found, key=lambda channel: (channel.group_id, channel.position, channel.id))

    async def update(self, channel: Channel) -> None:
        self._later(
            _SET,
            of_channel=channel.id,
            name=channel.name,
            topic=channel.topic,
            position=channel.position,
            category_id=channel.category_id,
            slow_mode_s=channel.slow_mode_s,
        )

    async def put_in_order(self, channels: Collection[Channel]) -> None:
        rows = [{"of_channel": one.id, "position": one.position, "category_id": one.category_id} for one in channels]
        await self._change_all(_SET, rows)

    async def delete(self, channel_id: ChannelId) -> None:
        forget = forgetting_channel(self._connection.dialect.name, channel_id)
        # The rest goes by its references.
        self._put_off(*forget, step(FORGET_OF_CHANNEL, channel_id=channel_id), step(_DELETE, channel_id=channel_id))

    async def put_overwrite(self, channel_id: ChannelId, overwrite: Overwrite) -> None:
        await self._insert_or_update(
            overwrites,
            ("channel_id", "target", "target_id"),
            ("allow", "deny"),
            channel_id=channel_id,
            target=overwrite.target,
            target_id=overwrite.target_id,
            allow=overwrite.allow,
            deny=overwrite.deny,
        )

    async def delete_overwrite(
        self, channel_id: ChannelId, target: Literal["role", "member"], target_id: Snowflake
    ) -> bool:
        gone = await self._change(_DELETE_OVERWRITE, channel_id=channel_id, target=target, target_id=target_id)
        return gone == 1

    async def written_ms(self, channel_id: ChannelId, user_id: UserId) -> int | None:
        row = await self._first(_WRITTEN, channel_id=channel_id, user_id=user_id)
        return None if row is None else row.last_ms

    async def note_writing(self, channel_id: ChannelId, user_id: UserId, now_ms: int) -> None:
        key = ("channel_id", "user_id")
        await self._insert_or_update(
            slow_mode_marks, key, ("last_ms",), channel_id=channel_id, user_id=user_id, last_ms=now_ms
        )

    async def lock_writer(self, channel_id: ChannelId) -> MessageId | None:
        row = await self._first(LOCK_WRITER, channel_id=channel_id)
        return None if row is None else row.last_message_id

    async def _with_overwrites(self, rows: Executable, of_rows: Executable, **parameters: Any) -> list[Channel]:
        found, theirs = await self._together(Step(rows, parameters), Step(of_rows, parameters))
        return read_channels(found.rows, theirs.rows)
