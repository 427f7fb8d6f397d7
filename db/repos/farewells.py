"""What is left of an account that its owner wanted gone."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Delete, Table, delete, update

from db.repos.base import Repository, given, step
from db.tables import metadata
from db.tables.accounts import users
from db.tables.messages import mentions
from db.tables.standings import standings
from server.domain.entities import UserKind
from server.domain.ids import UserId

NOBODY: Final = "Deleted user"
"""For clients that do not know :attr:`UserKind.DELETED`."""

STAYS: Final = frozenset(
    {
        # What others see, or decided.
        *("bans", "conversation_members", "conversations", "groups", "members", "reactions"),
        # Of the others' own doing: their words on the account.
        "relations",
        # Messages may hold them; the others are collected like any that no message holds.
        "files",
        # The last to go: until then the deletion is not done.
        "standings",
    }
)
"""Tables with references to accounts of which :meth:`SqlFarewells.purge` takes nothing away by itself."""

_OF_USERS: Final = {
    "username": "",
    "display_name": NOBODY,
    "operator": False,
    "password_hash": "",
    "account_kind": UserKind.DELETED.value,
}
_KEPT: Final = frozenset({"id", "username_key"})

_RENAME = update(users).where(users.c.id == given("of_user"))
_FORGET_PINGS = delete(mentions).where(mentions.c.user_id == given("of_user"))
_DONE = delete(standings).where(standings.c.user_id == given("of_user"))


@cache
def _bare() -> dict[str, Any]:
    """What stands in each other column of an account about which nothing is known: empty, or what the table gives."""
    return {column.name: _empty(column) for column in users.c if column.name not in _KEPT | _OF_USERS.keys()}


def _empty(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    default = getattr(column.server_default, "arg", None)
    if not isinstance(default, str):
        raise NotImplementedError(f"say what is left in users.{column.name} when an account is gone")
    return column.type.python_type(default)


def purged() -> list[Table]:
    """Those with references to accounts, but for what stays; first those that refer to others of them."""
    return [one for one in reversed(metadata.sorted_tables) if one.name not in STAYS and references(one)]


@cache
def _purging() -> tuple[Delete, ...]:
    return tuple(delete(one).where(column == given("of_user")) for one in purged() for column in references(one))


def references(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if any(key.column is users.c.id for key in column.foreign_keys)]


class SqlFarewells(Repository):
    __slots__ = ()

    async def anonymise(self, user_id: UserId) -> None:
        # No user name can be like this one.
        self._later(_RENAME, of_user=user_id, username_key=f"!{int(user_id)}", **_OF_USERS, **_bare())

    async def purge(self, user_id: UserId) -> None:
        self._put_off(*(step(one, of_user=user_id) for one in (*_purging(), _FORGET_PINGS)))

    async def done(self, user_id: UserId) -> None:
        self._later(_DONE, of_user=user_id)
