"""What people want to be told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, delete, or_, select

from db.errors import CorruptRow
from db.repos.base import Repository, given
from db.tables.channels import channels
from db.tables.people import levels
from server.domain.entities import Level, LevelKind
from server.domain.ids import UserId

_OF_USER = select(levels).where(levels.c.user_id == given("of_user")).order_by(levels.c.scope, levels.c.target_id)
_DELETE = delete(levels).where(
    levels.c.user_id == given("of_user"), levels.c.scope == given("in_scope"), levels.c.target_id == given("of_target")
)
FORGET_OF_CHANNEL = delete(levels).where(levels.c.scope == "channel", levels.c.target_id == given("channel_id"))
FORGET_OF_GROUP = delete(levels).where(
    or_(
        and_(levels.c.scope == "group", levels.c.target_id == given("group_id")),
        and_(
            levels.c.scope == "channel",
            levels.c.target_id.in_(select(channels.c.id).where(channels.c.group_id == given("group_id"))),
        ),
    )
)
"""What a level is of goes: it is a group, a channel or a conversation, and so there is no reference that would do it."""


class SqlLevels(Repository):
    __slots__ = ()

    async def put(self, user_id: UserId, level: Level) -> None:
        if level.level is LevelKind.DEFAULT and level.muted_until_ms is None:
            self._later(_DELETE, of_user=user_id, in_scope=level.scope, of_target=level.target_id)
            return
        await self._insert_or_update(
            levels,
            ("user_id", "scope", "target_id"),
            ("level", "muted_until_ms"),
            user_id=user_id,
            scope=level.scope,
            target_id=level.target_id,
            level=level.level.value,
            muted_until_ms=level.muted_until_ms,
        )

    async def of_user(self, user_id: UserId) -> list[Level]:
        return [_level(row) for row in await self._all(_OF_USER, of_user=user_id)]


def _level(row: Row[Any]) -> Level:
    try:
        kind = LevelKind(row.level)
    except ValueError as error:
        raise CorruptRow(f"level {row.scope} {row.target_id} of user {row.user_id} is none known here") from error
    return Level(scope=row.scope, target_id=row.target_id, level=kind, muted_until_ms=row.muted_until_ms)
