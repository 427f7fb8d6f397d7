"""What stands before every route: who comes, whether they may, and what they are told when something goes wrong."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from server.domain.errors import NotFound, ParleyError, TooLarge
from server.http.replies import refusal, reply
from server.http.visitor import DoorPolicy, Visitor

VISITOR: Final = web.RequestKey("visitor", Visitor)

REFRESH_COOKIE: Final = "__Host-parley_refresh"

_FOR_MONITORS: Final = frozenset({"/health", "/ready"})
"""Who asks these may do so in the clear: they say nothing of anybody."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_log = structlog.stdlib.get_logger("parley.http")


def errors() -> Middleware:
    """Every error leaves in the shape of docs/protocol.md; an unexpected one is logged under the id that the client gets."""

    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except ParleyError as error:
            return refusal(error)
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            return refusal(NotFound("unknown_route", "There is nothing at this address."))
        except web.HTTPRequestEntityTooLarge:
            return refusal(TooLarge("too_large", "This is too large."))
        except web.HTTPException:
            raise
        except ConnectionError:
            raise
        except Exception:
            return _unexpected(request)

    return answer_errors


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that has been answered; nothing in it is a stranger's own words."""

    method: str
    route: str
    """The pattern, never the path: an invitation's path lets people in."""
    status: int
    seconds: float


Watcher = Callable[[Seen], None]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def watch(watchers: Sequence[Watcher]) -> Middleware:
    """The outermost: tells of each answer, when it has been made; of one that streams, when it has been sent."""

    @web.middleware
    async def tell(request: web.Request, handler: Handler) -> web.StreamResponse:
        began_s = time.perf_counter()
        status = 499  # gone before there was an answer
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            method = request.method if request.method in _METHODS else "other"
            seen = Seen(method, _route(request), status, time.perf_counter() - began_s)
            for watcher in watchers:
                watcher(seen)
        return response

    return tell


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _unexpected(request: web.Request) -> web.Response:
    request_id = secrets.token_hex(8)
    # Not the path: see Seen.
    _log.exception("request failed", request_id=request_id, method=request.method, route=_route(request))
    message = "Something went wrong on the server. Try again; if it stays, tell the operator this number."
    return reply({"error": {"code": "internal", "message": message, "data": {"request_id": request_id}}}, 500)


def guard(policy: DoorPolicy) -> Middleware:
    """Knows the visitor, keeps passwords off the open wire, and keeps other people's pages out."""

    @web.middleware
    async def check_visitor(request: web.Request, handler: Handler) -> web.StreamResponse:
        visitor = policy.visitor(request.remote, _whole(request))
        request[VISITOR] = visitor
        if request.path not in _FOR_MONITORS:
            policy.refuse_cleartext(visitor)
        origin = request.headers.get("Origin")
        if request.path == "/gateway":
            if origin is not None:
                policy.check_origin(visitor, origin)
        elif request.method not in _READING and REFRESH_COOKIE in request.cookies:
            policy.check_origin(visitor, origin, request.headers.get("Sec-Fetch-Site"))
        return await handler(request)

    return check_visitor


def files_only(files_origin: str) -> Middleware:
    """Where an address is set aside for files there is nothing else: no page, no log-in."""
    host = files_origin.partition("://")[2]

    @web.middleware
    async def check_host(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (
            host
            and request.host.lower() == host
            and not (request.method in ("GET", "HEAD") and request.path.startswith("/api/files/"))
        ):
            raise NotFound("unknown_route", "There is nothing at this address.")
        return await handler(request)

    return check_host


def _whole(request: web.Request) -> dict[str, str]:
    """A proxy may append to the line of a header or add a line of its own: what counts is at the very end."""
    names = ("Host", "X-Forwarded-For", "X-Forwarded-Proto")
    return {name: ",".join(request.headers.getall(name, ())) for name in names}
