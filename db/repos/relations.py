"""How people stand to one another."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, delete, func, select

from db.errors import CorruptRow
from db.repos.base import Repository, among, given, portions
from db.repos.users import PUBLIC, read_user
from db.tables.accounts import users
from db.tables.people import relations
from server.domain.entities import Relation, RelationKind
from server.domain.ids import UserId
from server.domain.relations import Tie

_OWN = relations.c.user_id == given("of_user")
_IT = (_OWN, relations.c.other_id == given("to_other"))

_DELETE = delete(relations).where(*_IT)
_WITH_USERS = select(relations.c.kind, relations.c.since_ms, *PUBLIC).join_from(
    relations, users, users.c.id == relations.c.other_id
)
_GET = _WITH_USERS.where(*_IT)
_OF_USER = _WITH_USERS.where(_OWN).order_by(relations.c.other_id)
_MINE = select(relations.c.other_id.label("id"), relations.c.kind).where(_OWN, among(relations.c.other_id, "other_ids"))
_HAVING = (
    select(relations.c.user_id.label("id"))
    .where(relations.c.other_id == given("of_user"))
    .order_by(relations.c.user_id)
)
_THEIRS = _HAVING.add_columns(relations.c.kind).where(among(relations.c.user_id, "other_ids"))
_ALL_BLOCKERS = _HAVING.where(relations.c.kind == RelationKind.BLOCKED.value)
_BLOCKERS = _ALL_BLOCKERS.where(among(relations.c.user_id, "other_ids"))
_COUNT = select(func.count()).where(_OWN, relations.c.kind == given("of_kind"))


def read_kind(stored: str, other_id: UserId) -> RelationKind:
    """Raises :class:`CorruptRow`."""
    try:
        return RelationKind(stored)
    except ValueError as error:
        raise CorruptRow(f"a relation with {other_id} is of no kind that is known here") from error


def _relation(row: Row[Any]) -> Relation:
    return Relation(user=read_user(row), kind=read_kind(row.kind, row.id), since_ms=row.since_ms)


class SqlRelations(Repository):
    __slots__ = ()

    async def put(self, user_id: UserId, other_id: UserId, kind: RelationKind, since_ms: int) -> None:
        await self._insert_or_update(
            relations,
            ("user_id", "other_id"),
            ("kind", "since_ms"),
            user_id=user_id,
            other_id=other_id,
            kind=kind.value,
            since_ms=since_ms,
        )

    async def delete(self, user_id: UserId, other_id: UserId) -> None:
        self._later(_DELETE, of_user=user_id, to_other=other_id)

    async def get(self, user_id: UserId, other_id: UserId) -> Relation | None:
        row = await self._first(_GET, of_user=user_id, to_other=other_id)
        return None if row is None else _relation(row)

    async def of_user(self, user_id: UserId) -> list[Relation]:
        return [_relation(row) for row in await self._all(_OF_USER, of_user=user_id)]

    async def ties(self, user_id: UserId, other_ids: Collection[UserId]) -> dict[UserId, Tie]:
        mine: dict[UserId, RelationKind] = {}
        theirs: dict[UserId, RelationKind] = {}
        for some in portions(other_ids):
            for statement, words in ((_MINE, mine), (_THEIRS, theirs)):
                rows = await self._all(statement, of_user=user_id, other_ids=some)
                words.update((row.id, read_kind(row.kind, row.id)) for row in rows)
        return {other_id: Tie(mine.get(other_id), theirs.get(other_id)) for other_id in other_ids}

    async def count(self, user_id: UserId, kind: RelationKind) -> int:
        row = await self._first(_COUNT, of_user=user_id, of_kind=kind.value)
        return 0 if row is None else row[0]

    async def having(self, user_id: UserId) -> list[UserId]:
        return [row.id for row in await self._all(_HAVING, of_user=user_id)]

    async def all_blockers(self, user_id: UserId) -> set[UserId]:
        return {row.id for row in await self._all(_ALL_BLOCKERS, of_user=user_id)}

    async def blockers(self, user_id: UserId, among: Collection[UserId]) -> set[UserId]:
        found: set[UserId] = set()
        for some in portions(among):
            found.update(row.id for row in await self._all(_BLOCKERS, of_user=user_id, other_ids=some))
        return found
