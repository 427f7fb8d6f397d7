"""Who is in which group, with which roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, delete, func, insert, select, update

from db.repos.base import Repository, portions
from db.tables.channels import channels, cursors, overwrites
from db.tables.groups import member_roles, members
from server.domain.entities import Member
from server.domain.ids import GroupId, RoleId, Snowflake, UserId


class SqlMembers(Repository):
    __slots__ = ()

    async def add(self, member: Member) -> bool:
        values = {
            "group_id": member.group_id,
            "user_id": member.user_id,
            "joined_ms": member.joined_ms,
            "timed_out_until_ms": member.timed_out_until_ms,
        }
        if not await self._insert_unless_there(members, values, ["group_id", "user_id"]):
            return False
        rows = [{"group_id": member.group_id, "user_id": member.user_id, "role_id": id_} for id_ in member.role_ids]
        await self._insert_all(insert(member_roles), rows)
        return True

    async def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        gone = await self._change(delete(members).where(members.c.group_id == group_id, members.c.user_id == user_id))
        if not gone:
            return False
        of_group = select(channels.c.id).where(channels.c.group_id == group_id)
        await self._change(
            delete(overwrites).where(
                overwrites.c.target == "member",
                overwrites.c.target_id == user_id,
                overwrites.c.channel_id.in_(of_group),
            )
        )
        await self._change(delete(cursors).where(cursors.c.user_id == user_id, cursors.c.channel_id.in_(of_group)))
        return True

    async def get(self, group_id: GroupId, user_id: UserId) -> Member | None:
        found = await self.by_users(group_id, [user_id])
        return found[0] if found else None

    async def of_user(self, user_id: UserId) -> list[Member]:
        rows = await self._all(select(members).where(members.c.user_id == user_id).order_by(members.c.group_id))
        return await self._with_roles(rows, select(member_roles).where(member_roles.c.user_id == user_id))

    async def by_users(self, group_id: GroupId, user_ids: Collection[UserId]) -> list[Member]:
        found: list[Member] = []
        for some in portions(user_ids):
            rows = await self._all(select(members).where(members.c.group_id == group_id, members.c.user_id.in_(some)))
            roles = select(member_roles).where(member_roles.c.group_id == group_id, member_roles.c.user_id.in_(some))
            found += await self._with_roles(rows, roles)
        return sorted(found, key=lambda member: member.user_id)

    async def page(self, group_id: GroupId, after: UserId | None, limit: int) -> list[Member]:
        beyond = members.c.user_id > (0 if after is None else after)
        rows = await self._all(
            select(members).where(members.c.group_id == group_id, beyond).order_by(members.c.user_id).limit(limit)
        )
        if not rows:
            return []
        roles = select(member_roles).where(
            member_roles.c.group_id == group_id,
            member_roles.c.user_id.between(rows[0].user_id, rows[-1].user_id),
        )
        return await self._with_roles(rows, roles)

    async def counts(self, group_ids: Collection[GroupId]) -> dict[GroupId, int]:
        found = dict.fromkeys(group_ids, 0)
        for some in portions(group_ids):
            rows = await self._all(
                select(members.c.group_id, func.count().label("number"))
                .where(members.c.group_id.in_(some))
                .group_by(members.c.group_id)
            )
            found.update((row.group_id, row.number) for row in rows)
        return found

    async def ids(self, group_id: GroupId) -> list[UserId]:
        rows = await self._all(
            select(members.c.user_id).where(members.c.group_id == group_id).order_by(members.c.user_id)
        )
        return [row.user_id for row in rows]

    async def put_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None:
        values = {"group_id": group_id, "user_id": user_id, "role_id": role_id}
        await self._insert_unless_there(member_roles, values, ["group_id", "user_id", "role_id"])

    async def drop_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None:
        await self._change(
            delete(member_roles).where(
                member_roles.c.group_id == group_id,
                member_roles.c.user_id == user_id,
                member_roles.c.role_id == role_id,
            )
        )

    async def time_out(self, group_id: GroupId, user_id: UserId, until_ms: int | None) -> None:
        await self._change(
            update(members)
            .where(and_(members.c.group_id == group_id, members.c.user_id == user_id))
            .values(timed_out_until_ms=until_ms)
        )

    async def _with_roles(self, rows: Sequence[Row[Any]], roles: Select[Any]) -> list[Member]:
        if not rows:
            return []
        of_member: defaultdict[tuple[Snowflake, Snowflake], list[RoleId]] = defaultdict(list)
        for row in await self._all(roles.order_by(member_roles.c.role_id)):
            of_member[row.group_id, row.user_id].append(row.role_id)
        return [Member(role_ids=tuple(of_member[row.group_id, row.user_id]), **row._mapping) for row in rows]
