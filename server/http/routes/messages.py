"""Messages of a channel: pages, one, write, edit, delete."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.messages import (
    CreateMessage,
    EditMessage,
    PageQuery,
    do_create_message,
    do_delete_message,
    do_edit_message,
    get_message,
    get_messages,
)
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, channel_of, id_of, query_of
from server.http.replies import nothing, reply


async def page(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    query = query_of(request, PageQuery)
    return reply(await get_messages(actions_of(request), caller.user_id, channel_id, query))


async def one(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    message_id = id_of(request, "message", "unknown_message")
    return reply(await get_message(actions_of(request), caller.user_id, channel_id, message_id))


async def create(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    body = await body_of(request, CreateMessage)
    written, fresh = await do_create_message(actions_of(request), caller.user_id, channel_id, body)
    return reply(written, 201 if fresh else 200)


async def edit(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    message_id = id_of(request, "message", "unknown_message")
    body = await body_of(request, EditMessage)
    return reply(await do_edit_message(actions_of(request), caller.user_id, channel_id, message_id, body))


async def delete(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    message_id = id_of(request, "message", "unknown_message")
    await do_delete_message(actions_of(request), caller.user_id, channel_id, message_id)
    return nothing()


ROUTES: Final = (
    web.get("/api/channels/{channel}/messages", page),
    web.post("/api/channels/{channel}/messages", create),
    web.get("/api/channels/{channel}/messages/{message}", one),
    web.patch("/api/channels/{channel}/messages/{message}", edit),
    web.delete("/api/channels/{channel}/messages/{message}", delete),
)
