"""Channels: create, change, delete."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.audit import differences, record
from server.actions.authority import Seat, channel_seat, group_seat, whole_seat
from server.actions.categories import category_of, check_beneath, check_move
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Channel, ChannelKind, Cursor, Overwrite
from server.domain.errors import Conflict, Invalid
from server.domain.events import ChannelDelete, ChannelUpdate, ToChannel
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.names import clean_line
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork


class CreateChannel(Request, frozen=True, kw_only=True):
    name: str
    kind: Literal["text", "voice", "category"]
    topic: str | UnsetType = UNSET
    category_id: ChannelId | None = None
    private: bool = False
    """Only its maker may view it, and whom overwrites let in."""
    slow_mode_s: int = 0


class UpdateChannel(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    position: int | UnsetType = UNSET
    category_id: ChannelId | UnsetType | None = UNSET
    slow_mode_s: int | UnsetType = UNSET


def _name(actions: Actions, name: str) -> str:
    return clean_line(name, "name", longest=actions.limits.channel_name_max)


def _topic(actions: Actions, topic: str) -> str:
    return clean_line(topic, "topic", longest=actions.limits.topic_max, shortest=0)


def _slow_mode_s(actions: Actions, seconds: int) -> int:
    return check_range(seconds, "slow_mode_s", 0, actions.limits.slow_mode_max_s)


# ------------------------------------------------------------------------------------------------------------- create


def check_create_channel(actions: Actions, seat: Seat, kind: ChannelKind, request: CreateChannel) -> None:
    """Needs MANAGE_CHANNELS: in the category where there is one, else in the group. Raises too_many."""
    if request.category_id is None:
        seat.require(Permission.MANAGE_CHANNELS)
    else:
        category_of(seat, request.category_id)
        if kind is ChannelKind.CATEGORY:
            raise Invalid("bad_request", "A category cannot be in another one.", where="category_id")
    check_slow_mode(kind, request.slow_mode_s)
    limit = actions.limits.channels_per_group
    if len(seat.access.channels) >= limit:
        raise Conflict("too_many", f"A group has at most {limit} channels. Delete one first.", limit=limit)


def check_slow_mode(kind: ChannelKind, slow_mode_s: int) -> None:
    if slow_mode_s and kind is not ChannelKind.TEXT:
        raise Invalid("wrong_channel_kind", "Only text channels can be slow.", kind=ChannelKind.TEXT.value)


async def do_create_channel(
    actions: Actions, user_id: UserId, group_id: GroupId, request: CreateChannel, reason: str | None = None
) -> Channel:
    """Below all others, and below those of its category."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    kind = ChannelKind(request.kind)
    name = _name(actions, request.name)
    topic = _topic(actions, request.topic) if isinstance(request.topic, str) else ""
    slow_mode_s = _slow_mode_s(actions, request.slow_mode_s)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms, channels=True)
        check_create_channel(actions, seat, kind, request)
        last = max((channel.position for channel in seat.access.channels.values()), default=-1)
        channel = Channel(
            id=ChannelId(actions.ids.next(now_ms)),
            group_id=group_id,
            kind=kind,
            name=name,
            topic=topic,
            position=min(last + 1, actions.limits.position_max),
            category_id=request.category_id,
            slow_mode_s=slow_mode_s,
            overwrites=_private(group_id, user_id) if request.private else (),
        )
        await uow.channels.add(channel)
        changes = {"name": name, "kind": kind.value, "category_id": channel.category_id, "private": request.private}
        await record(
            actions, uow, seat, AuditAction.CHANNEL_CREATE, "channel", channel.id, reason=reason, changes=changes
        )
        cursor = Cursor(channel_id=channel.id, last_read_id=None, unread=0) if kind is ChannelKind.TEXT else None
        uow.publish(ToChannel(group_id, channel.id), ChannelUpdate(channel=channel, cursor=cursor))
    return channel


