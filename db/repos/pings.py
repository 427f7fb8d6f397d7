"""Whom messages ping."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, bindparam, delete, insert, select

from db.repos.base import Repository, among, given, portions
from db.tables.channels import messages
from db.tables.groups import member_roles
from db.tables.messages import mentions
from server.domain.ids import ChannelId, GroupId, MessageId, RoleId, Snowflake, UserId
from server.ports import Ping

_IT = (mentions.c.channel_id == given("of_channel"), mentions.c.message_id == given("of_message"))
_ADD = insert(mentions)
_ADD_HOLDERS = insert(mentions).from_select(
    ["user_id", "channel_id", "message_id", "by_id"],
    select(member_roles.c.user_id, messages.c.channel_id, messages.c.id, member_roles.c.role_id)
    .join_from(
        member_roles,
        messages,
        and_(messages.c.channel_id == given("of_channel"), messages.c.id == given("of_message")),
    )
    .where(
        member_roles.c.group_id == given("of_group"),
        among(member_roles.c.role_id, "role_ids"),
        member_roles.c.user_id.not_in(bindparam("but", expanding=True)),
    ),
)
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

    async def add_holders(
        self,
        channel_id: ChannelId,
        message_id: MessageId,
        group_id: GroupId,
        role_ids: Collection[RoleId],
        but: Collection[UserId],
    ) -> None:
        await self._change(
            _ADD_HOLDERS,
            of_channel=channel_id,
            of_message=message_id,
            of_group=group_id,
            role_ids=list(role_ids),
            but=list(but),
        )

    async def keep(self, channel_id: ChannelId, message_id: MessageId, by_ids: Collection[Snowflake]) -> set[UserId]:
        rows = await self._all(_ALL, of_channel=channel_id, of_message=message_id)
        gone = [row for row in rows if row.by_id not in by_ids]
        for some in portions([row.by_id for row in gone]):
            self._later(_TAKE_BACK, of_channel=channel_id, of_message=message_id, by_ids=some)
        return {row.user_id for row in gone}
