"""One's own account, and what one may know of others."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.accounts import UpdateMe, do_update_me, get_me, get_user
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, id_of
from server.http.replies import reply


async def me(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    return reply(await get_me(actions_of(request), caller.user_id))


async def update_me(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    body = await body_of(request, UpdateMe)
    return reply(await do_update_me(actions_of(request), caller.user_id, body))


async def user(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    wanted = id_of(request, "user", "unknown_user")
    return reply(await get_user(actions_of(request), caller.user_id, wanted))


ROUTES: Final = (
    web.get("/api/users/@me", me),
    web.patch("/api/users/@me", update_me),
    web.get("/api/users/{user}", user),
)