def _private(group_id: GroupId, maker_id: UserId) -> tuple[Overwrite, ...]:
    view = int(Permission.VIEW_CHANNEL)
    return (
        Overwrite(target="member", target_id=maker_id, allow=view),
        Overwrite(target="role", target_id=everyone_role_id(group_id), deny=view),
    )


# ------------------------------------------------------------------------------------------------------------- change


def check_update_channel(seat: Seat, before: Channel, after: Channel) -> None:
    """Needs MANAGE_CHANNELS in the channel, and what a move into another category does."""
    seat.require(Permission.MANAGE_CHANNELS, before.id)
    check_slow_mode(after.kind, after.slow_mode_s)
    if after.category_id != before.category_id:
        check_move(seat, before, after.category_id)


async def do_update_channel(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: UpdateChannel, reason: str | None = None
) -> Channel:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    wanted = _wanted(actions, request)
    async with actions.store.write() as uow:
        seat, channel = await channel_seat(uow, user_id, channel_id, actions.clock.now_ms())
        if "category_id" in wanted:
            seat = await whole_seat(uow, seat)
        changed = msgspec.structs.replace(channel, **wanted)
        check_update_channel(seat, channel, changed)
        if changed == channel:
            return channel
        await uow.channels.update(changed)
        changes = differences(channel, changed)
        await record(
            actions, uow, seat, AuditAction.CHANNEL_UPDATE, "channel", channel_id, reason=reason, changes=changes
        )
        uow.publish(ToChannel(channel.group_id, channel_id), ChannelUpdate(channel=changed))
    return changed


def _wanted(actions: Actions, request: UpdateChannel) -> dict[str, Any]:
    """The fields to change, checked as far as that can be without the channel."""
    wanted: dict[str, Any] = {}
    if isinstance(request.name, str):
        wanted["name"] = _name(actions, request.name)
    if isinstance(request.topic, str):
        wanted["topic"] = _topic(actions, request.topic)
    if isinstance(request.position, int):
        wanted["position"] = check_range(request.position, "position", 0, actions.limits.position_max)
    if not isinstance(request.category_id, UnsetType):
        wanted["category_id"] = request.category_id
    if isinstance(request.slow_mode_s, int):
        wanted["slow_mode_s"] = _slow_mode_s(actions, request.slow_mode_s)
    return wanted


# ------------------------------------------------------------------------------------------------------------- delete


def check_delete_channel(seat: Seat, channel: Channel) -> None:
    """Needs MANAGE_CHANNELS in the channel; of a category also what its end gives to anybody in its channels."""
    seat.require(Permission.MANAGE_CHANNELS, channel.id)
    for inside in seat.access.channels_in(channel.id):
        check_beneath(seat, inside, ())


async def do_delete_channel(
    actions: Actions, user_id: UserId, channel_id: ChannelId, reason: str | None = None
) -> None:
    """With all its messages. The channels of a category stay, in none."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat, channel = await channel_seat(uow, user_id, channel_id, actions.clock.now_ms())
        if channel.kind is ChannelKind.CATEGORY:
            seat = await whole_seat(uow, seat)
        check_delete_channel(seat, channel)
        left = seat.access.channels_in(channel_id)
        await uow.channels.delete(channel_id)
        changes = {"name": channel.name, "kind": channel.kind.value}
        await record(
            actions, uow, seat, AuditAction.CHANNEL_DELETE, "channel", channel_id, reason=reason, changes=changes
        )
        gone = ChannelDelete(group_id=channel.group_id, channel_id=channel_id)
        uow.publish(ToChannel(channel.group_id, channel_id), gone)
        _publish_left(uow, left)


def _publish_left(uow: UnitOfWork, channels: list[Channel]) -> None:
    for channel in channels:
        alone = msgspec.structs.replace(channel, category_id=None)
        uow.publish(ToChannel(channel.group_id, channel.id), ChannelUpdate(channel=alone))
