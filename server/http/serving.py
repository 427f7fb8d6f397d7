"""How an :class:`Endpoint` is served: what its handler wants is read from the request, what it returns becomes the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from server.actions.files import follow_link
from server.domain.ids import FileId
from server.http.door import actions_of, caller_of, origin_of, site_of, ticket_of
from server.http.endpoint import Endpoint, is_id
from server.http.reading import body_of, id_of, query_of, reason_of
from server.http.replies import nothing, reply
from server.http.scopes import check_endpoint


def route_of(endpoint: Endpoint) -> web.RouteDef:
    """For ``app.add_routes``; GET answers HEAD too."""
    return web.RouteDef(endpoint.method, endpoint.path, _serve(endpoint), {})


def _serve(endpoint: Endpoint) -> Handler:
    read = _reader(endpoint)
    status = endpoint.success[0]

    async def serve(http: web.Request) -> web.StreamResponse:
        answer = await endpoint.handler(**await read(http))
        if isinstance(answer, web.StreamResponse):
            return answer
        return nothing() if answer is None else reply(answer, status)

    return serve


def _reader(endpoint: Endpoint) -> Callable[[web.Request], Awaitable[dict[str, Any]]]:
    """Reads who asks first, then the address, then the body: a stranger's body is not even taken."""
    wants, needs_account = endpoint.wants, endpoint.needs_account
    path = tuple(zip(wants.path.items(), endpoint.placeholders, strict=True))
    with_reason, by_link = "reason" in wants.given, "reader_id" in wants.given

    async def read(http: web.Request) -> dict[str, Any]:
        found: dict[str, Any] = {"actions": actions_of(http), "origin": origin_of(http), "http": http}
        if "site" in wants.given:
            found["site"] = site_of(http)
        ticket = ticket_of(http) if by_link else None
        if needs_account and ticket is None:
            caller = await caller_of(http)
            check_endpoint(endpoint, caller.scopes)
            found |= {"caller": caller, "user_id": caller.user_id, "reader_id": caller.user_id}
        ids = {
            parameter: id_of(http, name, f"unknown_{name}") if is_id(kind) else http.match_info[name]
            for (parameter, kind), name in path
        }
        if ticket is not None:
            file_id = cast("FileId", next(iter(ids.values())))
            found["reader_id"] = await follow_link(found["actions"], file_id, ticket)
        if wants.query is not None:
            found["query"] = query_of(http, wants.query, besides=frozenset({"reason"} if with_reason else ()))
        if with_reason:
            found["reason"] = reason_of(http, actions_of(http).limits.reason_max)
        if wants.body is not None:
            has_body = http.body_exists or not wants.body_optional
            found["request"] = await body_of(http, wants.body) if has_body else None
        return {name: found[name] for name in wants.given} | ids

    return read
