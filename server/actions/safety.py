"""What holds off raids: who may come in, and how many at once."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.audit import differences, record
from server.actions.authority import group_seat
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import AuditAction, Safety
from server.domain.errors import Forbidden, TooMany
from server.domain.ids import GroupId, UserId
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork

_MINUTE_MS: Final = 60_000
_JOINS_MAX: Final = 1000
_TIME_MAX_MS: Final = 2**53 - 1


class UpdateSafety(Request, frozen=True, kw_only=True):
    invites_paused_until_ms: int | UnsetType | None = UNSET
    """None: nobody waits any longer."""
    joins_per_minute: int | UnsetType | None = UNSET
    minimum_account_age_s: int | UnsetType = UNSET


async def get_safety(actions: Actions, user_id: UserId, group_id: GroupId) -> Safety:
    """Needs MANAGE_GROUP."""
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_GROUP)
        return await reader.safety.get(group_id)


async def do_update_safety(
    actions: Actions, user_id: UserId, group_id: GroupId, request: UpdateSafety, reason: str | None
) -> Safety:
    """Needs MANAGE_GROUP."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    given = {name: value for name, value in msgspec.structs.asdict(request).items() if value is not UNSET}
    if given.get("invites_paused_until_ms") is not None:
        check_range(given["invites_paused_until_ms"], "invites_paused_until_ms", 0, _TIME_MAX_MS)
    if given.get("joins_per_minute") is not None:
        check_range(given["joins_per_minute"], "joins_per_minute", 1, _JOINS_MAX)
    if "minimum_account_age_s" in given:
        limit = actions.limits.account_age_max_s
        check_range(given["minimum_account_age_s"], "minimum_account_age_s", 0, limit)
    async with actions.store.write() as uow:
        seat = await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_GROUP)
        before = await uow.safety.get(group_id)
        after = msgspec.structs.replace(before, **given)
        if after != before:
            await uow.safety.put(after)
            changes = differences(before, after)
            action = AuditAction.SAFETY_UPDATE
            await record(actions, uow, seat, action, "group", group_id, reason=reason, changes=changes)
    return after


async def check_may_come(uow: UnitOfWork, user_id: UserId, group_id: GroupId, now_ms: int) -> None:
    """Before somebody comes in, by whatever way. Raises banned, invites_paused, account_too_young, too_many_joins."""
    if await uow.bans.get(group_id, user_id) is not None:
        raise Forbidden("banned", "You are banned from this group. Only its moderators can change that.")
    safety = await uow.safety.get(group_id)
    if safety.invites_paused_until_ms is not None and now_ms < safety.invites_paused_until_ms:
        raise Forbidden(
            "invites_paused",
            "This group takes nobody in for the moment. Try again later.",
            until_ms=safety.invites_paused_until_ms,
        )
    young_s = safety.minimum_account_age_s - (now_ms - user_id.created_ms) // 1000
    if safety.minimum_account_age_s and young_s > 0:
        raise Forbidden(
            "account_too_young", "This group takes in older accounts only. Try again later.", wait_s=young_s
        )
    if safety.joins_per_minute is not None:
        joined = await uow.members.joined_since(group_id, now_ms - _MINUTE_MS)
        if joined >= safety.joins_per_minute:
            raise TooMany(
                "too_many_joins", "Too many people come in at the moment. Try again in a minute.", retry_after_s=60.0
            )
