"""Channels, and what they allow and deny to roles and members."""

from __future__ import annotations

from typing import Final

from server.actions.channels import do_create_channel, do_delete_channel, do_update_channel
from server.actions.context import Actions
from server.actions.overwrites import PutOverwrite, do_delete_overwrite, do_put_overwrite
from server.domain.entities import Channel
from server.domain.ids import ChannelId, RoleId, UserId
from server.http.endpoint import Endpoint, tagged

_NAME: Final = ("bad_name", "too_long", "too_short")
_OF_ROLE: Final = "/api/channels/{channel}/overwrites/role/{role}"
_OF_MEMBER: Final = "/api/channels/{channel}/overwrites/member/{member}"


async def put_for_role(
    actions: Actions, user_id: UserId, channel_id: ChannelId, role_id: RoleId, request: PutOverwrite
) -> Channel:
    return await do_put_overwrite(actions, user_id, channel_id, "role", role_id, request)


async def put_for_member(
    actions: Actions, user_id: UserId, channel_id: ChannelId, member_id: UserId, request: PutOverwrite
) -> Channel:
    return await do_put_overwrite(actions, user_id, channel_id, "member", member_id, request)


async def delete_for_role(actions: Actions, user_id: UserId, channel_id: ChannelId, role_id: RoleId) -> Channel:
    return await do_delete_overwrite(actions, user_id, channel_id, "role", role_id)


async def delete_for_member(actions: Actions, user_id: UserId, channel_id: ChannelId, member_id: UserId) -> Channel:
    return await do_delete_overwrite(actions, user_id, channel_id, "member", member_id)


ENDPOINTS: Final = tagged(
    "Channels",
    Endpoint(
        "POST",
        "/api/groups/{group}/channels",
        do_create_channel,
        "Make a channel",
        status=201,
        errors=(*_NAME, "too_many"),
    ),
    Endpoint("PATCH", "/api/channels/{channel}", do_update_channel, "Change a channel", errors=_NAME),
    Endpoint("DELETE", "/api/channels/{channel}", do_delete_channel, "Delete a channel"),
    Endpoint("PUT", _OF_ROLE, put_for_role, "Set what a channel is for a role", errors=("above_you", "too_many")),
    Endpoint("DELETE", _OF_ROLE, delete_for_role, "Let a role have a channel as all do", errors=("above_you",)),
    Endpoint("PUT", _OF_MEMBER, put_for_member, "Set what a channel is for a member", errors=("above_you", "too_many")),
    Endpoint("DELETE", _OF_MEMBER, delete_for_member, "Let a member have a channel as all do", errors=("above_you",)),
)
