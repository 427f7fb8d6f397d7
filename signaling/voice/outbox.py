"""What voice tells the others, published in its order by one task, so that whoever tells never waits."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from server.domain.errors import ParleyError
from server.domain.events import Audience, Event, Published, VoiceSpeaking
from server.ports import Bus

log = logging.getLogger(__name__)

BEHIND_MAX: Final = 10_000
"""While the bus is that many events behind, who speaks is no news any more."""


class Outbox:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: list[Published] = []
        self._filled = asyncio.Event()

    def tell(self, audience: Audience, event: Event) -> None:
        if isinstance(event, VoiceSpeaking) and len(self._waiting) >= BEHIND_MAX:
            return
        self._waiting.append(Published(audience, event))
        self._filled.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            batch, self._waiting = self._waiting, []
            try:
                await self._bus.publish(batch)
            except ParleyError as error:
                log.error("%d voice events were not published: %s", len(batch), error)
            except Exception:
                # The next ones must go out all the same.
                log.exception("%d voice events were not published", len(batch))
