"""The running server's end of ``parley admin``: a small application on a Unix socket."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Final

import structlog
from aiohttp import web

from parley.admin.orders import ORDERS
from parley.admin.place import socket_path
from parley.failures import CannotStart
from server.actions.context import Actions
from server.domain import codec
from server.domain.errors import Invalid, NotFound, ParleyError
from server.http.app import SERVER_OPTIONS

_BODY_MAX_BYTES: Final = 65_536

_log = structlog.stdlib.get_logger("parley.admin")


def admin_app(actions: Actions) -> web.Application:
    """``POST /<order>`` with its request as JSON; errors in the shape of docs/protocol.md."""

    async def handle(http: web.Request) -> web.Response:
        try:
            return _answer(await _obey(actions, http.match_info["order"], await http.read()))
        except ParleyError as error:
            return _answer({"error": {"code": error.code, "message": error.message, "data": error.data}}, 400)
        except Exception:
            _log.exception("an order failed", order=http.match_info["order"])
            return _answer({"error": {"code": "internal", "message": "It failed; the server's log says more."}}, 500)

    app = web.Application(client_max_size=_BODY_MAX_BYTES)
    app.router.add_post("/{order}", handle)
    return app


async def _obey(actions: Actions, name: str, body: bytes) -> object:
    order = ORDERS.get(name)
    if order is None:
        raise NotFound("unknown_route", "This server does not know that order: it is of another version.")
    try:
        request: object = codec.decoder(order.takes).decode(body or b"{}")
    except ValueError as error:
        raise Invalid("bad_request", str(error), where="") from None
    return await order.do(actions, request) or {}


def _answer(content: object, status: int = 200) -> web.Response:
    return web.Response(body=codec.encode(content), status=status, content_type="application/json")


async def open_door(folder: Path, actions: Actions, stack: AsyncExitStack) -> None:
    """``stack`` closes it. The data folder is held, so that a socket that is there is of a server that is no more.

    Raises :class:`CannotStart`.
    """
    try:
        listener = stack.enter_context(await asyncio.to_thread(_listening, folder))
    except OSError as error:
        raise CannotStart(f"The socket of parley admin cannot be made in {folder} ({error.strerror}).") from None
    runner = web.AppRunner(admin_app(actions), shutdown_timeout=0, **SERVER_OPTIONS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, listener).start()
    stack.push_async_callback(asyncio.to_thread, _forget, folder)


def _listening(folder: Path) -> socket.socket:
    _forget(folder)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)
        try:
            with socket_path(folder) as path:
                listener.bind(path)
        finally:
            os.umask(before)
        listener.listen()
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _forget(folder: Path) -> None:
    with suppress(OSError), socket_path(folder) as path:
        os.unlink(path)
