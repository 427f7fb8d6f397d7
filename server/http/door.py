"""What the HTTP door is given by the composition root, and how routes reach it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from server.actions.context import Actions, Origin
from server.actions.sessions import Authenticated, authenticate
from server.domain.errors import Unauthenticated
from server.http.middleware import VISITOR, Watcher
from server.http.static import WebClient
from server.http.visitor import DoorPolicy
from server.ports import Site

Gateway = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    actions: Actions
    policy: DoorPolicy
    version: str
    heartbeat_interval_ms: int
    """Of the gateway; told by ``GET /api/server``."""
    health: Callable[[], Awaitable[Mapping[str, str]]]
    """Part of the server -> ``ok``, or what is wrong with it."""
    gateway: Gateway
    """Takes ``GET /gateway`` and the client's address; the Origin was checked."""
    web_client: WebClient
    strict_transport: Callable[[], bool] = lambda: False
    """Whether to tell browsers to come by HTTPS alone from now on."""
    uptime_s: Callable[[], float] = lambda: 0.0
    """How long this process has run; told to operators."""
    stopping: Callable[[], bool] = lambda: False
    """Whether this process is on its way out."""
    watchers: Sequence[Watcher] = ()
    """Are told of every request that was answered."""


DOOR: Final = web.AppKey("door", Door)


def actions_of(request: web.Request) -> Actions:
    return request.app[DOOR].actions


def origin_of(request: web.Request) -> Origin:
    return Origin(address=request[VISITOR].address, device=request.headers.get("User-Agent", "")[:200])


def site_of(request: web.Request) -> Site:
    visitor, policy = request[VISITOR], request.app[DOOR].policy
    return Site(policy.host(visitor), lambda origin: policy.is_own(visitor, origin))


def ticket_of(request: web.Request) -> str | None:
    """Of the link to a file by which somebody asks for it, in the place of an access token."""
    tickets = request.query.getall("t", [])
    return tickets[0] if "Authorization" not in request.headers and len(tickets) == 1 else None


async def caller_of(request: web.Request) -> Authenticated:
    """Who the token speaks for: ``Bearer``, or ``Bot`` as programs like to say. Raises :class:`Unauthenticated`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() not in ("bearer", "bot") or not token:
        raise Unauthenticated("unauthenticated", "Log in first.")
    return await authenticate(actions_of(request), token.strip())
