"""Members: look, name, remove, leave, time-out."""

from __future__ import annotations

from typing import Final

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat, member_of
from server.actions.context import Actions
from server.actions.departure import take_out
from server.actions.requests import Request
from server.domain.entities import AuditAction, Member, User
from server.domain.errors import Forbidden
from server.domain.events import (
    MemberUpdate,
    ToGroup,
)
from server.domain.ids import GroupId, UserId
from server.domain.names import clean_line, name_key, too_long
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork

_QUESTION_MAX: Final = 64


class MembersQuery(Request, frozen=True, kw_only=True):
    after: UserId | None = None
    limit: int = 50


class MembersPage(msgspec.Struct, frozen=True, kw_only=True):
    members: tuple[Member, ...]
    """By user id."""
    users: tuple[User, ...]


class MemberSearch(Request, frozen=True, kw_only=True):
    q: str = ""
    """The beginning of a user name, display name or nickname; letter case and accents do not matter."""
    limit: int = 20


class FoundMembers(msgspec.Struct, frozen=True, kw_only=True):
    members: tuple[Member, ...]
    """By the name that begins so."""
    users: tuple[User, ...]


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    member: Member
    user: User


class UpdateMember(Request, frozen=True, kw_only=True):
    nickname: str | None
    """None: by the display name again."""


class TimeOut(Request, frozen=True, kw_only=True):
    until_ms: int | None
    """None ends it."""


async def get_members(actions: Actions, user_id: UserId, group_id: GroupId, query: MembersQuery) -> MembersPage:
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    async with actions.store.read() as reader:
        await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        members = await reader.members.page(group_id, query.after, query.limit)
    users = await actions.profiles.by_ids([member.user_id for member in members])
    return MembersPage(members=tuple(members), users=tuple(users[key] for key in sorted(users)))


async def get_member(actions: Actions, user_id: UserId, group_id: GroupId, member_id: UserId) -> MemberView:
    async with actions.store.read() as reader:
        await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        member = await member_of(reader, group_id, member_id)
    users = await actions.profiles.by_ids([member_id])
    return MemberView(member=member, user=users[member_id])


async def find_members(actions: Actions, user_id: UserId, group_id: GroupId, query: MemberSearch) -> FoundMembers:
    check_range(query.limit, "limit", 1, actions.limits.page_max)
    if len(query.q) > _QUESTION_MAX:
        raise too_long("q", _QUESTION_MAX)
    async with actions.store.read() as reader:
        await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        ids = await reader.members.named(group_id, name_key(query.q), query.limit)
        members = {member.user_id: member for member in await reader.members.by_users(group_id, ids)}
    users = await actions.profiles.by_ids(ids)
    return FoundMembers(
        members=tuple(members[one] for one in ids), users=tuple(users[one] for one in ids if one in users)
    )


# ----------------------------------------------------------------------------------------------------------- nickname


def check_nickname(seat: Seat, member: Member) -> None:
    """One's own with CHANGE_NICKNAME; others' with MANAGE_NICKNAMES from above."""
    if member.user_id == seat.member.user_id:
        seat.require(Permission.CHANGE_NICKNAME)
    else:
        seat.require(Permission.MANAGE_NICKNAMES)
        seat.require_above(member)


async def do_update_member(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    member_id: UserId,
    request: UpdateMember,
    reason: str | None = None,
) -> Member:
    """How the member is called in this group."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    nickname = request.nickname
    if nickname is not None:
        nickname = clean_line(nickname, "nickname", longest=actions.limits.nickname_max)
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        member = await member_of(uow, group_id, member_id)
        check_nickname(seat, member)
        changed = msgspec.structs.replace(member, nickname=nickname)
        if changed == member:
            return member
        await uow.members.set_nickname(group_id, member_id, nickname)
        if member_id != user_id:
            changes = {"nickname": nickname}
            action = AuditAction.MEMBER_NICKNAME
            await record(actions, uow, seat, action, "member", member_id, reason=reason, changes=changes)
        uow.publish(ToGroup(group_id), MemberUpdate(member=changed))
    return changed


# ------------------------------------------------------------------------------------------------------------- remove


def check_remove(seat: Seat, member: Member) -> None:
    """Oneself unless one owns the group; others with KICK_MEMBERS from above."""
    if member.user_id != seat.member.user_id:
        seat.require(Permission.KICK_MEMBERS)
        seat.require_above(member)
    elif seat.is_owner:
        raise Forbidden("owner_cannot_leave", "You own this group. Hand it over first, or delete it.")


async def do_remove_member(
    actions: Actions, user_id: UserId, group_id: GroupId, member_id: UserId, reason: str | None = None
) -> None:
    """With the member's overwrites and cursors; a time-out is kept for a return. Oneself: leave."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms(), channels=True)
        member = await member_of(uow, group_id, member_id)
        check_remove(seat, member)
        await take_out(uow, seat, member)
        if member_id != user_id:
            await record(actions, uow, seat, AuditAction.MEMBER_KICK, "member", member_id, reason=reason)


# ----------------------------------------------------------------------------------------------------------- time-out


async def put_in_time_out(uow: UnitOfWork, member: Member, until_ms: int | None) -> Member:
    """Whoever calls has seen that it may be, and keeps a record of it. None ends it."""
    await uow.members.time_out(member.group_id, member.user_id, until_ms)
    changed = msgspec.structs.replace(member, timed_out_until_ms=until_ms)
    uow.publish(ToGroup(member.group_id), MemberUpdate(member=changed))
    return changed


async def do_time_out(
    actions: Actions,
    user_id: UserId,
    group_id: GroupId,
    member_id: UserId,
    request: TimeOut,
    reason: str | None = None,
) -> Member:
    """Until then the member can only read. Needs TIME_OUT_MEMBERS and a place above the member."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    now_ms = actions.clock.now_ms()
    if request.until_ms is not None:
        check_range(request.until_ms, "until_ms", now_ms + 1, now_ms + actions.limits.time_out_max_s * 1000)
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, now_ms)
        seat.require(Permission.TIME_OUT_MEMBERS)
        member = await member_of(uow, group_id, member_id)
        seat.require_above(member)
        changed = await put_in_time_out(uow, member, request.until_ms)
        changes = {"until_ms": request.until_ms}
        action = AuditAction.MEMBER_TIME_OUT
        await record(actions, uow, seat, action, "member", member_id, reason=reason, changes=changes)
    return changed
