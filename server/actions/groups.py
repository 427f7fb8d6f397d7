"""Groups: create, rename, delete."""

from __future__ import annotations

from typing import Final

from server.actions.authority import Seat, group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.actions.views import views_of
from server.domain.access import everyone_role_id
from server.domain.entities import Channel, ChannelKind, Group, Member, Role
from server.domain.errors import Forbidden
from server.domain.events import AdditionDelete, GroupJoin, GroupLeave, GroupUpdate, GroupView, ToGroup, ToUsers
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.names import clean_line
from server.domain.permissions import EVERYONE, Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork

_FIRST_CHANNELS: Final = ((ChannelKind.TEXT, "general"), (ChannelKind.VOICE, "Voice"))


class CreateGroup(Request, frozen=True, kw_only=True):
    name: str


class UpdateGroup(Request, frozen=True, kw_only=True):
    name: str


async def do_create_group(actions: Actions, user_id: UserId, request: CreateGroup) -> GroupView:
    await actions.limiter.hit(Rule.GROUP_CREATE, str(user_id))
    name = clean_line(request.name, "name", longest=actions.limits.group_name_max)
    now_ms = actions.clock.now_ms()
    group = Group(id=GroupId(actions.ids.next(now_ms)), name=name, owner_id=user_id)
    async with actions.store.write() as uow:
        member = await _furnish(actions, uow, group, now_ms)
        (view,) = await views_of(uow, actions.voice, [member])
        uow.publish(ToUsers((user_id,)), GroupJoin(view=view))
    return view


async def _furnish(actions: Actions, uow: UnitOfWork, group: Group, now_ms: int) -> Member:
    """With everyone's role, the first channels and the owner."""
    await uow.groups.add(group)
    role_id = everyone_role_id(group.id)
    await uow.roles.add(Role(id=role_id, group_id=group.id, name="everyone", permissions=int(EVERYONE), position=0))
    for position, (kind, name) in enumerate(_FIRST_CHANNELS):
        channel_id = ChannelId(actions.ids.next(now_ms))
        await uow.channels.add(Channel(id=channel_id, group_id=group.id, kind=kind, name=name, position=position))
    owner = Member(group_id=group.id, user_id=group.owner_id, joined_ms=now_ms)
    await uow.members.add(owner)
    return owner


async def do_update_group(actions: Actions, user_id: UserId, group_id: GroupId, request: UpdateGroup) -> Group:
    """Needs MANAGE_GROUP."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    name = clean_line(request.name, "name", longest=actions.limits.group_name_max)
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_GROUP)
        await uow.groups.rename(group_id, name)
        group = Group(id=group_id, name=name, owner_id=seat.access.group.owner_id)
        uow.publish(ToGroup(group_id), GroupUpdate(group=group))
    return group


def check_delete_group(seat: Seat) -> None:
    if not seat.is_owner:
        raise Forbidden("forbidden", "Only the owner can delete the group.", permission="owner")


async def do_delete_group(actions: Actions, user_id: UserId, group_id: GroupId) -> None:
    """Those who are in it hear GroupLeave, those who were asked in AdditionDelete."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        check_delete_group(await group_seat(uow, user_id, group_id, actions.clock.now_ms()))
        members = await uow.members.ids(group_id)
        additions = await uow.additions.of_group(group_id)
        await uow.groups.delete(group_id)
        uow.publish(ToUsers(tuple(members)), GroupLeave(group_id=group_id))
        for addition in additions:
            uow.publish(ToUsers((addition.user_id,)), AdditionDelete(addition_id=addition.id))
