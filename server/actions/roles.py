"""Roles, and who has them. Nobody gives what they have not, nor touches what stands at or above them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.audit import differences, record
from server.actions.authority import Seat, group_seat, member_of
from server.actions.categories import check_beneath
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.access import everyone_role_id, without_role
from server.domain.entities import AuditAction, Member, Role
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.events import MemberUpdate, RoleDelete, RoleUpdate, ToGroup
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from server.domain.names import clean_line
from server.domain.numbers import check_permissions, check_range
from server.domain.permissions import ALL, Permission, given
from server.domain.rates import Rule
from server.ports import UnitOfWork


class CreateRole(Request, frozen=True, kw_only=True):
    name: str
    permissions: int = 0
    position: int = 1
    colour: int | None = None
    """0xRRGGBB."""
    hoisted: bool = False
    mentionable: bool = False


class UpdateRole(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    permissions: int | UnsetType = UNSET
    position: int | UnsetType = UNSET
    colour: int | UnsetType | None = UNSET
    hoisted: bool | UnsetType = UNSET
    mentionable: bool | UnsetType = UNSET


_COLOUR_MAX: Final = 0xFFFFFF


def unknown_role() -> NotFound:
    return NotFound("unknown_role", "There is no such role in this group.")


# -------------------------------------------------------------------------------------------------------------- roles


def check_role(actions: Actions, seat: Seat, before: Role | None, after: Role) -> None:
    """Needs MANAGE_ROLES, a place above the role before and after, and the permissions that it gains."""
    seat.require(Permission.MANAGE_ROLES)
    if before is not None:
        seat.require_above_role(before)
    if after.id == everyone_role_id(after.group_id):
        check_range(after.position, "position", 0, 0)
    else:
        check_range(after.position, "position", 1, actions.limits.position_max)
    seat.require_above_role(after)
    had = 0 if before is None else before.permissions
    seat.require_all(Permission(after.permissions & ~had))


async def do_create_role(
    actions: Actions, user_id: UserId, group_id: GroupId, request: CreateRole, reason: str | None = None
) -> Role:
    """Raises too_many."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    wanted = _wanted(actions, request)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms)
        role = Role(id=RoleId(actions.ids.next(now_ms)), group_id=group_id, **wanted)
        check_role(actions, seat, None, role)
        limit = actions.limits.roles_per_group
        if len(seat.access.roles) >= limit:
            raise Conflict("too_many", f"A group has at most {limit} roles. Delete one first.", limit=limit)
        await uow.roles.add(role)
        await record(actions, uow, seat, AuditAction.ROLE_CREATE, "role", role.id, reason=reason, changes=wanted)
        uow.publish(ToGroup(group_id), RoleUpdate(role=role))
    return role


