"""The two ways into a group: links, and being asked by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update

from db.repos.base import Repository
from db.repos.users import PUBLIC
from db.tables.accounts import users
from db.tables.groups import additions, groups, invites
from server.domain.entities import Addition, Invite, User
from server.domain.ids import AdditionId, GroupId, UserId


class SqlInvites(Repository):
    __slots__ = ()

    async def add(self, invite: Invite) -> None:
        await self._change(
            insert(invites).values(
                code=invite.code,
                group_id=invite.group_id,
                channel_id=invite.channel_id,
                creator_id=invite.creator_id,
                expires_ms=invite.expires_ms,
                max_uses=invite.max_uses,
                uses=invite.uses,
            )
        )

    async def get(self, code: str) -> Invite | None:
        row = await self._first(select(invites).where(invites.c.code == code))
        return None if row is None else Invite(**row._mapping)

    async def of_group(self, group_id: GroupId) -> list[Invite]:
        rows = await self._all(select(invites).where(invites.c.group_id == group_id).order_by(invites.c.code))
        return [Invite(**row._mapping) for row in rows]

    async def use(self, code: str, now_ms: int) -> bool:
        used = await self._change(
            update(invites)
            .where(
                invites.c.code == code,
                or_(invites.c.expires_ms.is_(None), invites.c.expires_ms > now_ms),
                or_(invites.c.max_uses.is_(None), invites.c.uses < invites.c.max_uses),
            )
            .values(uses=invites.c.uses + 1)
        )
        return used == 1

    async def delete(self, code: str) -> bool:
        return await self._change(delete(invites).where(invites.c.code == code)) == 1


def _addition(row: Row[Any]) -> Addition:
    inviter = User(id=row.inviter_id, username=row.username, display_name=row.display_name)
    return Addition(
        id=row.addition_id,
        group_id=row.group_id,
        group_name=row.group_name,
        inviter=inviter,
        user_id=row.user_id,
    )


class SqlAdditions(Repository):
    __slots__ = ()

    async def add(self, addition: Addition) -> bool:
        values = {
            "id": addition.id,
            "group_id": addition.group_id,
            "inviter_id": addition.inviter.id,
            "user_id": addition.user_id,
        }
        return await self._insert_unless_there(additions, values, ["group_id", "user_id"])

    async def get(self, addition_id: AdditionId) -> Addition | None:
        found = await self._where(additions.c.id == addition_id)
        return found[0] if found else None

    async def of_user(self, user_id: UserId) -> list[Addition]:
        return await self._where(additions.c.user_id == user_id)

    async def of_group(self, group_id: GroupId) -> list[Addition]:
        return await self._where(additions.c.group_id == group_id)

    async def delete(self, addition_id: AdditionId) -> bool:
        return await self._change(delete(additions).where(additions.c.id == addition_id)) == 1

    async def _where(self, condition: ColumnElement[bool]) -> list[Addition]:
        """Names are looked up anew: a changed one shows on what was asked before the change."""
        rows = await self._all(
            select(
                additions.c.id.label("addition_id"),
                additions.c.group_id,
                additions.c.inviter_id,
                additions.c.user_id,
                groups.c.name.label("group_name"),
                *PUBLIC[1:],
            )
            .join_from(additions, groups, additions.c.group_id == groups.c.id)
            .join(users, additions.c.inviter_id == users.c.id)
            .where(condition)
            .order_by(additions.c.id)
        )
        return [_addition(row) for row in rows]
