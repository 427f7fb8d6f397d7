"""Invitation links."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.invites import (
    CreateInvite,
    do_accept_invite,
    do_create_invite,
    do_delete_invite,
    get_invites,
    look_at_invite,
)
from server.http.door import actions_of, caller_of, origin_of
from server.http.reading import body_of, group_of
from server.http.replies import nothing, reply


async def listing(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    return reply(await get_invites(actions_of(request), caller.user_id, group_of(request)))


async def create(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id = group_of(request)
    body = await body_of(request, CreateInvite)
    return reply(await do_create_invite(actions_of(request), caller.user_id, group_id, body), 201)


async def delete(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    await do_delete_invite(actions_of(request), caller.user_id, request.match_info["code"])
    return nothing()


async def look(request: web.Request) -> web.Response:
    """Also for those without an account."""
    return reply(await look_at_invite(actions_of(request), request.match_info["code"], origin_of(request)))


async def accept(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    return reply(await do_accept_invite(actions_of(request), caller.user_id, request.match_info["code"]))


ROUTES: Final = (
    web.get("/api/groups/{group}/invites", listing),
    web.post("/api/groups/{group}/invites", create),
    web.delete("/api/invites/{code}", delete),
    web.get("/api/invites/{code}", look),
    web.post("/api/invites/{code}/accept", accept),
)
