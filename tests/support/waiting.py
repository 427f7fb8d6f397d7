"""Waiting for what a test wants to be true, without a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Rung whenever something changed; those who wait look again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for each in waiting:
            if not each.done():
                each.set_result(None)

    async def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.add(rung)
            await rung
