"""Channels, and what they allow and deny to roles and members."""

from __future__ import annotations

from typing import Any, Final, cast

from aiohttp import web

from server.actions.channels import (
    CreateChannel,
    UpdateChannel,
    do_create_channel,
    do_delete_channel,
    do_update_channel,
)
from server.actions.overwrites import PutOverwrite, Target, do_delete_overwrite, do_put_overwrite
from server.domain.errors import NotFound
from server.http.door import actions_of, caller_of
from server.http.reading import body_of, channel_of, group_of, id_of
from server.http.replies import nothing, reply


async def create(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    group_id = group_of(request)
    body = await body_of(request, CreateChannel)
    return reply(await do_create_channel(actions_of(request), caller.user_id, group_id, body), 201)


async def update(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    body = await body_of(request, UpdateChannel)
    return reply(await do_update_channel(actions_of(request), caller.user_id, channel_id, body))


async def delete(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    await do_delete_channel(actions_of(request), caller.user_id, channel_of(request))
    return nothing()


def _target(request: web.Request) -> tuple[Target, Any]:
    """A role's or a member's id. Raises :class:`NotFound`."""
    kind = request.match_info["target"]
    if kind not in ("role", "member"):
        raise NotFound("unknown_route", "An overwrite is for a role or for a member.")
    return cast("Target", kind), id_of(request, "target_id", f"unknown_{kind}")


async def put_overwrite(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    target, target_id = _target(request)
    body = await body_of(request, PutOverwrite)
    return reply(await do_put_overwrite(actions_of(request), caller.user_id, channel_id, target, target_id, body))


async def delete_overwrite(request: web.Request) -> web.Response:
    caller = await caller_of(request)
    channel_id = channel_of(request)
    target, target_id = _target(request)
    return reply(await do_delete_overwrite(actions_of(request), caller.user_id, channel_id, target, target_id))


ROUTES: Final = (
    web.post("/api/groups/{group}/channels", create),
    web.patch("/api/channels/{channel}", update),
    web.delete("/api/channels/{channel}", delete),
    web.put("/api/channels/{channel}/overwrites/{target}/{target_id}", put_overwrite),
    web.delete("/api/channels/{channel}/overwrites/{target}/{target_id}", delete_overwrite),
)
