"""Coming into a group, by whatever way; used by invites and additions."""

from __future__ import annotations

from server.actions.authority import public_user
from server.actions.context import Actions
from server.actions.safety import check_may_come
from server.actions.views import views_of
from server.domain.entities import ChannelKind, Member
from server.domain.events import AdditionDelete, GroupJoin, GroupView, MemberJoin, ToGroup, ToUsers
from server.domain.ids import GroupId, UserId
from server.ports import UnitOfWork


async def come_in(actions: Actions, uow: UnitOfWork, user_id: UserId, group_id: GroupId, now_ms: int) -> GroupView:
    """Makes the user, who is not a member, one, unless something holds them off (:mod:`server.actions.safety`).

    What was written before does not count as unread; pending additions end.

    Whoever left in time-out comes back in time-out.
    """
    await check_may_come(uow, user_id, group_id, now_ms)
    user = await public_user(uow, user_id)
    until_ms = await uow.members.take_time_out(group_id, user_id)
    member = Member(group_id=group_id, user_id=user_id, joined_ms=now_ms, timed_out_until_ms=until_ms)
    await uow.members.add(member)
    written = {
        channel.id: channel.last_message_id
        for channel in await uow.channels.of_groups([group_id])
        if channel.kind is ChannelKind.TEXT and channel.last_message_id is not None
    }
    await uow.cursors.set_all(user_id, written)
    await _end_additions(uow, user_id, group_id)
    (view,) = await views_of(uow, actions.voice, [member])
    uow.publish(ToUsers((user_id,)), GroupJoin(view=view))
    uow.publish(ToGroup(group_id), MemberJoin(member=member, user=user, member_count=view.member_count))
    return view


async def _end_additions(uow: UnitOfWork, user_id: UserId, group_id: GroupId) -> None:
    for addition in await uow.additions.of_user(user_id):
        if addition.group_id == group_id:
            await uow.additions.delete(addition.id)
            uow.publish(ToUsers((user_id,)), AdditionDelete(addition_id=addition.id))
