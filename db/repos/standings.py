"""Accounts that do not simply go on."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, select

from db.repos.base import Repository, given
from db.tables.standings import standings
from server.domain.ids import UserId
from server.domain.standing import Standing

_OF = select(standings).where(standings.c.user_id == given("user_id"))
_FORGET = delete(standings).where(standings.c.user_id == given("user_id"))
_DUE = (
    select(standings)
    .where(standings.c.delete_after_ms <= given("now_ms"))
    .order_by(standings.c.delete_after_ms, standings.c.user_id)
    .limit(given("at_most"))
)
_CHANGING = ("disabled_ms", "disabled_reason", "deactivated_ms", "delete_after_ms", "deletes_messages")


class SqlStandings(Repository):
    __slots__ = ()

    async def of(self, user_id: UserId) -> Standing:
        row = await self._first(_OF, user_id=user_id)
        return Standing(user_id=user_id) if row is None else Standing(**row._mapping)

    async def put(self, standing: Standing) -> None:
        if standing.plain:
            self._later(_FORGET, user_id=standing.user_id)
        else:
            values = msgspec.structs.asdict(standing)
            await self._insert_or_update(standings, ("user_id",), _CHANGING, **values)

    async def due(self, now_ms: int, limit: int) -> list[Standing]:
        return [Standing(**row._mapping) for row in await self._all(_DUE, now_ms=now_ms, at_most=limit)]
