"""Accounts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, exists, select, update

from db.repos.base import Repository, among, given, portions, step
from db.tables.accounts import users
from db.tables.groups import member_names
from db.tables.standings import standings
from server.domain.entities import ChosenStatus, DirectFrom, Me, User, UserKind
from server.domain.ids import UserId
from server.domain.mail import mail_key
from server.domain.names import name_key
from server.ports import Credentials, MailedUser

PUBLIC: Final = (users.c.id, users.c.username, users.c.display_name, users.c.account_kind, users.c.avatar)
"""The columns of :class:`User`."""

_ME = (
    select(
        *(*PUBLIC, users.c.operator, users.c.direct_from, users.c.status, users.c.status_text, users.c.status_until_ms),
        standings.c.delete_after_ms,
    )
    .join_from(users, standings, standings.c.user_id == users.c.id, isouter=True)
    .where(users.c.id == given("user_id"))
)
_BY_IDS = select(*PUBLIC).where(among(users.c.id, "user_ids"))
_PERSON = users.c.account_kind == UserKind.PERSON.value
_BY_USERNAME = select(*PUBLIC).where(
    users.c.username_key == given("key"), _PERSON, ~exists().where(standings.c.user_id == users.c.id)
)
_DIRECT_FROM = select(users.c.id, users.c.direct_from).where(among(users.c.id, "user_ids"))
_PASSWORD_HASH = select(users.c.password_hash).where(users.c.id == given("user_id"))
_CREDENTIALS = select(users.c.id, users.c.password_hash).where(users.c.username_key == given("key"), _PERSON)
_EMAIL = select(users.c.email).where(users.c.id == given("user_id"))
_BY_EMAIL = (
    select(users.c.id, users.c.username, users.c.email)
    .where(users.c.email_key == given("key"), _PERSON)
    .order_by(users.c.id)
    .limit(given("at_most"))
)
_SET = update(users).where(users.c.id == given("user_id"))
_OPERATORS = select(users.c.id).where(users.c.operator).order_by(users.c.id)
_SET_NAME = update(member_names).where(member_names.c.user_id == given("of_user"), member_names.c.kind == "display")
"""In each group, for those who look for members."""
_ANY_OPERATOR = select(exists().where(users.c.operator))


def read_user(row: Row[Any]) -> User:
    """Of the columns :data:`PUBLIC`."""
    kind = UserKind(row.account_kind)
    return User(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        kind=kind,
        avatar=None if kind is UserKind.DELETED else row.avatar,
    )


class SqlUsers(Repository):
    __slots__ = ()

    async def add(self, user: Me, username_key: str, password_hash: str) -> bool:
        return await self._insert_unless_there(
            users,
            ("username_key",),
            id=user.id,
            username=user.username,
            username_key=username_key,
            display_name=user.display_name,
            operator=user.operator,
            password_hash=password_hash,
        )

    async def add_automaton(self, user: User, username_key: str | None = None) -> bool:
        return await self._insert_unless_there(
            users,
            ("username_key",),
            id=user.id,
            username=user.username,
            # No user name can be like this one.
            username_key=f"!{int(user.id)}" if username_key is None else username_key,
            display_name=user.display_name,
            operator=False,
            password_hash="",
            account_kind=user.kind.value,
        )

    async def rename_automaton(self, user: User) -> None:
        self._later(_SET, user_id=user.id, display_name=user.display_name)
        self._put_off(step(_SET_NAME, of_user=user.id, name_key=name_key(user.display_name)))

    async def me(self, user_id: UserId) -> Me | None:
        row = await self._first(_ME, user_id=user_id)
        if row is None:
            return None
        return Me(
            id=row.id,
            username=row.username,
            display_name=row.display_name,
            operator=row.operator,
            avatar=row.avatar,
            direct_from=DirectFrom(row.direct_from),
            status=ChosenStatus(row.status),
            status_text=row.status_text,
            status_until_ms=row.status_until_ms,
            delete_after_ms=row.delete_after_ms,
        )

    async def by_ids(self, user_ids: Collection[UserId]) -> dict[UserId, User]:
        found: dict[UserId, User] = {}
        for some in portions(user_ids):
            found.update((row.id, read_user(row)) for row in await self._all(_BY_IDS, user_ids=some))
        return found

    async def by_username(self, username_key: str) -> User | None:
        row = await self._first(_BY_USERNAME, key=username_key)
        return None if row is None else read_user(row)

    async def direct_from(self, user_ids: Collection[UserId]) -> dict[UserId, DirectFrom]:
        found: dict[UserId, DirectFrom] = {}
        for some in portions(user_ids):
            rows = await self._all(_DIRECT_FROM, user_ids=some)
            found.update((row.id, DirectFrom(row.direct_from)) for row in rows)
        return found

    async def credentials(self, username_key: str) -> Credentials | None:
        row = await self._first(_CREDENTIALS, key=username_key)
        return None if row is None else Credentials(user_id=row.id, password_hash=row.password_hash)

    async def update(self, me: Me) -> None:
        self._later(
            _SET,
            user_id=me.id,
            display_name=me.display_name,
            direct_from=me.direct_from.value,
            status=me.status.value,
            status_text=me.status_text,
            status_until_ms=me.status_until_ms,
        )
        self._put_off(step(_SET_NAME, of_user=me.id, name_key=name_key(me.display_name)))

    async def password_hash(self, user_id: UserId) -> str | None:
        row = await self._first(_PASSWORD_HASH, user_id=user_id)
        return None if row is None else str(row.password_hash)

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None:
        self._later(_SET, user_id=user_id, password_hash=password_hash)

    async def email(self, user_id: UserId) -> str | None:
        row = await self._first(_EMAIL, user_id=user_id)
        return None if row is None else row.email

    async def set_email(self, user_id: UserId, address: str | None) -> None:
        self._later(_SET, user_id=user_id, email=address, email_key=None if address is None else mail_key(address))

    async def by_email(self, address: str, limit: int) -> list[MailedUser]:
        rows = await self._all(_BY_EMAIL, key=mail_key(address), at_most=limit)
        return [MailedUser(user_id=row.id, username=row.username, email=row.email) for row in rows]

    async def operators(self) -> list[UserId]:
        return [row.id for row in await self._all(_OPERATORS)]

    async def any_operator(self) -> bool:
        row = await self._first(_ANY_OPERATOR)
        return row is not None and bool(row[0])
