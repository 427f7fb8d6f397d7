"""Groups and their roles."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import delete, insert, select, update

from db.repos.base import Repository, among, given, portions, step
from db.repos.levels import FORGET_OF_GROUP
from db.repos.search import forgetting_group
from db.tables.channels import overwrites
from db.tables.groups import groups, roles
from server.domain.entities import Group, Role
from server.domain.ids import GroupId, RoleId, UserId

_ADD = insert(groups)
_BY_IDS = select(groups).where(among(groups.c.id, "group_ids"))
_OWNED = select(groups).where(groups.c.owner_id == given("of_user")).order_by(groups.c.id).limit(given("at_most"))
_SET = update(groups).where(groups.c.id == given("group_id"))
_DELETE = delete(groups).where(groups.c.id == given("group_id"))

_ADD_ROLE = insert(roles)
_SET_ROLE = update(roles).where(roles.c.id == given("role_id"), roles.c.group_id == given("of_group"))
_DELETE_ROLE = delete(roles).where(roles.c.id == given("role_id"), roles.c.group_id == given("of_group"))
_DELETE_OVERWRITES = delete(overwrites).where(overwrites.c.target == "role", overwrites.c.target_id == given("role_id"))
_OF_GROUPS = select(roles).where(among(roles.c.group_id, "group_ids"))


class SqlGroups(Repository):
    __slots__ = ()

    async def add(self, group: Group) -> None:
        self._later(_ADD, **msgspec.structs.asdict(group))

    async def get(self, group_id: GroupId) -> Group | None:
        found = await self.by_ids([group_id])
        return found[0] if found else None

    async def by_ids(self, group_ids: Collection[GroupId]) -> list[Group]:
        found: list[Group] = []
        for some in portions(group_ids):
            found += (Group(**row._mapping) for row in await self._all(_BY_IDS, group_ids=some))
        return sorted(found, key=lambda group: group.id)

    async def owned_by(self, user_id: UserId, limit: int) -> list[Group]:
        return [Group(**row._mapping) for row in await self._all(_OWNED, of_user=user_id, at_most=limit)]

    async def update(self, group: Group) -> None:
        self._later(_SET, group_id=group.id, name=group.name, owner_id=group.owner_id)

    async def delete(self, group_id: GroupId) -> None:
        forget = forgetting_group(self._connection.dialect.name, group_id)
        # The rest goes by its references.
        self._put_off(*forget, step(FORGET_OF_GROUP, group_id=group_id), step(_DELETE, group_id=group_id))


class SqlRoles(Repository):
    __slots__ = ()

    async def add(self, role: Role) -> None:
        self._later(_ADD_ROLE, **msgspec.structs.asdict(role))

    async def update(self, role: Role) -> None:
        self._later(
            _SET_ROLE,
            role_id=role.id,
            of_group=role.group_id,
            name=role.name,
            permissions=role.permissions,
            position=role.position,
            colour=role.colour,
            hoisted=role.hoisted,
            mentionable=role.mentionable,
        )

    async def put_in_order(self, roles: Collection[Role]) -> None:
        rows = [{"role_id": role.id, "of_group": role.group_id, "position": role.position} for role in roles]
        await self._change_all(_SET_ROLE, rows)

    async def delete(self, group_id: GroupId, role_id: RoleId) -> None:
        if await self._change(_DELETE_ROLE, of_group=group_id, role_id=role_id):
            # Assignments go by their reference; the target of an overwrite may be a member as well, so it has none.
            self._later(_DELETE_OVERWRITES, role_id=role_id)

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Role]:
        found: list[Role] = []
        for some in portions(group_ids):
            found += (Role(**row._mapping) for row in await self._all(_OF_GROUPS, group_ids=some))
        return sorted(found, key=lambda role: (role.group_id, role.position, role.id))
