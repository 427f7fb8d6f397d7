"""Accounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, exists, select, update

from db.repos.base import Repository, portions
from db.tables.accounts import users
from server.domain.entities import Me, User
from server.domain.ids import UserId
from server.ports import Credentials

PUBLIC = (users.c.id, users.c.username, users.c.display_name)
"""The columns of :class:`User`."""


def user(row: Row[Any]) -> User:
    return User(id=row.id, username=row.username, display_name=row.display_name)


class SqlUsers(Repository):
    __slots__ = ()

    async def add(self, user: Me, username_key: str, password_hash: str) -> bool:
        values = {
            "id": user.id,
            "username": user.username,
            "username_key": username_key,
            "display_name": user.display_name,
            "operator": user.operator,
            "password_hash": password_hash,
        }
        return await self._insert_unless_there(users, values, ["username_key"])

    async def me(self, user_id: UserId) -> Me | None:
        row = await self._first(select(*PUBLIC, users.c.operator).where(users.c.id == user_id))
        if row is None:
            return None
        return Me(id=row.id, username=row.username, display_name=row.display_name, operator=row.operator)

    async def by_ids(self, user_ids: Collection[UserId]) -> dict[UserId, User]:
        found: dict[UserId, User] = {}
        for some in portions(user_ids):
            rows = await self._all(select(*PUBLIC).where(users.c.id.in_(some)))
            found.update((UserId(row.id), user(row)) for row in rows)
        return found

    async def by_username(self, username_key: str) -> User | None:
        row = await self._first(select(*PUBLIC).where(users.c.username_key == username_key))
        return None if row is None else user(row)

    async def credentials(self, username_key: str) -> Credentials | None:
        row = await self._first(select(users.c.id, users.c.password_hash).where(users.c.username_key == username_key))
        return None if row is None else Credentials(user_id=row.id, password_hash=row.password_hash)

    async def set_display_name(self, user_id: UserId, display_name: str) -> None:
        await self._change(update(users).where(users.c.id == user_id).values(display_name=display_name))

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None:
        await self._change(update(users).where(users.c.id == user_id).values(password_hash=password_hash))

    async def any_operator(self) -> bool:
        row = await self._first(select(exists().where(users.c.operator)))
        return row is not None and bool(row[0])
