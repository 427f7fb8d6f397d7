"""The order of a group's channels, and in which category each stands: all of it at once, as people drag and drop it."""

from __future__ import annotations

import msgspec

from server.actions.audit import entry
from server.actions.authority import Seat, group_seat, unknown_channel
from server.actions.categories import check_move
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import AuditAction, AuditEntry, Channel
from server.domain.errors import Invalid
from server.domain.events import ChannelUpdate, ToChannel
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.order import arranged
from server.domain.permissions import Permission
from server.domain.rates import Rule


class ChannelPlace(Request, frozen=True, kw_only=True):
    id: ChannelId
    category_id: ChannelId | None
    """None also leaves it in a category that one may not view."""


class OrderChannels(Request, frozen=True, kw_only=True):
    channels: tuple[ChannelPlace, ...]
    """All that one may view, from the top; what is not named stays behind what it followed in its category."""


class OrderedChannels(msgspec.Struct, frozen=True, kw_only=True):
    channels: tuple[Channel, ...]
    """Those that changed."""


def check_order(seat: Seat, places: tuple[ChannelPlace, ...]) -> dict[ChannelId, ChannelId | None]:
    """Channel -> category, in the order that is wanted.

    Needs MANAGE_CHANNELS in the group, and for each channel that changes its category what :func:`check_move` asks for.
    """
    seat.require(Permission.MANAGE_CHANNELS)
    wanted: dict[ChannelId, ChannelId | None] = {}
    for place in places:
        channel = seat.access.channels.get(place.id)
        if channel is None or not seat.access.may_view(seat.member, place.id):
            raise unknown_channel()
        if place.id in wanted:
            raise Invalid("bad_request", "Name each channel once.", where="channels")
        category_id = _kept_category(seat, channel) if place.category_id is None else place.category_id
        if category_id != channel.category_id:
            check_move(seat, channel, category_id)
        wanted[place.id] = category_id
    return wanted


def _kept_category(seat: Seat, channel: Channel) -> ChannelId | None:
    """Whoever may not view a category sees its channels as if they had none, and does not take them out by dragging another."""
    hidden = channel.category_id is not None and not seat.access.may_view(seat.member, channel.category_id)
    return channel.category_id if hidden else None


async def do_order_channels(
    actions: Actions, user_id: UserId, group_id: GroupId, request: OrderChannels, reason: str | None = None
) -> OrderedChannels:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms(), channels=True)
        wanted = check_order(seat, request.channels)
        before = seat.access.channels
        changed = arranged(before.values(), wanted, position_max=actions.limits.position_max)
        await uow.channels.put_in_order(changed)
        await uow.audit.add(_entries(actions, seat, changed, reason))
        for channel in changed:
            uow.publish(ToChannel(group_id, channel.id), ChannelUpdate(channel=channel))
    seen = (channel for channel in changed if seat.access.may_view(seat.member, channel.id))
    return OrderedChannels(channels=tuple(seen))


def _entries(actions: Actions, seat: Seat, changed: list[Channel], reason: str | None) -> list[AuditEntry]:
    """One for each channel in another category, since that changes what people may do there; one for the order of the others."""
    before = seat.access.channels
    moved = [channel for channel in changed if channel.category_id != before[channel.id].category_id]
    entries = [
        entry(
            actions,
            seat,
            AuditAction.CHANNEL_UPDATE,
            "channel",
            channel.id,
            reason=reason,
            changes={"category_id": channel.category_id},
        )
        for channel in moved
    ]
    if len(changed) > len(moved):
        group_id = seat.access.group.id
        entries.append(entry(actions, seat, AuditAction.CHANNEL_ORDER, "group", group_id, reason=reason))
    return entries
