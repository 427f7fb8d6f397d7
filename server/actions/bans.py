"""Keeping people out."""

from __future__ import annotations

from typing import Final

import msgspec

from server.actions.audit import record
from server.actions.authority import Seat, group_seat, unknown_user
from server.actions.context import Actions
from server.actions.departure import take_out
from server.actions.files import held_by, let_go
from server.actions.requests import Request
from server.domain.entities import AuditAction, Ban, ChannelKind, User
from server.domain.errors import Conflict, Invalid, NotFound
from server.domain.events import MessageDeleteBulk, ToChannel
from server.domain.ids import GroupId, MessageId, Snowflake, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import Reader, UnitOfWork

_CLEAN_AT_ONCE: Final = 100
"""Messages that one event tells of."""
_CLEAN_MAX: Final = 5000
"""Of one ban; the database is everybody's."""


class BanRequest(Request, frozen=True, kw_only=True):
    delete_messages_s: int = 0
    """What they wrote in so many last seconds goes too."""


class BansQuery(Request, frozen=True, kw_only=True):
    after: UserId | None = None
    limit: int = 50


class BansPage(msgspec.Struct, frozen=True, kw_only=True):
    bans: tuple[Ban, ...]
    """By user id."""
    users: tuple[User, ...]
    has_more: bool


async def check_ban(actions: Actions, reader: Reader, seat: Seat, user_id: UserId) -> None:
    """Needs BAN_MEMBERS and a place above a member; also of people who are not in the group.

    Raises unknown_user, too_many.
    """
    seat.require(Permission.BAN_MEMBERS)
    if user_id == seat.member.user_id:
        raise Invalid("bad_request", "You cannot ban yourself.", where="user")
    if user_id not in await reader.users.by_ids([user_id]):
        raise unknown_user()
    member = await reader.members.get(seat.access.group.id, user_id)
    if member is not None:
        seat.require_above(member)
    limit = actions.limits.bans_per_group
    if await reader.bans.count(seat.access.group.id) >= limit:
        raise Conflict("too_many", f"A group has at most {limit} bans. End one first.", limit=limit)


async def do_ban(
    actions: Actions, user_id: UserId, group_id: GroupId, target_id: UserId, request: BanRequest, reason: str | None
) -> Ban:
    """Takes a member out; nobody of that account comes in again until the ban ends. Raises already_banned."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    check_range(request.delete_messages_s, "delete_messages_s", 0, actions.limits.ban_cleanup_max_s)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat = await group_seat(uow, user_id, group_id, now_ms, channels=True)
        await check_ban(actions, uow, seat, target_id)
        ban = Ban(group_id=group_id, user_id=target_id, moderator_id=user_id, reason=reason or "", created_ms=now_ms)
        if not await uow.bans.add(ban):
            raise Conflict("already_banned", "This person is banned already.")
        member = await uow.members.get(group_id, target_id)
        if member is not None:
            await take_out(uow, seat, member)
        deleted = 0
        if request.delete_messages_s:
            deleted = await _clean_up(uow, seat, target_id, now_ms - request.delete_messages_s * 1000, now_ms)
        changes = {"deleted_messages": deleted}
        await record(actions, uow, seat, AuditAction.BAN_CREATE, "member", target_id, reason=reason, changes=changes)
    return ban


async def _clean_up(uow: UnitOfWork, seat: Seat, author_id: UserId, since_ms: int, now_ms: int) -> int:
    """Deletes what the author wrote since then, in all text channels of the group; returns how much."""
    count = 0
    first = MessageId(Snowflake.at(since_ms))
    for channel in seat.access.channels.values():
        if channel.kind is not ChannelKind.TEXT or count >= _CLEAN_MAX:
            continue
        ids = await uow.messages.by_author(channel.id, author_id, first, _CLEAN_MAX - count)
        for start in range(0, len(ids), _CLEAN_AT_ONCE):
            wanted = ids[start : start + _CLEAN_AT_ONCE]
            held = await held_by(uow, channel.id, wanted)
            some = tuple(await uow.messages.delete_many(channel.id, wanted))
            await let_go(uow, held, now_ms)
            uow.publish(
                ToChannel(channel.group_id, channel.id), MessageDeleteBulk(channel_id=channel.id, message_ids=some)
            )
        count += len(ids)
    return count


async def do_unban(actions: Actions, user_id: UserId, group_id: GroupId, target_id: UserId, reason: str | None) -> None:
    """Needs BAN_MEMBERS; raises unknown_ban. They may come in again, and are not brought back."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.BAN_MEMBERS)
        if not await uow.bans.remove(group_id, target_id):
            raise NotFound("unknown_ban", "This person is not banned here.")
        await record(actions, uow, seat, AuditAction.BAN_DELETE, "member", target_id, reason=reason)


async def get_bans(actions: Actions, user_id: UserId, group_id: GroupId, query: BansQuery) -> BansPage:
    """Needs BAN_MEMBERS."""
    limit = check_range(query.limit, "limit", 1, actions.limits.page_max)
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.BAN_MEMBERS)
        bans = await reader.bans.page(group_id, query.after, limit + 1)
    shown = bans[:limit]
    users = await actions.profiles.by_ids({one for ban in shown for one in (ban.user_id, ban.moderator_id)})
    return BansPage(bans=tuple(shown), users=tuple(users.values()), has_more=len(bans) > limit)
