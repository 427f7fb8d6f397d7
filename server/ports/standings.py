"""How accounts stand with this server."""

from __future__ import annotations

from typing import Protocol

from server.domain.ids import UserId
from server.domain.standing import Standing


class Standings(Protocol):
    async def of(self, user_id: UserId) -> Standing:
        """A plain one for whoever has nothing out of the ordinary."""
        ...

    async def put(self, standing: Standing) -> None:
        """A plain one is forgotten."""
        ...

    async def due(self, now_ms: int, limit: int) -> list[Standing]:
        """Of accounts that are to be gone by now, those that waited longest first."""
        ...


class Farewells(Protocol):
    """What is left of an account that its owner wanted gone."""

    async def anonymise(self, user_id: UserId) -> None:
        """Nothing stays in the account that tells whose it was, and its user name is free again. Done twice it changes nothing."""
        ...

    async def purge(self, user_id: UserId) -> None:
        """Deletes what belongs to the account alone: log-ins and factors, cursors, levels, invitations and the like."""
        ...

    async def done(self, user_id: UserId) -> None:
        """Forgets the standing: nothing is left to do."""
        ...
