"""The server itself: is it well, and what is it like."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from aiohttp import web

from server.domain.limits import Limits
from server.http.door import DOOR
from server.http.endpoint import Endpoint, tagged
from server.http.middleware import VISITOR
from server.http.replies import reply


class ServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """The configured server name, or the host that the request named."""
    version: str
    sign_up: Literal["open", "invitation", "closed"]
    """``invitation``: with the code of one, as in the link that people are sent."""
    email: Literal["optional", "required"]
    """Whether an account needs a mail address."""
    limits: Limits
    heartbeat_interval_ms: int


async def health(http: web.Request) -> web.Response:
    """200 when every part works, else 503 with what does not."""
    parts = dict(await http.app[DOOR].health())
    well = all(state == "ok" for state in parts.values())
    response = reply({"status": "ok" if well else "failing", **parts}, 200 if well else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


async def ready(http: web.Request) -> web.Response:
    """200 when this process can take requests, else 503 with what keeps it from it."""
    parts = {"process": "stopping" if http.app[DOOR].stopping() else "ok"} | dict(await http.app[DOOR].health())
    serves = all(state == "ok" for state in parts.values())
    response = reply({"status": "ready" if serves else "not ready", **parts}, 200 if serves else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


async def server_info(http: web.Request) -> ServerInfo:
    door = http.app[DOOR]
    return ServerInfo(
        name=door.policy.server_name or http[VISITOR].authority,
        version=door.version,
        sign_up=door.actions.settings.sign_up,
        email=door.actions.settings.email,
        limits=door.actions.limits,
        heartbeat_interval_ms=door.heartbeat_interval_ms,
    )


ENDPOINTS: Final = tagged(
    "Server",
    Endpoint(
        "GET",
        "/health",
        health,
        "Ask whether the server is well",
        answer=dict[str, str],
        also=(503,),
        note="Each part of the server -> `ok`, or what is wrong with it; 503 when something is.",
    ),
    Endpoint(
        "GET",
        "/ready",
        ready,
        "Ask whether this process takes requests",
        answer=dict[str, str],
        also=(503,),
        note="As `/health`, and 503 while the process stops: for whoever spreads requests over several.",
    ),
    Endpoint("GET", "/api/server", server_info, "Look at the server: its name, version and limits"),
)
