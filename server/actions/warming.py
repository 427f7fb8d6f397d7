"""Getting ready before the first client asks: what people begin with has been read once when they come.

After a start, everybody comes back at once. What their snapshots need (groups, channels, roles, cursors, conversations, last
messages) lies in the database's memory then, the profiles in the cache, and each statement is prepared. Who is in voice needs no
reading: nobody is, after a start, until they offer again.
"""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from server.actions.context import Actions
from server.actions.snapshot import snapshot
from server.domain.errors import ParleyError

PEOPLE_MAX: Final = 200
"""Of those who were here last."""
WITHIN_S: Final = 3.0
"""A large server starts in time, and is warmed up by those who come."""

_log = structlog.stdlib.get_logger("parley")


async def warm_up(actions: Actions, within_s: float = WITHIN_S) -> int:
    """Reads the snapshots of those who were here last; returns how many. Never fails: cold is slower, not wrong."""
    count = 0
    try:
        async with asyncio.timeout(within_s):
            async with actions.store.read() as reader:
                user_ids = await reader.sessions.last_used(actions.clock.now_ms(), PEOPLE_MAX)
            for user_id in user_ids:
                await snapshot(actions, user_id)
                count += 1
    except TimeoutError:
        pass
    except ParleyError as error:
        _log.warning("warming up stopped", reason=error.code)
    return count
