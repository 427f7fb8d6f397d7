"""Going out of a group, by whatever way: leaving, being removed, being banned."""

from __future__ import annotations

import msgspec

from server.actions.authority import Seat
from server.domain.access import is_timed_out
from server.domain.entities import Channel, Member
from server.domain.events import ChannelUpdate, GroupLeave, MemberLeave, ToChannel, ToGroup, ToUsers
from server.domain.ids import UserId
from server.ports import UnitOfWork


async def take_out(uow: UnitOfWork, seat: Seat, member: Member) -> None:
    """With the member's overwrites and cursors; a time-out is kept for a return. ``seat`` has all channels of the group."""
    group_id, user_id = member.group_id, member.user_id
    await uow.members.remove(group_id, user_id)
    if member.timed_out_until_ms is not None and is_timed_out(member, seat.now_ms):
        await uow.members.keep_time_out(group_id, user_id, member.timed_out_until_ms)
    left = (await uow.members.counts([group_id]))[group_id]
    uow.publish(ToUsers((user_id,)), GroupLeave(group_id=group_id))
    uow.publish(ToGroup(group_id), MemberLeave(group_id=group_id, user_id=user_id, member_count=left))
    for channel in seat.access.channels.values():
        without = _without(channel, user_id)
        if without != channel:
            uow.publish(ToChannel(group_id, channel.id), ChannelUpdate(channel=without))


def _without(channel: Channel, member_id: UserId) -> Channel:
    left = tuple(one for one in channel.overwrites if one.target != "member" or one.target_id != member_id)
    return msgspec.structs.replace(channel, overwrites=left)