async def do_update_role(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    role_id: RoleId,
    request: UpdateRole,
    reason: str | None = None,
) -> Role:
    """Everyone's role keeps its position, 0."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    wanted = _wanted(actions, request)
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        before = _role(seat, role_id)
        after = msgspec.structs.replace(before, **wanted)
        check_role(actions, seat, before, after)
        if after == before:
            return before
        await uow.roles.update(after)
        changes = differences(before, after)
        await record(actions, uow, seat, AuditAction.ROLE_UPDATE, "role", role_id, reason=reason, changes=changes)
        uow.publish(ToGroup(group_id), RoleUpdate(role=after))
    return after


def _wanted(actions: Actions, request: CreateRole | UpdateRole) -> dict[str, Any]:
    """What was given, checked as far as that can be without the role."""
    wanted = {name: value for name, value in msgspec.structs.asdict(request).items() if value is not UNSET}
    if "name" in wanted:
        wanted["name"] = clean_line(wanted["name"], "name", longest=actions.limits.role_name_max)
    if "permissions" in wanted:
        wanted["permissions"] = int(check_permissions(wanted["permissions"], "permissions", ALL))
    if wanted.get("colour") is not None:
        check_range(wanted["colour"], "colour", 0, _COLOUR_MAX)
    return wanted


def check_delete_role(seat: Seat, role: Role) -> None:
    """Needs MANAGE_ROLES, a place above the role, and what its overwrites deny: that comes back to those who had it.

    Those of a category deny it in each of its channels.
    """
    seat.require(Permission.MANAGE_ROLES)
    if role.id == everyone_role_id(role.group_id):
        raise Invalid("bad_request", "Everyone's role cannot be deleted.", where="role_id")
    seat.require_above_role(role)
    for channel in seat.access.channels.values():
        for one in channel.overwrites:
            if one.target == "role" and one.target_id == role.id:
                seat.require_all(given(one, None), channel.id)
        category = seat.access.category_of(channel)
        if category is not None:
            check_beneath(seat, channel, without_role(category.overwrites, role.id))


async def do_delete_role(
    actions: Actions, user_id: UserId, group_id: GroupId, role_id: RoleId, reason: str | None = None
) -> None:
    """Members lose it, and its overwrites go."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms(), channels=True)
        role = _role(seat, role_id)
        check_delete_role(seat, role)
        await uow.roles.delete(group_id, role_id)
        changes = {"name": role.name}
        await record(actions, uow, seat, AuditAction.ROLE_DELETE, "role", role_id, reason=reason, changes=changes)
        uow.publish(ToGroup(group_id), RoleDelete(group_id=group_id, role_id=role_id))


def _role(seat: Seat, role_id: RoleId) -> Role:
    role = seat.access.roles.get(role_id)
    if role is None:
        raise unknown_role()
    return role


# -------------------------------------------------------------------------------------------------------- assignments


def check_assignment(seat: Seat, role: Role, before: Member, after: Member) -> None:
    """Needs MANAGE_ROLES, a place above role and member (or it is oneself), and all that the change gives, in any channel."""
    seat.require(Permission.MANAGE_ROLES)
    if role.id == everyone_role_id(role.group_id):
        raise Invalid("bad_request", "Everyone has this role.", where="role_id")
    seat.require_above_role(role)
    if before.user_id != seat.member.user_id:
        seat.require_above(before)
    scopes: list[ChannelId | None] = [None, *seat.access.channels]
    for scope in scopes:
        had = seat.access.permissions(_untimed(before), scope, seat.now_ms)
        has = seat.access.permissions(_untimed(after), scope, seat.now_ms)
        seat.require_all(has & ~had, scope)


def _untimed(member: Member) -> Member:
    """A time-out hides what a role gives, and then ends."""
    return msgspec.structs.replace(member, timed_out_until_ms=None)


async def do_assign_role(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    member_id: UserId,
    role_id: RoleId,
    reason: str | None = None,
) -> Member:
    return await _assign(actions, user_id, group_id, member_id, role_id, reason, has=True)


async def do_unassign_role(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    member_id: UserId,
    role_id: RoleId,
    reason: str | None = None,
) -> Member:
    """May also give something: what the role's overwrites denied."""
    return await _assign(actions, user_id, group_id, member_id, role_id, reason, has=False)


async def _assign(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    member_id: UserId,
    role_id: RoleId,
    reason: str | None,
    *,
    has: bool,
) -> Member:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms(), channels=True)
        role = _role(seat, role_id)
        before = await member_of(uow, group_id, member_id)
        others = {one for one in before.role_ids if one != role_id}
        after = msgspec.structs.replace(before, role_ids=tuple(sorted(others | {role_id} if has else others)))
        check_assignment(seat, role, before, after)
        if after == before:
            return before
        await _write(uow, after, role_id, has=has)
        changes = {"role_id": role_id, "has": has}
        await record(actions, uow, seat, AuditAction.MEMBER_ROLE, "member", member_id, reason=reason, changes=changes)
        uow.publish(ToGroup(group_id), MemberUpdate(member=after))
    return after


async def _write(uow: UnitOfWork, member: Member, role_id: RoleId, *, has: bool) -> None:
    if has:
        await uow.members.put_role(member.group_id, member.user_id, role_id)
    else:
        await uow.members.drop_role(member.group_id, member.user_id, role_id)
