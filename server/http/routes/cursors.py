"""How far one has read, and that one is writing."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.typing import do_start_typing
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, channel_of
from server.http.replies import nothing, reply


async def move_cursor(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    body = await body_of(request, MoveCursor)
    return reply(await do_move_cursor(actions_of(request), caller.user_id, channel_id, body))


async def start_typing(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    await do_start_typing(actions_of(request), caller.user_id, channel_id)
    return nothing()


ROUTES: Final = (
    web.put("/api/channels/{channel}/cursor", move_cursor),
    web.post("/api/channels/{channel}/typing", start_typing),
)
