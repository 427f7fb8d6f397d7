"""``GET /metrics``, on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from parley.config import MetricsSettings
from parley.failures import CannotStart
from server.http.app import SERVER_OPTIONS

LOOK_EVERY_S: Final = 0.5
_CONTENT_TYPE: Final = {"Content-Type": CONTENT_TYPE_LATEST}


async def listen(
    settings: MetricsSettings, registry: CollectorRegistry, look: Callable[[], Awaitable[None]], stack: AsyncExitStack
) -> int:
    """``look`` is waited for before each answer. Returns the port; ``stack`` closes it. Raises :class:`CannotStart`."""
    expected = None if settings.token is None else f"Bearer {settings.token}".encode()

    async def metrics(request: web.Request) -> web.Response:
        shown = request.headers.get("Authorization", "").encode(errors="replace")
        if expected is not None and not hmac.compare_digest(shown, expected):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        await look()
        # Some thousand lines: not in the loop that everybody waits for.
        return web.Response(body=await asyncio.to_thread(generate_latest, registry), headers=_CONTENT_TYPE)

    app = web.Application(client_max_size=0)
    app.router.add_get("/metrics", metrics)
    runner = web.AppRunner(app, shutdown_timeout=0, **SERVER_OPTIONS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
    except OSError as error:
        raise CannotStart(
            f"PARLEY_METRICS: cannot listen on {settings.host}, port {settings.port} ({error.strerror}). Name another."
        ) from None
    port: int = runner.addresses[0][1]
    return port


async def watch_lag(tell: Callable[[float], None], pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """How late the loop comes to what is due, again and again until it is cancelled. ``pause`` as :func:`asyncio.sleep`."""
    now_s = asyncio.get_running_loop().time
    while True:
        due_s = now_s() + LOOK_EVERY_S
        await pause(LOOK_EVERY_S)
        tell(max(0.0, now_s() - due_s))


def watching_lag(tell: Callable[[float], None], stack: AsyncExitStack) -> None:
    """In the background; ``stack`` ends it."""
    task = asyncio.create_task(watch_lag(tell), name="event loop lag")

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)
