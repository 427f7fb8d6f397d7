"""The HTTP application, made of what the composition root gives; nothing in here is global."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from server.domain.errors import NotFound
from server.http import headers, middleware
from server.http.documentation import DOCUMENTATION, Documentation
from server.http.door import DOOR, Door
from server.http.reading import BODY_MAX_BYTES
from server.http.routes import ENDPOINTS
from server.http.serving import route_of

SERVER_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "access_log": None,
        # Bodies are small; a compressed one would only be a way to make much out of little.
        "auto_decompress": False,
        # Also for a connection on which no request comes.
        "keepalive_timeout": 75.0,
    }
)
"""For the :class:`web.AppRunner` of the application."""


def create_app(door: Door) -> web.Application:
    """Routes, middleware and headers around ``door``."""
    files_origin = door.actions.settings.files_origin
    app = web.Application(
        client_max_size=BODY_MAX_BYTES,
        middlewares=[
            middleware.watch(door.watchers),
            middleware.errors(),
            middleware.guard(door.policy),
            middleware.files_only(files_origin),
        ],
    )
    app[DOOR] = door
    app[DOCUMENTATION] = Documentation(ENDPOINTS, door.version)
    app.on_response_prepare.append(headers.adder(strict_transport=door.strict_transport, files_origin=files_origin))
    app.add_routes([route_of(endpoint) for endpoint in ENDPOINTS])
    app.router.add_get("/gateway", _gateway, allow_head=False)
    app.router.add_route("*", "/api/{rest:.*}", _unknown)
    app.router.add_get("/{page:.*}", door.web_client.handle)
    return app


async def _gateway(request: web.Request) -> web.StreamResponse:
    return await request.app[DOOR].gateway(request, request[middleware.VISITOR].address)


async def _unknown(_request: web.Request) -> web.StreamResponse:
    raise NotFound("unknown_route", "There is nothing at this address.")
