"""The two ways into a group: links, and being asked by name."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Executable, Row, delete, insert, or_, select, update

from db.repos.base import Repository, given
from db.tables.accounts import users
from db.tables.groups import additions, groups, invites
from server.domain.entities import Addition, Invite, User
from server.domain.ids import AdditionId, GroupId, UserId

_ADD = insert(invites)
_GET = select(invites).where(invites.c.code == given("code"))
_OF_GROUP = select(invites).where(invites.c.group_id == given("group_id")).order_by(invites.c.code)
_USE = (
    update(invites)
    .where(
        invites.c.code == given("used_code"),
        or_(invites.c.expires_ms.is_(None), invites.c.expires_ms > given("now_ms")),
        or_(invites.c.max_uses.is_(None), invites.c.uses < invites.c.max_uses),
    )
    .values(uses=invites.c.uses + 1)
)
_DELETE = delete(invites).where(invites.c.code == given("code"))

_ADDITIONS = (
    # Names are looked up anew: a changed one shows on what was asked before the change.
    select(additions, groups.c.name.label("group_name"), users.c.username, users.c.display_name, users.c.avatar)
    .join_from(additions, groups, additions.c.group_id == groups.c.id)
    .join(users, additions.c.inviter_id == users.c.id)
    .order_by(additions.c.id)
)
_ADDITIONS_OF_INVITER = _ADDITIONS.where(additions.c.inviter_id == given("of_inviter"))
_GET_ADDITION = _ADDITIONS.where(additions.c.id == given("addition_id"))
_ADDITIONS_OF_USER = _ADDITIONS.where(additions.c.user_id == given("of_user"))
_ADDITIONS_OF_GROUP = _ADDITIONS.where(additions.c.group_id == given("of_group"))
_DELETE_ADDITION = delete(additions).where(additions.c.id == given("addition_id"))


class SqlInvites(Repository):
    __slots__ = ()

    async def add(self, invite: Invite) -> None:
        self._later(_ADD, **msgspec.structs.asdict(invite))

    async def get(self, code: str) -> Invite | None:
        row = await self._first(_GET, code=code)
        return None if row is None else Invite(**row._mapping)

    async def of_group(self, group_id: GroupId) -> list[Invite]:
        return [Invite(**row._mapping) for row in await self._all(_OF_GROUP, group_id=group_id)]

    async def use(self, code: str, now_ms: int) -> bool:
        return await self._change(_USE, used_code=code, now_ms=now_ms) == 1

    async def delete(self, code: str) -> bool:
        return await self._change(_DELETE, code=code) == 1


def _addition(row: Row[Any]) -> Addition:
    return Addition(
        id=row.id,
        group_id=row.group_id,
        group_name=row.group_name,
        inviter=User(id=row.inviter_id, username=row.username, display_name=row.display_name, avatar=row.avatar),
        user_id=row.user_id,
    )


class SqlAdditions(Repository):
    __slots__ = ()

    async def add(self, addition: Addition) -> bool:
        return await self._insert_unless_there(
            additions,
            ("group_id", "user_id"),
            id=addition.id,
            group_id=addition.group_id,
            inviter_id=addition.inviter.id,
            user_id=addition.user_id,
        )

    async def get(self, addition_id: AdditionId) -> Addition | None:
        found = await self._additions(_GET_ADDITION, addition_id=addition_id)
        return found[0] if found else None

    async def of_user(self, user_id: UserId) -> list[Addition]:
        return await self._additions(_ADDITIONS_OF_USER, of_user=user_id)

    async def of_inviter(self, user_id: UserId) -> list[Addition]:
        return [_addition(row) for row in await self._all(_ADDITIONS_OF_INVITER, of_inviter=user_id)]

    async def of_group(self, group_id: GroupId) -> list[Addition]:
        return await self._additions(_ADDITIONS_OF_GROUP, of_group=group_id)

    async def delete(self, addition_id: AdditionId) -> bool:
        return await self._change(_DELETE_ADDITION, addition_id=addition_id) == 1

    async def _additions(self, statement: Executable, **parameters: Any) -> list[Addition]:
        return [_addition(row) for row in await self._all(statement, **parameters)]
