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
