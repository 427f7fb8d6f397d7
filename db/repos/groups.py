"""Groups and their roles."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, delete, insert, select, update

from db.repos.base import Repository, portions
from db.tables.channels import overwrites
from db.tables.groups import groups, roles
from server.domain.entities import Group, Role
from server.domain.ids import GroupId, RoleId


class SqlGroups(Repository):
    __slots__ = ()

    async def add(self, group: Group) -> None:
        await self._change(insert(groups).values(id=group.id, name=group.name, owner_id=group.owner_id))

    async def get(self, group_id: GroupId) -> Group | None:
        found = await self.by_ids([group_id])
        return found[0] if found else None

    async def by_ids(self, group_ids: Collection[GroupId]) -> list[Group]:
        found: list[Group] = []
        for some in portions(group_ids):
            rows = await self._all(select(groups).where(groups.c.id.in_(some)).order_by(groups.c.id))
            found += (Group(**row._mapping) for row in rows)
        return sorted(found, key=lambda group: group.id)

    async def rename(self, group_id: GroupId, name: str) -> None:
        await self._change(update(groups).where(groups.c.id == group_id).values(name=name))

    async def delete(self, group_id: GroupId) -> None:
        await self._change(delete(groups).where(groups.c.id == group_id))  # the rest goes by its references


class SqlRoles(Repository):
    __slots__ = ()

    async def add(self, role: Role) -> None:
        await self._change(
            insert(roles).values(
                id=role.id,
                group_id=role.group_id,
                name=role.name,
                permissions=role.permissions,
                position=role.position,
            )
        )

    async def update(self, role: Role) -> None:
        await self._change(
            update(roles)
            .where(roles.c.id == role.id, roles.c.group_id == role.group_id)
            .values(name=role.name, permissions=role.permissions, position=role.position)
        )

    async def delete(self, group_id: GroupId, role_id: RoleId) -> None:
        gone = await self._change(delete(roles).where(roles.c.id == role_id, roles.c.group_id == group_id))
        if gone:
            # Assignments go by their reference; an overwrite's target may be a member as well, so it has none.
            await self._change(
                delete(overwrites).where(and_(overwrites.c.target == "role", overwrites.c.target_id == role_id))
            )

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Role]:
        found: list[Role] = []
        for some in portions(group_ids):
            rows = await self._all(select(roles).where(roles.c.group_id.in_(some)))
            found += (Role(**row._mapping) for row in rows)
        return sorted(found, key=lambda role: (role.group_id, role.position, role.id))
