"""What a channel allows and denies to a role or a member."""

from __future__ import annotations

from typing import Literal, TypeAlias

from server.actions.audit import record
from server.actions.authority import Seat, channel_seat, member_of, whole_seat
from server.actions.categories import check_beneath
from server.actions.context import Actions
from server.actions.requests import Request
from server.actions.roles import unknown_role
from server.domain.entities import AuditAction, Channel, ChannelKind, Overwrite
from server.domain.errors import Conflict, Invalid
from server.domain.events import ChannelUpdate, ToChannel
from server.domain.ids import ChannelId, RoleId, Snowflake, UserId
from server.domain.numbers import check_permissions
from server.domain.permissions import IN_CHANNELS, Permission, given
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork

Target: TypeAlias = Literal["role", "member"]


class PutOverwrite(Request, frozen=True, kw_only=True):
    allow: int
    deny: int


async def check_overwrite(
    reader: Reader, seat: Seat, channel: Channel, target: Target, target_id: Snowflake, after: Overwrite | None
) -> None:
    """Needs MANAGE_ROLES in the channel, a target below oneself, and the permissions that the change gives: there, and of a
    category also in each of its channels, which the seat has to have.
    """
    seat.require(Permission.MANAGE_ROLES, channel.id)
    if target == "role":
        role = seat.access.roles.get(RoleId(target_id))
        if role is None:
            raise unknown_role()
        seat.require_above_role(role)
    else:
        seat.require_above(await member_of(reader, channel.group_id, UserId(target_id)))
    seat.require_all(given(_find(channel, target, target_id), after), channel.id)
    others = [one for one in channel.overwrites if (one.target, one.target_id) != (target, target_id)]
    for inside in seat.access.channels_in(channel.id):
        check_beneath(seat, inside, others if after is None else [*others, after])


def _find(channel: Channel, target: Target, target_id: Snowflake) -> Overwrite | None:
    found = (one for one in channel.overwrites if one.target == target and one.target_id == target_id)
    return next(found, None)


async def do_put_overwrite(
    actions: Actions,
    user_id: UserId,
    channel_id: ChannelId,
    target: Target,
    target_id: Snowflake,
    request: PutOverwrite,
    reason: str | None = None,
) -> Channel:
    """Takes the place of the target's earlier overwrite; raises too_many."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    allow = check_permissions(request.allow, "allow", IN_CHANNELS)
    deny = check_permissions(request.deny, "deny", IN_CHANNELS)
    if allow & deny:
        raise Invalid("bad_request", "A permission is allowed or denied, not both.", where="deny")
    overwrite = Overwrite(target=target, target_id=target_id, allow=int(allow), deny=int(deny))
    async with actions.store.write() as uow:
        seat, channel = await _seat(actions, uow, user_id, channel_id)
        await check_overwrite(uow, seat, channel, target, target_id, overwrite)
        before = _find(channel, target, target_id)
        limit = actions.limits.overwrites_per_channel
        if before is None and len(channel.overwrites) >= limit:
            raise Conflict("too_many", f"A channel has at most {limit} overwrites. Delete one first.", limit=limit)
        if before == overwrite:
            return channel
        await uow.channels.put_overwrite(channel_id, overwrite)
        changes = {"target": target, "target_id": target_id, "allow": overwrite.allow, "deny": overwrite.deny}
        action = AuditAction.OVERWRITE_UPDATE
        await record(actions, uow, seat, action, "channel", channel_id, reason=reason, changes=changes)
        return await _published(uow, channel)


async def do_delete_overwrite(
    actions: Actions,
    user_id: UserId,
    channel_id: ChannelId,
    target: Target,
    target_id: Snowflake,
    reason: str | None = None,
) -> Channel:
    """Where there is none, nothing changes."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat, channel = await _seat(actions, uow, user_id, channel_id)
        await check_overwrite(uow, seat, channel, target, target_id, None)
        if not await uow.channels.delete_overwrite(channel_id, target, target_id):
            return channel
        changes = {"target": target, "target_id": target_id}
        action = AuditAction.OVERWRITE_DELETE
        await record(actions, uow, seat, action, "channel", channel_id, reason=reason, changes=changes)
        return await _published(uow, channel)


async def _seat(actions: Actions, reader: Reader, user_id: UserId, channel_id: ChannelId) -> tuple[Seat, Channel]:
    """For a category with its channels."""
    seat, channel = await channel_seat(reader, user_id, channel_id, actions.clock.now_ms())
    return (await whole_seat(reader, seat) if channel.kind is ChannelKind.CATEGORY else seat), channel


async def _published(uow: UnitOfWork, before: Channel) -> Channel:
    """The channel as it is now, told to those who may view it; the gateway tells those for whom it comes or goes."""
    channel = await uow.channels.get(before.id) or before
    uow.publish(ToChannel(channel.group_id, channel.id), ChannelUpdate(channel=channel))
    return channel
