"""Of what one wants to be told."""

from __future__ import annotations

from typing import Literal

import msgspec

from server.actions.authority import group_seat
from server.actions.context import Actions
from server.actions.places import place_of
from server.actions.requests import Request
from server.domain.entities import Level, LevelKind
from server.domain.events import LevelUpdate, ToUsers
from server.domain.ids import ChannelId, GroupId, Snowflake, UserId
from server.domain.numbers import check_range
from server.domain.rates import Rule
from server.ports import UnitOfWork

FOR_GOOD_MS = 2**53 - 1
"""The latest moment: a mute that does not end."""


class SetLevel(Request, frozen=True, kw_only=True):
    level: LevelKind
    muted_until_ms: int | None = None
    """2**53 - 1: for good."""


class LevelList(msgspec.Struct, frozen=True, kw_only=True):
    levels: tuple[Level, ...]
    """Without those that say nothing: ``default``, and not muted."""


async def get_levels(actions: Actions, user_id: UserId) -> LevelList:
    async with actions.store.read() as reader:
        return LevelList(levels=tuple(await reader.levels.of_user(user_id)))


async def do_put_group_level(actions: Actions, user_id: UserId, group_id: GroupId, request: SetLevel) -> Level:
    """Of a group that one is in."""
    await check_level(actions, user_id, request)
    async with actions.store.write() as uow:
        await group_seat(uow, user_id, group_id, actions.clock.now_ms())
        return await _put(uow, user_id, "group", group_id, request)


async def do_put_channel_level(actions: Actions, user_id: UserId, channel_id: ChannelId, request: SetLevel) -> Level:
    """Of a text channel that one may view, or a conversation that one is in."""
    await check_level(actions, user_id, request)
    async with actions.store.write() as uow:
        await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        return await _put(uow, user_id, "channel", channel_id, request)


async def check_level(actions: Actions, user_id: UserId, request: SetLevel) -> None:
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    if request.muted_until_ms is not None:
        check_range(request.muted_until_ms, "muted_until_ms", 0, FOR_GOOD_MS)


async def _put(
    uow: UnitOfWork, user_id: UserId, scope: Literal["group", "channel"], target_id: Snowflake, request: SetLevel
) -> Level:
    level = Level(scope=scope, target_id=target_id, level=request.level, muted_until_ms=request.muted_until_ms)
    await uow.levels.put(user_id, level)
    uow.publish(ToUsers((user_id,)), LevelUpdate(level=level))
    return level
