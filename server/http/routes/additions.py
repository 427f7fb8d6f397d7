"""Asking people in by name, and their answers."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.additions import (
    CreateAddition,
    do_accept_addition,
    do_create_addition,
    do_refuse_addition,
    do_withdraw_addition,
    get_additions,
    get_my_additions,
)
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, group_of, id_of
from server.http.replies import nothing, reply


async def create(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id = group_of(request)
    body = await body_of(request, CreateAddition)
    return reply(await do_create_addition(actions_of(request), caller.user_id, group_id, body), 201)


async def of_group(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    return reply(await get_additions(actions_of(request), caller.user_id, group_of(request)))


async def withdraw(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    addition_id = id_of(request, "addition", "unknown_addition")
    await do_withdraw_addition(actions_of(request), caller.user_id, addition_id)
    return nothing()


async def mine(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    return reply(await get_my_additions(actions_of(request), caller.user_id))


async def accept(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    addition_id = id_of(request, "addition", "unknown_addition")
    return reply(await do_accept_addition(actions_of(request), caller.user_id, addition_id))


async def refuse(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    addition_id = id_of(request, "addition", "unknown_addition")
    await do_refuse_addition(actions_of(request), caller.user_id, addition_id)
    return nothing()


ROUTES: Final = (
    web.post("/api/groups/{group}/additions", create),
    web.get("/api/groups/{group}/additions", of_group),
    web.delete("/api/additions/{addition}", withdraw),
    web.get("/api/users/@me/additions", mine),
    web.post("/api/users/@me/additions/{addition}/accept", accept),
    web.delete("/api/users/@me/additions/{addition}", refuse),
)
