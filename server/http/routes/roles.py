"""Roles of a group, and who has them."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.roles import (
    CreateRole,
    UpdateRole,
    do_assign_role,
    do_create_role,
    do_delete_role,
    do_unassign_role,
    do_update_role,
)
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, group_of, id_of
from server.http.replies import nothing, reply


async def create(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id = group_of(request)
    body = await body_of(request, CreateRole)
    return reply(await do_create_role(actions_of(request), caller.user_id, group_id, body), 201)


async def update(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id, role_id = group_of(request), id_of(request, "role", "unknown_role")
    body = await body_of(request, UpdateRole)
    return reply(await do_update_role(actions_of(request), caller.user_id, group_id, role_id, body))


async def delete(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id, role_id = group_of(request), id_of(request, "role", "unknown_role")
    await do_delete_role(actions_of(request), caller.user_id, group_id, role_id)
    return nothing()


async def assign(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id, role_id = group_of(request), id_of(request, "role", "unknown_role")
    member_id = id_of(request, "member", "unknown_member")
    return reply(await do_assign_role(actions_of(request), caller.user_id, group_id, member_id, role_id))


async def unassign(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id, role_id = group_of(request), id_of(request, "role", "unknown_role")
    member_id = id_of(request, "member", "unknown_member")
    return reply(await do_unassign_role(actions_of(request), caller.user_id, group_id, member_id, role_id))


ROUTES: Final = (
    web.post("/api/groups/{group}/roles", create),
    web.patch("/api/groups/{group}/roles/{role}", update),
    web.delete("/api/groups/{group}/roles/{role}", delete),
    web.put("/api/groups/{group}/members/{member}/roles/{role}", assign),
    web.delete("/api/groups/{group}/members/{member}/roles/{role}", unassign),
)
