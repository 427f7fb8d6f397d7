"""What has to be done now and then while the server runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

EVERY_S: Final = 3600.0

Chore = Callable[[], Awaitable[object]]

_log = structlog.stdlib.get_logger("parley")


async def keep_house(chores: Mapping[str, Chore], pause: Callable[[float], Awaitable[None]]) -> None:
    """All chores, again and again until it is cancelled. ``pause`` as :func:`asyncio.sleep`."""
    while True:
        for name, chore in chores.items():
            try:
                await chore()
            except Exception:
                # It is tried again in an hour; the other chores must not suffer.
                _log.exception("housekeeping failed", work=name)
        await pause(EVERY_S)
