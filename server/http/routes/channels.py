"""Channels, and what they allow and deny to roles and members."""

from __future__ import annotations

from typing import Final

from server.actions.channel_order import do_order_channels
from server.actions.channels import do_create_channel, do_delete_channel, do_update_channel
from server.actions.context import Actions
from server.actions.overwrites import PutOverwrite, do_delete_overwrite, do_put_overwrite
from server.domain.entities import Channel
from server.domain.ids import ChannelId, RoleId, UserId
from server.http.endpoint import Endpoint, tagged

_NAME: Final = ("bad_name", "too_long", "too_short")
_IN_CATEGORY: Final = ("unknown_channel", "wrong_channel_kind")
_OF_ROLE: Final = "/api/channels/{channel}/overwrites/role/{role}"
_OF_MEMBER: Final = "/api/channels/{channel}/overwrites/member/{member}"


async def put_for_role(
    actions: Actions,
    user_id: UserId,
    channel_id: ChannelId,
    role_id: RoleId,
    request: PutOverwrite,
    reason: str | None,
) -> Channel:
    return await do_put_overwrite(actions, user_id, channel_id, "role", role_id, request, reason)


async def put_for_member(
    actions: Actions,
    user_id: UserId,
    channel_id: ChannelId,
    member_id: UserId,
    request: PutOverwrite,
    reason: str | None,
) -> Channel:
    return await do_put_overwrite(actions, user_id, channel_id, "member", member_id, request, reason)


async def delete_for_role(
    actions: Actions, user_id: UserId, channel_id: ChannelId, role_id: RoleId, reason: str | None
) -> Channel:
    return await do_delete_overwrite(actions, user_id, channel_id, "role", role_id, reason)


async def delete_for_member(
    actions: Actions, user_id: UserId, channel_id: ChannelId, member_id: UserId, reason: str | None
) -> Channel:
    return await do_delete_overwrite(actions, user_id, channel_id, "member", member_id, reason)


ENDPOINTS: Final = tagged(
    "Channels",
    Endpoint(
        "POST",
        "/api/groups/{group}/channels",
        do_create_channel,
        "Make a channel",
        status=201,
        errors=(*_NAME, *_IN_CATEGORY, "too_many"),
        note="A private one is for its maker alone, until overwrites let others in.",
    ),
    Endpoint(
        "PUT",
        "/api/groups/{group}/channels/order",
        do_order_channels,
        "Put the channels in order",
        errors=_IN_CATEGORY,
        note="Name all that you may view, from the top, each with its category.",
    ),
    Endpoint(
        "PATCH", "/api/channels/{channel}", do_update_channel, "Change a channel", errors=(*_NAME, "wrong_channel_kind")
    ),
    Endpoint("DELETE", "/api/channels/{channel}", do_delete_channel, "Delete a channel"),
    Endpoint("PUT", _OF_ROLE, put_for_role, "Set what a channel is for a role", errors=("above_you", "too_many")),
    Endpoint("DELETE", _OF_ROLE, delete_for_role, "Let a role have a channel as all do", errors=("above_you",)),
    Endpoint("PUT", _OF_MEMBER, put_for_member, "Set what a channel is for a member", errors=("above_you", "too_many")),
    Endpoint("DELETE", _OF_MEMBER, delete_for_member, "Let a member have a channel as all do", errors=("above_you",)),
)
