"""Channels: create, change, delete."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.authority import channel_seat, group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import Channel, ChannelKind, Cursor
from server.domain.errors import Conflict
from server.domain.events import ChannelDelete, ChannelUpdate, ToChannel
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.names import clean_line
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule


class CreateChannel(Request, frozen=True, kw_only=True):
    name: str
    kind: Literal["text", "voice"]
    topic: str | UnsetType = UNSET


class UpdateChannel(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    position: int | UnsetType = UNSET


def _name(actions: Actions, name: str) -> str:
    return clean_line(name, "name", longest=actions.limits.channel_name_max)


def _topic(actions: Actions, topic: str) -> str:
    return clean_line(topic, "topic", longest=actions.limits.topic_max, shortest=0)


async def do_create_channel(actions: Actions, user_id: UserId, group_id: GroupId, request: CreateChannel) -> Channel:
    """Below all others. Needs MANAGE_CHANNELS; raises too_many."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    name = _name(actions, request.name)
    topic = _topic(actions, request.topic) if isinstance(request.topic, str) else ""
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms, channels=True)
        seat.require(Permission.MANAGE_CHANNELS)
        others = seat.access.channels.values()
        limit = actions.limits.channels_per_group
        if len(others) >= limit:
            raise Conflict("too_many", f"A group has at most {limit} channels. Delete one first.", limit=limit)
        last = max((channel.position for channel in others), default=-1)
        channel = Channel(
            id=ChannelId(actions.ids.next(now_ms)),
            group_id=group_id,
            kind=ChannelKind(request.kind),
            name=name,
            topic=topic,
            position=min(last + 1, actions.limits.position_max),
        )
        await uow.channels.add(channel)
        is_text = channel.kind is ChannelKind.TEXT
        cursor = Cursor(channel_id=channel.id, last_read_id=None, unread=0) if is_text else None
        uow.publish(ToChannel(group_id, channel.id), ChannelUpdate(channel=channel, cursor=cursor))
    return channel


async def do_update_channel(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: UpdateChannel
) -> Channel:
    """Needs MANAGE_CHANNELS in the channel."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    changes: dict[str, str | int] = {}
    if isinstance(request.name, str):
        changes["name"] = _name(actions, request.name)
    if isinstance(request.topic, str):
        changes["topic"] = _topic(actions, request.topic)
    if isinstance(request.position, int):
        changes["position"] = check_range(request.position, "position", 0, actions.limits.position_max)
    async with actions.store.write() as uow:
        seat, channel = await channel_seat(uow, user_id, channel_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_CHANNELS, channel_id)
        changed = msgspec.structs.replace(channel, **changes)
        await uow.channels.update(changed)
        uow.publish(ToChannel(channel.group_id, channel_id), ChannelUpdate(channel=changed))
    return changed


async def do_delete_channel(actions: Actions, user_id: UserId, channel_id: ChannelId) -> None:
    """With all its messages. Needs MANAGE_CHANNELS in the channel."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat, channel = await channel_seat(uow, user_id, channel_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_CHANNELS, channel_id)
        await uow.channels.delete(channel_id)
        gone = ChannelDelete(group_id=channel.group_id, channel_id=channel_id)
        uow.publish(ToChannel(channel.group_id, channel_id), gone)
