"""Members of a group: pages, time-out, removal, leaving."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.members import MembersQuery, TimeOut, do_remove_member, do_time_out, get_members
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, group_of, id_of, query_of
from server.http.replies import nothing, reply


async def page(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    query = query_of(request, MembersQuery)
    return reply(await get_members(actions_of(request), caller.user_id, group_of(request), query))


async def time_out(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id, member_id = group_of(request), id_of(request, "member", "unknown_member")
    body = await body_of(request, TimeOut)
    return reply(await do_time_out(actions_of(request), caller.user_id, group_id, member_id, body))


async def leave(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    await do_remove_member(actions_of(request), caller.user_id, group_of(request), caller.user_id)
    return nothing()


async def remove(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id, member_id = group_of(request), id_of(request, "member", "unknown_member")
    await do_remove_member(actions_of(request), caller.user_id, group_id, member_id)
    return nothing()


ROUTES: Final = (
    web.get("/api/groups/{group}/members", page),
    web.put("/api/groups/{group}/members/{member}/time-out", time_out),
    web.delete("/api/groups/{group}/members/@me", leave),
    web.delete("/api/groups/{group}/members/{member}", remove),
)
