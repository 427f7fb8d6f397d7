"""The plain HTTP port beside an HTTPS one, opened with the others and served in the same loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import Any, Final

import structlog
from aiohttp import web

from parley import listening
from parley.config import Settings
from parley.failures import CannotStart
from server.http.redirect import create_redirect_app

_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {"access_log": None, "auto_decompress": False, "keepalive_timeout": 10.0}
)

_log = structlog.stdlib.get_logger("parley")


def open_redirect_sockets(settings: Settings) -> list[listening.Listener]:
    """None where it is off. Raises :class:`CannotStart` when the port was asked for and cannot be had."""
    http = settings.http
    if http.redirect_port is None:
        return []
    try:
        return listening.open_sockets(http.hosts, http.redirect_port, "PARLEY_REDIRECT_PORT")
    except CannotStart as error:
        if http.redirect_asked_for:
            raise
        _log.warning("there is no redirect from plain HTTP", reason=str(error))
        return []


async def serve_redirect(
    settings: Settings,
    sockets: Sequence[listening.Listener],
    challenges: Mapping[str, str],
    stack: AsyncExitStack,
) -> None:
    """Until ``stack`` ends."""
    if not sockets:
        return
    runner = web.AppRunner(create_redirect_app(settings.address, challenges), shutdown_timeout=1.0, **_OPTIONS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    for each in sockets:
        await web.SockSite(runner, each, backlog=listening.BACKLOG).start()
