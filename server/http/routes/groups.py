"""Groups: make, look, rename, delete."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.groups import CreateGroup, UpdateGroup, do_create_group, do_delete_group, do_update_group
from server.actions.snapshot import group_view
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, group_of
from server.http.replies import nothing, reply


async def create(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    body = await body_of(request, CreateGroup)
    return reply(await do_create_group(actions_of(request), caller.user_id, body), 201)


async def view(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    return reply(await group_view(actions_of(request), caller.user_id, group_of(request)))


async def update(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id = group_of(request)
    body = await body_of(request, UpdateGroup)
    return reply(await do_update_group(actions_of(request), caller.user_id, group_id, body))


async def delete(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    await do_delete_group(actions_of(request), caller.user_id, group_of(request))
    return nothing()


ROUTES: Final = (
    web.post("/api/groups", create),
    web.get("/api/groups/{group}", view),
    web.patch("/api/groups/{group}", update),
    web.delete("/api/groups/{group}", delete),
)
