"""Groups: create, rename, hand over, delete."""

from __future__ import annotations

from typing import Final

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat, member_of, public_user
from server.actions.context import Actions
from server.actions.requests import Request
from server.actions.views import views_of
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Channel, ChannelKind, Group, Member, Role, UserKind
from server.domain.errors import Forbidden, Invalid
from server.domain.events import AdditionDelete, GroupJoin, GroupLeave, GroupUpdate, GroupView, ToGroup, ToUsers
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from server.domain.names import clean_line
from server.domain.permissions import EVERYONE, MODERATOR, Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork

_FIRST_CHANNELS: Final = ((ChannelKind.TEXT, "general"), (ChannelKind.VOICE, "Voice"))


class CreateGroup(Request, frozen=True, kw_only=True):
    name: str


class UpdateGroup(Request, frozen=True, kw_only=True):
    name: str


class TransferGroup(Request, frozen=True, kw_only=True):
    user_id: UserId
    """A member."""


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
    """With the first roles and channels, and the owner."""
    await uow.groups.add(group)
    role_id = everyone_role_id(group.id)
    await uow.roles.add(Role(id=role_id, group_id=group.id, name="everyone", permissions=int(EVERYONE), position=0))
    moderator = Role(
        id=RoleId(actions.ids.next(now_ms)),
        group_id=group.id,
        name="Moderator",
        permissions=int(MODERATOR),
        position=1,
        hoisted=True,
    )
    await uow.roles.add(moderator)
    for position, (kind, name) in enumerate(_FIRST_CHANNELS):
        channel_id = ChannelId(actions.ids.next(now_ms))
        await uow.channels.add(Channel(id=channel_id, group_id=group.id, kind=kind, name=name, position=position))
    owner = Member(group_id=group.id, user_id=group.owner_id, joined_ms=now_ms)
    await uow.members.add(owner)
    return owner


async def do_update_group(
    actions: Actions, user_id: UserId, group_id: GroupId, request: UpdateGroup, reason: str | None = None
) -> Group:
    """Needs MANAGE_GROUP."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    name = clean_line(request.name, "name", longest=actions.limits.group_name_max)
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_GROUP)
        before = seat.access.group
        group = msgspec.structs.replace(before, name=name)
        if group == before:
            return group
        await uow.groups.update(group)
        changes = {"name": name}
        await record(actions, uow, seat, AuditAction.GROUP_UPDATE, "group", group_id, reason=reason, changes=changes)
        uow.publish(ToGroup(group_id), GroupUpdate(group=group))
    return group


# ---------------------------------------------------------------------------------------------------- owner and end


def check_own(seat: Seat, what: str) -> None:
    if not seat.is_owner:
        raise Forbidden("forbidden", f"Only the owner can {what} the group.", permission="owner")


async def do_transfer_group(
    actions: Actions, user_id: UserId, group_id: GroupId, request: TransferGroup, reason: str | None = None
) -> Group:
    """The owner hands it over to another member, and stays in it with the roles they have. Raises unknown_member."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        check_own(seat, "hand over")
        heir = await member_of(uow, group_id, request.user_id)
        if (await public_user(uow, heir.user_id)).kind is not UserKind.PERSON:
            raise Invalid("bad_request", "A bot cannot own a group. Name a person.", where="user_id")
        before = seat.access.group
        group = msgspec.structs.replace(before, owner_id=heir.user_id)
        if group == before:
            return group
        await uow.groups.update(group)
        await record(actions, uow, seat, AuditAction.GROUP_TRANSFER, "member", heir.user_id, reason=reason)
        uow.publish(ToGroup(group_id), GroupUpdate(group=group))
    return group


async def do_delete_group(actions: Actions, user_id: UserId, group_id: GroupId) -> None:
    """Those who are in it hear GroupLeave, those who were asked in AdditionDelete."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        check_own(await group_seat(uow, user_id, group_id, actions.clock.now_ms()), "delete")
        await delete_group(uow, group_id)


async def delete_group(uow: UnitOfWork, group_id: GroupId) -> None:
    members = await uow.members.ids(group_id)
    additions = await uow.additions.of_group(group_id)
    await uow.groups.delete(group_id)
    uow.publish(ToUsers(tuple(members)), GroupLeave(group_id=group_id))
    for addition in additions:
        uow.publish(ToUsers((addition.user_id,)), AdditionDelete(addition_id=addition.id))
