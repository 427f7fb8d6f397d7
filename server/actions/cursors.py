"""How far one has read."""

from __future__ import annotations

from server.actions.authority import message_of
from server.actions.context import Actions
from server.actions.places import place_of
from server.actions.requests import Request
from server.actions.views import cursors_of
from server.domain.entities import Cursor
from server.domain.events import CursorUpdate, ToUsers
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.domain.rates import Rule
from server.ports import UnitOfWork


class MoveCursor(Request, frozen=True, kw_only=True):
    message_id: MessageId
    """Everything up to this message has been read."""
    unread: bool = False
    """Rather: from this message on nothing counts as read."""


async def do_move_cursor(actions: Actions, user_id: UserId, channel_id: ChannelId, request: MoveCursor) -> Cursor:
    """Forward, and not beyond the last message; or, to mark as unread, back to just before a message (unknown_message when it is
    not there). Where nothing moves, nobody is told."""
    await actions.limiter.hit(Rule.CURSOR, str(user_id))
    async with actions.store.write() as uow:
        await place_of(uow, user_id, channel_id, actions.clock.now_ms())
        last_id = await uow.channels.lock_writer(channel_id)
        before = (await uow.cursors.of_user(user_id, [channel_id])).get(channel_id)
        if request.unread:
            moved = await _move_back(uow, user_id, channel_id, request.message_id, before)
        else:
            moved = await _move_forward(uow, user_id, channel_id, min(request.message_id, last_id or 0), before)
        cursor = (await cursors_of(uow, user_id, [channel_id]))[channel_id]
        if moved:
            uow.publish(ToUsers((user_id,)), CursorUpdate(cursor=cursor))
    return cursor


async def _move_forward(
    uow: UnitOfWork, user_id: UserId, channel_id: ChannelId, reached: int, before: MessageId | None
) -> bool:
    if reached <= (before or 0):
        return False
    await uow.cursors.set(user_id, channel_id, MessageId(Snowflake(reached)))
    return True


async def _move_back(
    uow: UnitOfWork, user_id: UserId, channel_id: ChannelId, message_id: MessageId, before: MessageId | None
) -> bool:
    await message_of(uow, channel_id, message_id)
    if before is None or before < message_id:
        return False
    earlier = await uow.messages.page(channel_id, before=message_id, limit=1)
    if earlier:
        await uow.cursors.set(user_id, channel_id, earlier[0].id)
    else:
        await uow.cursors.clear(user_id, channel_id)
    return True
